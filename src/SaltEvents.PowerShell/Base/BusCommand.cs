using System;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Completion;
using SaltEvents.Core.Client;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Transport;
using SaltEvents.Errors;
using SaltEvents.Execution;
using SaltEvents.Selection;

namespace SaltEvents.Base;

/// <summary>The base of every cmdlet that reaches a bus: the parameters that name the bus.</summary>
public abstract partial class BusCommand : CancellableCmdlet
{
    private SelectedBus? used;

    private protected BusCommand()
    {
    }

    /// <summary>Whose bus to use, if nothing else determines it: a master's or a minion's.</summary>
    [Parameter(ParameterSetName = BusSets.Node)]
    [Parameter(ParameterSetName = BusSets.SockDir)]
    [Parameter(ParameterSetName = BusSets.Ports)]
    [Parameter(ParameterSetName = BusSets.ConfigPath)]
    public SaltNode? Node { get; set; }

    /// <summary>The directory of the bus's sockets (Salt's sock_dir).</summary>
    [Parameter(Mandatory = true, ParameterSetName = BusSets.SockDir)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DirectoryCompleter))]
    public string? SockDir { get; set; }

    /// <summary>Salt's configuration to take the bus from: a directory such as /etc/salt, or a file such as /etc/salt/master.</summary>
    [Parameter(Mandatory = true, ParameterSetName = BusSets.ConfigPath)]
    [ValidateNotNullOrEmpty]
    public string? ConfigPath { get; set; }

    /// <summary>The minion whose bus it is; needed only if one directory has several.</summary>
    [Parameter(ParameterSetName = BusSets.Node)]
    [Parameter(ParameterSetName = BusSets.SockDir)]
    [Parameter(ParameterSetName = BusSets.ConfigPath)]
    [ValidateNotNullOrEmpty]
    public string? MinionBus { get; set; }

    /// <summary>The port for listening, of a bus in TCP mode.</summary>
    [Parameter(ParameterSetName = BusSets.Ports)]
    [ValidateRange(1, 65535)]
    public int PubPort { get; set; }

    /// <summary>The port for firing, of a bus in TCP mode.</summary>
    [Parameter(ParameterSetName = BusSets.Ports)]
    [ValidateRange(1, 65535)]
    public int PullPort { get; set; }

    /// <summary>The host of a bus in TCP mode; 127.0.0.1 if it is not given.</summary>
    [Parameter(ParameterSetName = BusSets.Ports)]
    [ValidateNotNullOrEmpty]
    public string? HostName { get; set; }

    /// <summary>A session of New-SaltEventSession.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = BusSets.Session)]
    [ValidateNotNull]
    public virtual SaltEventSession? Session { get; set; }

    /// <summary>A bus that PowerShell runs, or one that Get-SaltEventBus -Found has found.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = BusSets.Bus)]
    [ValidateNotNull]
    public virtual SaltEventAnyBus? Bus { get; set; }

    /// <summary>What carries events between the bus and its clients: ZeroMq with Salt before 2016.3.</summary>
    [Parameter(ParameterSetName = BusSets.Node)]
    [Parameter(ParameterSetName = BusSets.SockDir)]
    [Parameter(ParameterSetName = BusSets.Ports)]
    [Parameter(ParameterSetName = BusSets.ConfigPath)]
    [Parameter(ParameterSetName = BusSets.Session)]
    [Parameter(ParameterSetName = BusSets.Bus)]
    public SaltTransport Transport { get; set; }

    /// <summary>
    /// How long connecting may take: seconds (fractions too), or a TimeSpan. 0 accepts only an immediate connection; -1 or Infinite
    /// has no limit.
    /// </summary>
    [Parameter]
    [WaitTime]
    public Seconds ConnectTimeout { get; set; } = new(5);

    /// <summary>Salt's configuration, if it chose the bus.</summary>
    private protected SaltConfiguration? Configuration { get; private set; }

    private protected virtual EventBusClientOptions ClientOptions => new()
    {
        ConnectTimeout = Timers.Limit(ConnectTimeout),
    };

    /// <summary>Whether the bus may be one over salt-api or NATS.</summary>
    private protected virtual bool AcceptsRemote => false;

    /// <inheritdoc/>
    protected override void BeginProcessing() => ExchangeGiven();

    /// <summary>What the parameters say about the bus.</summary>
    private protected virtual BusRequest Request => new()
    {
        Target = Given,
        Node = Node,
        MinionId = MinionBus,
        SockDir = PathOf(SockDir),
        ConfigPath = PathOf(ConfigPath),
        HostName = HostName,
        PubPort = PubPort,
        PullPort = PullPort,
        Transport = IsGiven(nameof(Transport)) ? Transport : null,
    };

    /// <summary>max_event_size of Salt's configuration; Salt's default, with a warning, if its value cannot be used.</summary>
    private protected int FindMaxEventBytes()
    {
        try
        {
            return Configuration?.MaxEventSize.Value ?? EventBusClientOptions.Default.MaxEventBytes;
        }
        catch (SaltConfigurationException e)
        {
            WriteWarning($"{e.Message} Salt's default is used: {EventBusClientOptions.Default.MaxEventBytes} bytes.");
            return EventBusClientOptions.Default.MaxEventBytes;
        }
    }

    /// <summary>The bus that the parameters name.</summary>
    private protected virtual SelectedBus SelectBus()
    {
        ValidatePipeline();
        var selected = Guard(() => BusSelector.Select(Request, StopToken));
        used = selected;
        selected.Warnings.ToList().ForEach(WriteWarning);
        Guard(() => selected.Problem is { } problem ? throw problem : selected);
        if ((selected.Api is not null || selected.Nats is not null) && !AcceptsRemote)
        {
            ThrowTerminatingError(
                ErrorRecords.ParametersDisagree(
                    $"{selected.Session} is over {(selected.Api is null ? "NATS" : "salt-api")}, but this command needs a bus on this computer. Name one with -SockDir."
                )
            );
        }

        Configuration = selected.Configuration;
        WriteVerbose(
            selected.Session is null && (selected.Api is not null || selected.Nats is not null)
                ? $"Using {(selected.Api is null ? "NATS" : "salt-api")} at {selected.Endpoint.Pub}."
                : $"Using the bus at {selected.Endpoint} ({selected.Reason})."
        );
        return selected;
    }

    /// <summary>Ends the command if ports were given, but not the port that it needs.</summary>
    private protected void RequirePort(BusAddress address, string parameter, string purpose)
    {
        if (!address.IsKnown)
        {
            ThrowTerminatingError(ErrorRecords.ParametersDisagree($"The port {purpose} is missing. Give -{parameter} too."));
        }
    }

    /// <summary>What to do if a bus is lost; and if no parameter names the bus, how it was chosen.</summary>
    private protected override string HintFor(Exception error)
    {
        var remedy =
            error is not BusException { Reason: BusReason.ConnectionLost } ? string.Empty
            : Session is not null ? "Open another session with New-SaltEventSession when the bus is back."
            : "Check that the bus runs, and run the command again.";
        var choice =
            error is BusException { Reason: BusReason.NotFound or BusReason.AccessDenied or BusReason.ConnectionLost }
            && used is not null
            && Named is null
                ? $"How this bus was chosen: {used.Reason}."
                : string.Empty;
        return $"{remedy} {choice}".Trim();
    }

    /// <summary>The target of an error: the parameter that names the bus, otherwise the bus.</summary>
    private protected override object? ErrorTarget => Named ?? used?.Endpoint.PubText;

    /// <summary>The object that names the bus.</summary>
    internal SaltEventTarget? Given => (SaltEventTarget?)Session ?? Bus;

    private protected string? PathOf(string? given)
    {
        try
        {
            return given is null ? null : GetUnresolvedProviderPathFromPSPath(given);
        }
        catch (Exception e) when (e is ProviderNotFoundException or DriveNotFoundException && System.IO.Path.IsPathRooted(given))
        {
            return given; // a session restricted to a role may have no drives
        }
    }

    private object? Named =>
        (object?)Given
        ?? SockDir
        ?? ConfigPath
        ?? (PubPort > 0 || PullPort > 0 ? $"{HostName ?? TcpBusAddress.Loopback}:{(PubPort > 0 ? PubPort : PullPort)}" : null);
}
