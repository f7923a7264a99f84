using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>What a script gave on each stream, and what ended it.</summary>
internal sealed record ShellResult(
    IReadOnlyList<PSObject> Output,
    IReadOnlyList<ErrorRecord> Errors,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<string> Verbose,
    Exception? Failure)
{
    /// <summary>The error that ended the script.</summary>
    public ErrorRecord Terminating
    {
        get
        {
            Assert.True(Failure is not null, "The script was to end with an error, and gave: " + this);
            return Assert.IsAssignableFrom<IContainsErrorRecord>(Failure).ErrorRecord;
        }
    }

    /// <summary>The only object, with no error anywhere.</summary>
    public dynamic Single => Assert.Single(Good().Output);

    /// <summary>The only object, unwrapped.</summary>
    public object? Value => Assert.Single(Good().Output)?.BaseObject;

    /// <summary>The only error, which did not end the script.</summary>
    public ErrorRecord Error
    {
        get
        {
            Assert.True(Failure is null && Errors.Count == 1, "The script was to give one error, and gave: " + this);
            return Errors[0];
        }
    }

    /// <summary>This result, where nothing went wrong.</summary>
    public ShellResult Good()
    {
        Assert.True(Failure is null && Errors.Count == 0, ToString());
        return this;
    }

    public IEnumerable<string> Tags() => Output.Select(o => (string)o.Properties["Tag"].Value);

    public override string ToString() =>
        $"{Output.Count} objects; errors: [{string.Join("; ", Errors.Select(e => $"{e.FullyQualifiedErrorId}: {e}"))}]; warnings: [{string.Join("; ", Warnings)}]; ended by: {Failure}";
}
