using SaltEvents.Core.Compat;

namespace SaltEvents;

/// <summary>How many events came with a tag, or of a minion.</summary>
public sealed class SaltEventCount
{
    internal SaltEventCount(string name, long count)
    {
        Name = TextSupport.ToXml(name);
        Count = count;
    }

    /// <summary>The tag, with * for what differs, or the minion.</summary>
    public string Name { get; }

    /// <summary>How many.</summary>
    public long Count { get; }

    /// <inheritdoc/>
    public override string ToString() => DisplayText.OneLine($"{Name} {Count}");
}
