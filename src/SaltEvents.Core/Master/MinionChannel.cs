using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;

namespace SaltEvents.Core.Master;

/// <summary>
/// From a minion to its masters without the minion's daemon: signs in with the minion's keys and fires, as
/// <c>salt-call event.fire_master</c> does (salt/modules/event.py, fire_master, 3006.10). One sign-in serves all events.
/// Safe for one caller at a time.
/// </summary>
public sealed class MinionChannel : IDisposable
{
    private readonly MinionIdentity identity;
    private readonly MasterSession[] sessions;

    private MinionChannel(MinionChannelOptions options, MinionIdentity identity)
    {
        Options = options;
        this.identity = identity;
        sessions = options
            .Masters.Select(master => new MasterSession(
                new MasterRequests(master, options.Transport, options.Timeout, tls: options.Tls),
                identity,
                options
            ))
            .ToArray();
    }

    /// <summary>Who the minion is and where its masters are.</summary>
    public MinionChannelOptions Options { get; }

    /// <summary>Reads the minion's keys; nothing is connected yet.</summary>
    /// <exception cref="MasterRequestException">A key is missing, may not be read, or is invalid; or an algorithm is not known.</exception>
    public static MinionChannel Open(MinionChannelOptions options)
    {
        _ = SaltAlgorithms.EncryptionHash(options.EncryptionAlgorithm);
        _ = SaltAlgorithms.SigningHash(options.SigningAlgorithm);
        return new MinionChannel(options, MinionIdentity.Load(options));
    }

    /// <summary>
    /// Fires an event on the bus of every master, one after another; each is tried, whatever the result at the others (see
    /// <see cref="MinionChannelOptions.IsFailover"/>).
    /// </summary>
    /// <param name="tag">The tag that it shall have on the master's bus.</param>
    /// <param name="data">The payload; it arrives under <c>data</c>, beside the minion's id. Dates before 1900, which Salt cannot write, go
    /// as text in ISO 8601.</param>
    /// <param name="token">Ends it.</param>
    /// <returns>The result for each master that was tried, in the order of <see cref="MinionChannelOptions.Masters"/>.</returns>
    /// <exception cref="InvalidEventException">It is not an event that Salt could carry; nothing was sent.</exception>
    public async Task<IReadOnlyList<SaltMasterDelivery>> FireAsync(string tag, PayloadMap data, CancellationToken token = default)
    {
        // An event that the master's bus cannot carry is refused before anything is sent.
        EventCodec.CheckTag(tag);
        data = EarlyDates.ToText(data);
        PayloadEncoder.Write(new ByteBuffer(), data);
        var deliveries = new List<SaltMasterDelivery>(sessions.Length);
        foreach (var session in sessions)
        {
            deliveries.Add(await session.FireAsync(tag, data, token).ConfigureAwait(false));
            if (Options.IsFailover && deliveries[deliveries.Count - 1].Delivered)
            {
                break;
            }
        }

        return deliveries;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(sessions, session => session.Dispose());
        identity.Dispose();
    }
}
