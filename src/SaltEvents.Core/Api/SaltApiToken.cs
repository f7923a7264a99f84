using System;
using System.Diagnostics;

namespace SaltEvents.Core.Api;

/// <summary>A token of salt-api. It is never shown.</summary>
internal sealed class SaltApiToken(string value, TimeSpan? lifetime, SaltApiRights? rights)
{
    // salt-api forgets a session 10 hours after its last request (salt/netapi/rest_cherrypy/app.py, tools.sessions.timeout, 3006.10).
    private static readonly TimeSpan Session = TimeSpan.FromHours(10);
    private readonly Stopwatch age = Stopwatch.StartNew();
    private TimeSpan? due = lifetime is { } time ? new TimeSpan(Math.Min(time.Ticks, Session.Ticks) / 2) : null;

    /// <summary>The token itself, only for the header.</summary>
    public string Value { get; } = value;

    /// <summary>What the user may do; null with a token that was given.</summary>
    public SaltApiRights? Rights { get; } = rights;

    /// <summary>How long it is valid; null if that is not known.</summary>
    public TimeSpan? Lifetime { get; } = lifetime;

    /// <summary>
    /// Whether half of its time is over: time to get it a new end. By this computer's own measure, so that no two clocks are compared.
    /// </summary>
    public bool IsDue => due is { } time && age.Elapsed > time;

    /// <summary>How long it is until then; null if it has no known end.</summary>
    public TimeSpan? DueIn => due - age.Elapsed;

    /// <summary>Whether its time is over.</summary>
    public bool HasExpired => Lifetime is { } time && age.Elapsed > time;

    /// <summary>It got no new end: after a tenth of its time that may be tried again.</summary>
    public void Postpone() => due = age.Elapsed + new TimeSpan((Lifetime ?? Session).Ticks / 10);

    /// <inheritdoc/>
    public override string ToString() => "(token)";
}
