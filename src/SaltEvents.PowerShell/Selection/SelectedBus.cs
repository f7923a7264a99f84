using System;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Api;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Nats;
using SaltEvents.Core.Protocols;

namespace SaltEvents.Selection;

/// <summary>The bus that a command uses.</summary>
/// <param name="Endpoint">Its sockets.</param>
/// <param name="Node">Whose it is; null if that is not known.</param>
/// <param name="Why">How it was chosen, in words.</param>
/// <param name="Session">The open session, if one was named.</param>
/// <param name="Own">The bus that this process runs, if it was chosen as an object.</param>
internal sealed record SelectedBus(
    BusEndpoint Endpoint,
    SaltNode? Node,
    string Why,
    SaltEventSession? Session = null,
    SaltEventBus? Own = null
)
{
    /// <summary>Salt's configuration, if it chose the bus.</summary>
    public SaltConfiguration? Configuration { get; init; }

    /// <summary>The salt-api in place of the bus's sockets; null if it is a bus on this computer.</summary>
    public SaltApiClient? Api { get; init; }

    /// <summary>The NATS servers in place of the bus's sockets; null if it is a bus on this computer.</summary>
    public INatsBus? Nats { get; init; }

    /// <summary>What is wrong with the configurations that would have come first, or next.</summary>
    public IReadOnlyList<SaltConfigurationException> Broken { get; init; } = [];

    /// <summary>Files with a private key that other accounts may use, as text.</summary>
    public IReadOnlyList<string> KeyRisks { get; init; } = [];

    /// <summary>What was skipped in Salt's configuration and why, and the <see cref="KeyRisks"/>, as text.</summary>
    public IEnumerable<string> Warnings =>
        Broken
            .Select(e => $"{e.Message} The bus of the other node is used.")
            .Concat(KeyRisks)
            .Concat(Configuration is null ? [] : SkippedFiles(Configuration));

    /// <summary>Which included files of a configuration were skipped and why, as text.</summary>
    public static IEnumerable<string> SkippedFiles(SaltConfiguration configuration) =>
        configuration.Skipped.Select(e =>
            e.Message
            + (
                configuration.Node == SaltNode.Master ? " Salt's master ignores this file, and so does this command."
                : e.Path.EndsWith("_schedule.conf", StringComparison.Ordinal)
                    ? " A minion moves this file aside when it starts next; this command ignores it."
                : " A minion does not start with this file; this command ignores it."
            )
        );

    /// <summary>The settings that make up the endpoint, and the source of each.</summary>
    public IReadOnlyList<SaltEventBusSetting> Settings { get; init; } = [];

    /// <summary>How it was chosen, with the lines of Salt's configuration if that chose it.</summary>
    public string Reason => Configuration is null ? Why : $"{Why}; {string.Join(", ", Settings.Select(s => s.Name + ": " + s.Origin))}";

    /// <summary>Why it cannot be used, if that is already known; the endpoint is then the one that was looked for.</summary>
    public Exception? Problem { get; init; }
}
