namespace SaltEvents.Core.Events;

/// <summary>How a release of Salt writes the time of firing (salt/utils/event.py, fire_event, of the versions named).</summary>
public enum StampForm
{
    /// <summary>UTC without an offset: since 2014.7.2.</summary>
    Utc,

    /// <summary>UTC with <c>+00:00</c>: since 3008.0.</summary>
    UtcWithOffset,

    /// <summary>The local time of the sender: 2014.1.1 to 2014.7.1.</summary>
    Local,

    /// <summary>The local time of the sender, with <c>_</c> between date and time: 0.17.0 to 2014.1.0.</summary>
    LocalWithUnderscore,
}
