using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation.Language;
using SaltEvents.Objects;

namespace SaltEvents.Completion;

/// <summary>
/// Completes -Id, also without its name, with the numbers of what is open: of sessions and of relays for commands about them, of buses
/// for the others.
/// </summary>
public sealed class TargetIdCompleter : ValueCompleter
{
    // Without a name, PowerShell asks for the parameter that takes an object in that place. By its name, that one takes no number.
    private protected override bool IsFor(string parameter, CommandAst command) =>
        parameter == "Id"
        || !command
            .CommandElements.OfType<CommandParameterAst>()
            .Any(p => parameter.StartsWith(p.ParameterName, StringComparison.OrdinalIgnoreCase));

    private protected override IEnumerable<(string Value, string About)> Offer(string command, string typed)
    {
        var open = command.EndsWith("Session", StringComparison.OrdinalIgnoreCase)
            ? OpenTargets.Current.Open<SaltEventSession>().Cast<SaltEventTarget>()
            : command.EndsWith("Relay", StringComparison.OrdinalIgnoreCase) ? OpenTargets.Current.Open<SaltEventRelay>()
            : OpenTargets.Current.Open<SaltEventBus>();
        return open.Select(t => (t.Id.ToString(CultureInfo.InvariantCulture), $"{t.Id}: {t}"));
    }
}
