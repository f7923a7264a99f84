using System;
using System.Linq;
using System.Management.Automation;
using System.Security;
using SaltEvents.Base;
using SaltEvents.Completion;
using SaltEvents.Core.Events;
using SaltEvents.Core.Nats;
using SaltEvents.Errors;
using SaltEvents.Objects;
using SaltEvents.Selection;

namespace SaltEvents.Cmdlets;

/// <summary>Publishes the events of a bus to a NATS JetStream stream, in the background, until it is stopped.</summary>
[Cmdlet(
    VerbsLifecycle.Start,
    "SaltEventRelay",
    DefaultParameterSetName = BusSets.Node,
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Low
)]
[OutputType(typeof(SaltEventRelay))]
public sealed class StartSaltEventRelayCommand : BusCommand, IUriParameters, IDynamicParameters
{
    /// <summary>The NATS servers of one cluster, such as nats://a,b,c.</summary>
    [Parameter(Mandatory = true)]
    [BusUri]
    [ValidateNotNullOrEmpty]
    public Uri[]? Uri { get; set; }

    /// <summary>The name of the site: ASCII letters, digits, - and _. Listeners choose by it, and events have it.</summary>
    [Parameter(Mandatory = true)]
    [SiteName]
    public string? Site { get; set; }

    /// <summary>The tags, of which an event must match one; every event if it is not given. Compared as by Watch-SaltEvent.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TagCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Tag { get; set; } = [];

    /// <summary>Tags that an event must not match.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TagCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? ExcludeTag { get; set; }

    /// <summary>
    /// The tags of events that it fires on the bus for others, who use Send-SaltEvent -Uri -Site; none if it is not given.
    /// </summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TagCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Accept { get; set; } = [];

    /// <summary>The stream that keeps the events; made if it is missing.</summary>
    [Parameter]
    [SiteName]
    public string Stream { get; set; } = "SALT";

    /// <summary>
    /// How long the stream keeps events, such as 12h or 7d. Not given, a stream is left as it is, and one that is made keeps them for 7
    /// days.
    /// </summary>
    [Parameter]
    [Age]
    public TimeSpan? MaxAge { get; set; }

    /// <summary>How many bytes the stream keeps at most, if the relay creates it; the oldest events are deleted first.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long? MaxSize { get; set; }

    /// <summary>On how many servers the stream is kept, if the relay creates it. By default three in a cluster, otherwise one.</summary>
    [Parameter]
    [ValidateRange(1, 5)]
    public int? Replicas { get; set; }

    /// <summary>
    /// Also publishes events with secrets: payloads of secret families, and those with fields that Export-SaltEvent would mask.
    /// </summary>
    [Parameter]
    public SwitchParameter IncludeSecret { get; set; }

    /// <summary>How many events wait at most while the server is away. The oldest are dropped then, and counted.</summary>
    [Parameter]
    [ValidateRange(1, 10_000_000)]
    public int QueueSize { get; set; } = 100_000;

    /// <summary>The user of NATS and the password.</summary>
    [Parameter]
    [Credential]
    [ValidateNotNull]
    public PSCredential? Credential { get; set; }

    /// <summary>A token of NATS in place of -Credential: a SecureString, or text.</summary>
    [Parameter]
    [SecretText]
    [ValidateNotNull]
    public SecureString? Token { get; set; }

    /// <summary>A file with the seed of an nkey, in place of -Credential.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? NKeyFile { get; set; }

    /// <summary>A credentials file of nsc, with a JWT and the seed of its nkey, in place of -Credential.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CredentialFile { get; set; }

    /// <summary>Accepts any certificate of the server.</summary>
    [Parameter]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>Allows a connection without TLS to another computer: everybody on the path can read the password and events.</summary>
    [Parameter]
    public SwitchParameter AllowUnencryptedAuthentication { get; set; }

    string IUriParameters.Eauth => string.Empty;

    string? IUriParameters.NKeyFile => PathOf(NKeyFile);

    string? IUriParameters.CredentialFile => PathOf(CredentialFile);

    /// <summary>What takes a session or a bus from the pipeline if a default of $PSDefaultParameterValues names another bus.</summary>
    object? IDynamicParameters.GetDynamicParameters() => PipelineParameter;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!NatsSelector.IsNats(this))
        {
            ThrowTerminatingError(ErrorRecords.ParametersDisagree("Here -Uri must be the address of NATS servers, such as nats://a,b,c."));
        }

        var filter = Parse(Tag);
        if (ExcludeTag is not null)
        {
            var excluded = Parse(ExcludeTag);
            filter = filter.Where(e => !excluded.IsMatch(e.TagUtf8));
        }

        var bus = SelectBus();
        RequirePort(bus.Endpoint.Pub, nameof(PubPort), "to listen");
        if (Accept.Length > 0)
        {
            RequirePort(bus.Endpoint.Pull, nameof(PullPort), "to fire");
        }

        if (!ShouldProcess($"{bus.Endpoint.PubText} to {string.Join(",", (object[])Uri!)}", $"Start a relay of site {Site}"))
        {
            return;
        }

        var servers = Guard(() => NatsSelector.FromUri(new BusRequest { Remote = this }));
        servers.Warnings.ToList().ForEach(WriteWarning);
        var nats = servers.Nats!;
        var options = Options(bus, filter);
        var started = Run(async token =>
        {
            try
            {
                return await nats.StartRelayAsync(bus.Endpoint, options, token).ConfigureAwait(false);
            }
            catch
            {
                await nats.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        });
        var relay = new SaltEventRelay(
            OpenTargets.NextId(),
            bus.Endpoint,
            bus.Node,
            Site!,
            Stream,
            nats.Options.ServerList,
            Accept,
            started
        );
        OpenTargets.Current.Add(relay);
        WriteObject(relay);
    }

    private EventRelayOptions Options(SelectedBus bus, TagFilter filter) => new()
    {
        Site = Site!,
        Filter = filter,
        Accepts = Accept.Length > 0 ? Parse(Accept) : null,
        MaxAge = MaxAge,
        MaxBytes = MaxSize,
        Replicas = Replicas,
        IncludesSecrets = IncludeSecret,
        QueueSize = QueueSize,
        IsSecretTag = tag => TagFamilies.Find(SyndicTag.Split(tag).Tag).IsSecret,
        Bus = ClientOptions with
        {
            Format = SaltEventBus.FormatAt(bus.Endpoint),
            TagForm = SaltEventBus.TagFormAt(bus.Endpoint),
            MaxEventBytes = FindMaxEventBytes(),
            // A bus that this process runs ends on purpose.
            Reconnect = bus.Own is null,
        },
    };

    private TagFilter Parse(string[] tags)
    {
        try
        {
            return new TagFilter(tags);
        }
        catch (ArgumentException e)
        {
            ThrowTerminatingError(ErrorRecords.InvalidPattern(e, tags, SaltTagMatch.Auto));
            throw;
        }
    }
}
