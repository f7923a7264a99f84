using System;
using System.Collections;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Core.Events;
using SaltEvents.Core.Templates;
using SaltEvents.Errors;

namespace SaltEvents.Payload;

/// <summary>States as -FailedState and -SucceededState take them: ids, whole keys, or objects with Id and other properties.</summary>
internal static class StateInput
{
    private static readonly string[] Known = ["Id", "Function", "Name", "Comment", "Changes", "Duration"];

    /// <exception cref="CommandErrorException">One is none of these, or two are the same state.</exception>
    /// <exception cref="InvalidEventException">The changes of one are not a payload.</exception>
    public static StateRun[] ToStates(object[] succeeded, object[] failed)
    {
        StateRun[] states = [.. succeeded.Select(s => ToState(s, succeeded: true)), .. failed.Select(s => ToState(s, succeeded: false))];
        return states.GroupBy(s => s.Key, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } same
            ? throw new CommandErrorException(
                ErrorRecords.Create(
                    "DuplicateState",
                    ErrorCategory.InvalidArgument,
                    $"{same.Count()} states have the key {same.Key}, but a return has each key only once. Give each state once, or states with other ids, names or functions.",
                    same.Key
                )
            )
            : states;
    }

    private static StateRun ToState(object? given, bool succeeded)
    {
        var plain = given is PSObject wrapped ? wrapped.BaseObject : given;
        if (plain is string { Length: > 0 } id)
        {
            return StateRun.From(id, succeeded);
        }

        var found = plain is IDictionary
            ? PayloadContainers.EntriesOf(plain)!.Select(e => (Name: $"{e.Key}", e.Value))
            : given is PSObject { BaseObject: not string } source
                ? source
                    .Properties.Where(p => Known.Contains(p.Name, StringComparer.OrdinalIgnoreCase))
                    .Select(p => (p.Name, Value: (object?)p.Value))
            : [];
        var fields = found.ToLookup(f => f.Name, f => f.Value, StringComparer.OrdinalIgnoreCase);
        return
            fields.All(f => f.Count() == 1 && Known.Contains(f.Key, StringComparer.OrdinalIgnoreCase))
            && Text(fields, "Id") is { Length: > 0 } named
            && TryFindDuration(fields, out var duration)
            ? With(StateRun.From(named, succeeded), fields, duration)
            : throw new CommandErrorException(
                ErrorRecords.Create(
                    "InvalidState",
                    ErrorCategory.InvalidArgument,
                    $"\"{TerminalText.OneLine(given)}\" is not a state. Give its id, such as nginx_running, its key in a return, or @{{ Id = 'nginx_running'; Function = 'service.running'; Name = 'nginx' }} with Comment, Changes and Duration if needed.",
                    given
                )
            );
    }

    private static StateRun With(StateRun state, ILookup<string, object?> fields, double? duration)
    {
        if (Text(fields, "Function") is { } function)
        {
            var dot = function.IndexOf('.');
            state = state with
            {
                Module = dot < 0 ? state.Module : function.Substring(0, dot),
                Function = function.Substring(dot + 1),
                IsKindAssumed = false,
            };
        }

        return state with
        {
            Name = Text(fields, "Name") ?? state.Name,
            Comment = Text(fields, "Comment") ?? state.Comment,
            Changes = fields["Changes"].FirstOrDefault() is { } changes ? PayloadBuilder.Build(changes) : state.Changes,
            Duration = duration ?? state.Duration,
        };
    }

    private static string? Text(ILookup<string, object?> fields, string name) =>
        fields[name].FirstOrDefault() is { } value ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;

    private static bool TryFindDuration(ILookup<string, object?> fields, out double? milliseconds)
    {
        var given = PayloadBuilder.Unwrap(fields["Duration"].FirstOrDefault());
        var number = 0.0;
        var isNumber = given is string text
            ? double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) // "1,5" is not 15
            : given is not null && LanguagePrimitives.TryConvertTo(given, CultureInfo.InvariantCulture, out number);
        milliseconds = given is TimeSpan time ? time.TotalMilliseconds : isNumber ? number : null;
        return milliseconds is not null || given is null;
    }
}
