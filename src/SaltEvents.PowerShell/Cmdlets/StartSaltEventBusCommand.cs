using System;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Base;
using SaltEvents.Completion;
using SaltEvents.Core.Client;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Events;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Server;
using SaltEvents.Core.Transport;
using SaltEvents.Errors;
using SaltEvents.Execution;
using SaltEvents.Objects;
using SaltEvents.Selection;

namespace SaltEvents.Cmdlets;

/// <summary>Runs a bus inside this process and makes it the default for the other cmdlets of this runspace.</summary>
[Cmdlet(VerbsLifecycle.Start, "SaltEventBus", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(SaltEventBus))]
public sealed partial class StartSaltEventBusCommand : CancellableCmdlet
{
    /// <summary>Whose bus to play: a master's, or a minion's, which sends fire_master events on to its -Master.</summary>
    [Parameter(Position = 0)]
    public SaltNode Node { get; set; }

    /// <summary>The minion's id. This computer's name if it is not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [MinionName]
    public string? MinionId { get; set; }

    /// <summary>
    /// The directory for the sockets (Salt's sock_dir); made, for this account only, if it is not there. Without it and without ports: a
    /// private one (on Windows: free ports).
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DirectoryCompleter))]
    public string? SockDir { get; set; }

    /// <summary>TCP instead of Unix sockets: the port for listeners. 0 takes a free one.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    public int PubPort { get; set; }

    /// <summary>TCP instead of Unix sockets: the port for senders. 0 takes a free one.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    public int PullPort { get; set; }

    /// <summary>
    /// The address to listen on in TCP mode. Nothing there asks who connects: anything but loopback opens the bus to the network.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string HostName { get; set; } = TcpBusAddress.Loopback;

    /// <summary>
    /// The master of a minion's bus: a bus that PowerShell runs, a session, a master's sock_dir, or host:port of its pull port.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public object? Master { get; set; }

    /// <summary>How many events wait for one subscriber at most.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int QueueSize { get; set; } = 10_000;

    /// <summary>What happens to a subscriber that is slower than that.</summary>
    [Parameter]
    public SaltOverflow Overflow { get; set; } = SaltOverflow.DropOldest;

    /// <summary>How many connections, listeners and senders together, are open at once; further ones are refused.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int MaxConnections { get; set; }

    /// <summary>How it publishes events, as some version of Salt does.</summary>
    [Parameter]
    [ValidateSet(nameof(SaltFraming.Map), nameof(SaltFraming.LengthPrefixed))]
    public SaltFraming Framing { get; set; } = SaltFraming.Map;

    /// <summary>Which format it accepts: Auto accepts both; with the others it is as strict as a real Salt.</summary>
    [Parameter]
    public SaltFraming AcceptFraming { get; set; }

    /// <summary>What carries events between the bus and its clients: ZeroMq as in Salt before 2016.3.</summary>
    [Parameter]
    public SaltTransport Transport { get; set; }

    /// <summary>
    /// The version of Salt that a minion's ZeroMQ bus imitates: how it writes tags to its -Master, and the names of its sockets. What senders
    /// write is passed on as it is.
    /// </summary>
    [Parameter]
    public SaltTagForm TagForm { get; set; } = SaltTagForm.Delimited;

    /// <summary>
    /// The version of Salt to imitate, such as 3006.30: how it publishes and accepts events, what carries them, how their times are written, and
    /// the names of a minion's sockets. In place of -Framing, -AcceptFraming, -Transport and -TagForm.
    /// </summary>
    [Parameter]
    [SaltVersion]
    public string? SaltVersion { get; set; }

    private bool IsZeroMq => Transport == SaltTransport.ZeroMq;

    // Windows has no such sockets, and ZeroMQ on them is for Linux.
    private bool HasUnixSockets => !IsWindows && (!IsZeroMq || LoopbackOwner.IsSupported);

    private static readonly string[] TcpParameters = [nameof(PubPort), nameof(PullPort), nameof(HostName)];

    private bool IsTcp => TcpParameters.Any(IsGiven) && SockDir is null;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        ResolveDefaults();
        ValidateParameters();
        PlayVersion();
        var node = Master is not null || MinionId is not null ? SaltNode.Minion : Node;
        var minionId = node == SaltNode.Minion ? MinionId ?? Environment.MachineName.ToLowerInvariant() : null;
        if (!ShouldProcess($"{node} bus", "Start"))
        {
            return;
        }

        var forwarding = Master is null ? null : Forwarding(Guard(() => MasterTarget.Resolve(this, Master, IsZeroMq)), minionId!);
        ValidateDirectoryOwner();
        var temporary = IsTcp || SockDir is not null || !HasUnixSockets ? null : Run(TemporarySocketDirectory.CreateAsync);
        var listen = Listen(minionId, temporary?.Path) with { Protocol = BusProtocol.From(Transport) };
        var options = new EventBusServerOptions(listen)
        {
            QueueSize = QueueSize,
            Overflow = Overflow,
            MaxConnections = MaxConnections > 0 ? MaxConnections : null,
            Format = Framing.ToFormat()!.Value,
            Accepts = AcceptFraming.ToFormat(),
            Forwarding = forwarding,
        };
        var bus = Run(async token =>
        {
            try
            {
                return new SaltEventBus(
                    OpenTargets.NextId(),
                    node,
                    minionId,
                    await StartAsync(options, token).ConfigureAwait(false),
                    temporary,
                    SaltVersion
                );
            }
            catch
            {
                temporary?.Dispose();
                throw;
            }
        });
        OpenTargets.Current.Add(bus);
        WriteVerbose($"The {bus} listens at {bus.Endpoint}.");
        WriteObject(bus);
    }

    private protected override object? ErrorTarget => SockDir;

    private void PlayVersion()
    {
        if (SaltVersion is null)
        {
            return;
        }

        if (new[] { nameof(Framing), nameof(AcceptFraming), nameof(Transport), nameof(TagForm) }.FirstOrDefault(IsGivenByCaller) is { } given)
        {
            ThrowTerminatingError(
                ErrorRecords.ParametersDisagree($"-{given} cannot be used with -SaltVersion, which sets it. Omit one of them.")
            );
        }

        if (!SaltRelease.DeterminesFraming(SaltVersion))
        {
            ThrowTerminatingError(
                ErrorRecords.ParametersDisagree(
                    $"-SaltVersion {SaltVersion} is not precise enough: the format of events changed in 3006.26, 3007.15 and 3008.2. Give the complete version, such as 3006.30."
                )
            );
        }

        if (SaltVersions.TagFormOf(SaltVersion) is { } form)
        {
            Transport = SaltTransport.ZeroMq;
            TagForm = form;
            return;
        }

        Framing = SaltRelease.FramingOf(SaltVersion);
        AcceptFraming = Framing;
    }

    private MasterForwarding Forwarding(BusEndpoint master, string minionId) =>
        new(master, minionId)
        {
            StampForm = SaltRelease.StampFormOf(SaltEventBus.Find(master)?.SaltVersion ?? SaltVersion),
            Format = SaltEventBus.FormatAt(master),
            TagForm =
                IsGiven(nameof(TagForm)) || SaltVersion is not null || master.Protocol.IsFramed || SaltEventBus.Find(master) is not null
                    ? TagForm
                    : FindTagForm(master),
        };

    private SaltTagForm FindTagForm(BusEndpoint master)
    {
        using var client = new EventBusClient(master, new EventBusClientOptions { TagForm = null });
        return FindTagForm(client);
    }

    // To a listener these say that the address is no good; what they say to a client does not fit here.
    private static async Task<EventBusServer> StartAsync(EventBusServerOptions options, CancellationToken token)
    {
        try
        {
            return await EventBusServer.StartAsync(options, token).ConfigureAwait(false);
        }
        catch (BusException e) when (e.Reason is BusReason.NotFound or BusReason.ConnectionLost)
        {
            throw new CommandErrorException(
                ErrorRecords.Create("BusAddressInvalid", ErrorCategory.InvalidArgument, e, options.Listen.PubText)
            );
        }
    }

    private static string Owners => Environment.UserName is "root" ? "root" : $"{Environment.UserName} or root";

    private static bool IsWindows => Environment.OSVersion.Platform == PlatformID.Win32NT;

    private BusEndpoint Listen(string? minionId, string? temporary)
    {
        var directory = temporary ?? (SockDir is null ? null : GetUnresolvedProviderPathFromPSPath(SockDir));
        if (directory is null)
        {
            return new BusEndpoint(new TcpBusAddress(HostName, PubPort), new TcpBusAddress(HostName, PullPort));
        }

        return minionId is null ? SocketNames.Master(directory)
            : SaltVersion is not null ? SocketNames.MinionOfVersion(directory, minionId, SaltVersion)
            : IsZeroMq ? SocketNames.OldMinion(directory, minionId, TagForm)
            : SocketNames.Minion(directory, minionId);
    }
}
