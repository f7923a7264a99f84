using System;
using System.Runtime.CompilerServices;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>As <see cref="NeedsFactAttribute"/>, for a test with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsTheoryAttribute : SkippableTheoryAttribute
{
    private readonly string name;

    // Where the arguments begin with anything else than exceptions, the discoverer of skippable tests stumbles.
    public NeedsTheoryAttribute(Type[]? skippingExceptions = null, [CallerMemberName] string name = "")
        : base(skippingExceptions ?? []) => this.name = name;

    /// <summary>What it needs.</summary>
    public string What { get; set; } = string.Empty;

    public override string DisplayName => $"{name} (needs {What})";
}
