using System;
using System.Runtime.CompilerServices;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>A test that needs more than the .NET SDK. Its displayed name says what, so that a skipped one shows why.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsFactAttribute : SkippableFactAttribute
{
    private readonly string name;

    // Where the arguments begin with anything else than exceptions, the discoverer of skippable tests stumbles.
    public NeedsFactAttribute(Type[]? skippingExceptions = null, [CallerMemberName] string name = "")
        : base(skippingExceptions ?? []) => this.name = name;

    /// <summary>What it needs.</summary>
    public string What { get; set; } = string.Empty;

    public override string DisplayName => $"{name} (needs {What})";
}
