namespace SaltEvents.Core.Nats.JetStream;

/// <summary>The headers of messages, beside those of NATS.</summary>
internal static class MessageHeaders
{
    /// <summary>The site.</summary>
    public const string Site = "Salt-Site";

    /// <summary>The tag, with %XX for what a header cannot hold.</summary>
    public const string Tag = "Salt-Tag";

    /// <summary>The run of the relay, how many events it has dropped in this run before this one, and how often its bus was away.</summary>
    public const string Relay = "Salt-Relay";

    /// <summary>A relay's answer to a request: fired, or why not.</summary>
    public const string Result = "Salt-Result";
}
