using System;
using System.Collections;
using System.Collections.Generic;
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

        var fields = plain is IDictionary dictionary
            ? dictionary.Cast<DictionaryEntry>().ToDictionary(e => $"{e.Key}", e => (object?)e.Value, StringComparer.OrdinalIgnoreCase)
            : given is PSObject { BaseObject: not string } source
                ? source
                    .Properties.Where(p => Known.Contains(p.Name, StringComparer.OrdinalIgnoreCase))
                    .ToDictionary(p => p.Name, p => (object?)p.Value, StringComparer.OrdinalIgnoreCase)
            : [];
        return
            fields.TryGetValue("Id", out var named)
            && $"{named}".Length > 0
            && fields.Keys.All(k => Known.Contains(k, StringComparer.OrdinalIgnoreCase))
            ? With(StateRun.From($"{named}", succeeded), fields)
            : throw new CommandErrorException(
                ErrorRecords.Create(
                    "InvalidState",
                    ErrorCategory.InvalidArgument,
                    $"\"{TerminalText.OneLine(given)}\" is not a state. Give its id, such as nginx_running, its key in a return, or @{{ Id = 'nginx_running'; Function = 'service.running'; Name = 'nginx' }} with Comment, Changes and Duration if needed.",
                    given
                )
            );
    }

    private static StateRun With(StateRun state, Dictionary<string, object?> fields)
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
            Changes = fields.TryGetValue("Changes", out var changes) && changes is not null ? PayloadBuilder.Build(changes) : state.Changes,
            Duration = fields.TryGetValue("Duration", out var duration) && duration is not null ? Milliseconds(duration) : state.Duration,
        };
    }

    private static string? Text(Dictionary<string, object?> fields, string name) =>
        fields.TryGetValue(name, out var value) && value is not null ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;

    private static double Milliseconds(object value) => (value is PSObject wrapped ? wrapped.BaseObject : value) is TimeSpan time
        ? time.TotalMilliseconds
        : (double)LanguagePrimitives.ConvertTo(value, typeof(double), CultureInfo.InvariantCulture);
}
