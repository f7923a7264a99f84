using System.Globalization;

namespace SaltEvents.Core.Nats;

/// <summary>The id by which the server recognizes an event.</summary>
/// <param name="High">The first half of the hash of its site and bytes.</param>
/// <param name="Low">The second half.</param>
/// <param name="Number">Its number among events with that hash, from 1.</param>
internal readonly record struct EventId(long High, long Low, int Number)
{
    /// <inheritdoc/>
    public override string ToString() =>
        string.Format(CultureInfo.InvariantCulture, Number == 1 ? "{0:x16}{1:x16}" : "{0:x16}{1:x16}-{2}", High, Low, Number);
}
