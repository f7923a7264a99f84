using System;
using System.Globalization;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Templates;

/// <summary>One state of a state run, as a return lists it (salt/state.py, State.call, 3006.10).</summary>
public sealed record StateRun
{
    private const string Separator = "_|-";

    // How a state is often named, and what it is then.
    private static readonly (string Suffix, string Module, string Function, string Failure, string Success)[] Kinds =
    [
        ("_running", "service", "running", "Service {0} failed to start", "The service {0} is already running"),
        ("_dead", "service", "dead", "Service {0} failed to die", "The service {0} is already dead"),
        (
            "_enabled",
            "service",
            "enabled",
            "Failed when setting service {0} to start at boot",
            "Service {0} is already enabled, and is in the desired state"
        ),
        (
            "_installed",
            "pkg",
            "installed",
            "The following packages failed to install/update: {0}",
            "All specified packages are already installed"
        ),
        ("_latest", "pkg", "latest", "The following packages failed to update: {0}", "Package {0} is already up-to-date"),
        ("_removed", "pkg", "removed", "The following packages failed to be removed: {0}", "All specified packages are already absent"),
        ("_managed", "file", "managed", "Unable to manage file: {0}", "The file {0} is in the correct state"),
    ];

    /// <summary>The state's id in its sls.</summary>
    public required string Id { get; init; }

    /// <summary>The state module.</summary>
    public required string Module { get; init; }

    /// <summary>The function of the module.</summary>
    public required string Function { get; init; }

    /// <summary>The name that the function was given.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it succeeded.</summary>
    public required bool Succeeded { get; init; }

    /// <summary>What it says of itself.</summary>
    public required string Comment { get; init; }

    /// <summary>What it changed.</summary>
    public PayloadMap Changes { get; init; } = [];

    /// <summary>Whether its module and function follow from its id only.</summary>
    internal bool IsKindAssumed { get; init; }

    /// <summary>How long it took, in milliseconds.</summary>
    public double Duration { get; init; } = 1.5;

    /// <summary>The key in the return: module, id, name and function.</summary>
    public string Key => string.Join(Separator, Module, Id, Name, Function);

    /// <summary>
    /// A state by its id or its whole key. An id that ends in what is to be so (nginx_running, vim_installed, ...) is of the
    /// module that sees to that; any other is of the module test, which succeeds and fails on demand.
    /// </summary>
    public static StateRun From(string idOrKey, bool succeeded)
    {
        var parts = idOrKey.Split([Separator], StringSplitOptions.None);
        if (parts.Length == 4)
        {
            return new StateRun
            {
                Module = parts[0],
                Id = parts[1],
                Name = parts[2],
                Function = parts[3],
                Succeeded = succeeded,
                Comment = succeeded ? "Success!" : "Failure!",
            };
        }

        foreach (var kind in Kinds)
        {
            if (idOrKey.Length > kind.Suffix.Length && idOrKey.EndsWith(kind.Suffix, StringComparison.Ordinal))
            {
                var name = idOrKey.Substring(0, idOrKey.Length - kind.Suffix.Length);
                var comment = string.Format(CultureInfo.InvariantCulture, succeeded ? kind.Success : kind.Failure, name);
                return new StateRun
                {
                    Module = kind.Module,
                    Id = idOrKey,
                    Name = name,
                    Function = kind.Function,
                    Succeeded = succeeded,
                    Comment = comment,
                    IsKindAssumed = true,
                };
            }
        }

        return new StateRun
        {
            Module = "test",
            Id = idOrKey,
            Name = idOrKey,
            Function = succeeded ? "succeed_without_changes" : "fail_without_changes",
            Succeeded = succeeded,
            Comment = succeeded ? "Success!" : "Failure!",
            IsKindAssumed = true,
        };
    }

    /// <summary>The state as it is in a return.</summary>
    /// <param name="sls">The sls that it is of.</param>
    /// <param name="number">Its place in the run, from 0.</param>
    /// <param name="start">When it started.</param>
    internal PayloadMap ToPayload(string sls, int number, DateTime start) => new()
    {
        { "name", Name },
        { "changes", Changes },
        { "result", Succeeded },
        { "comment", Comment },
        { "__sls__", sls },
        { "__run_num__", (long)number },
        { "start_time", start.ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture) },
        { "duration", Duration },
        { "__id__", Id },
    };
}
