using System;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;
using SaltEvents.Core.ZeroMq;

namespace SaltEvents.Core.Client;

/// <summary>
/// Finds out how tags end on a ZeroMQ bus, from the events that it publishes. It fires nothing: an event in the wrong form ends the
/// reactor of some masters. The answer is kept for as long as the bus's socket file is the same.
/// </summary>
internal static class TagFormDetector
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly ConcurrentDictionary<(BusEndpoint Endpoint, string Identity), SaltTagForm> Known = new();

    /// <param name="endpoint">The bus.</param>
    /// <param name="possible">The forms that are possible, given what else is known about it.</param>
    /// <param name="options">How long connecting may take.</param>
    /// <param name="token">Ends it.</param>
    /// <exception cref="BusException">It could not be detected in time, or the bus does not accept a listener.</exception>
    public static async Task<SaltTagForm> FindAsync(
        BusEndpoint endpoint,
        TagFormSet possible,
        EventBusClientOptions options,
        CancellationToken token
    )
    {
        if (TagEncoding.Only(possible) is { } only)
        {
            return only;
        }

        var key = Key(endpoint);
        if (key is { } known && Known.TryGetValue(known, out var before))
        {
            return before;
        }

        var seen = possible & await ListenAsync(endpoint, possible, options, token).ConfigureAwait(false);
        var form = TagEncoding.Only(seen) ?? throw Unknown(endpoint.Pull, seen);
        if (key is { } found)
        {
            Known[found] = form;
        }

        return form;
    }

    private static async Task<TagFormSet> ListenAsync(
        BusEndpoint endpoint,
        TagFormSet possible,
        EventBusClientOptions options,
        CancellationToken token
    )
    {
        if (!endpoint.Pub.IsKnown)
        {
            return TagFormSet.Any;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        try
        {
            using var connection = await ZeroMqConnector
                .ConnectAsync(
                    endpoint.Pub,
                    ZeroMqRole.Subscribe,
                    [
                        [],
                    ],
                    options.ConnectTimeout,
                    token,
                    options.MaxFrameBytes
                )
                .ConfigureAwait(false);
            connection.WatchesForms = true;
            limit.CancelAfter(Patience);
            await ReadAsync(connection, possible, limit.Token).ConfigureAwait(false);
            return connection.SeenForms;
        }
        catch (SaltEventException)
        {
            return TagFormSet.Any; // it does not accept a listener
        }
    }

    private static async Task ReadAsync(ZeroMqConnection connection, TagFormSet possible, CancellationToken token)
    {
        try
        {
            while (TagEncoding.IsSeveral(connection.SeenForms & possible) && await connection.FillAsync(token).ConfigureAwait(false))
            {
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over, or the owner of the token notices the cancellation.
        }
    }

    // A bus of another version has another socket file. A port does not show it.
    private static (BusEndpoint Endpoint, string Identity)? Key(BusEndpoint endpoint) =>
        endpoint.Pull is UnixBusAddress && BusIdentity.Find(endpoint.Pull) is { } identity ? (endpoint, identity) : null;

    private static BusException Unknown(BusAddress address, TagFormSet seen) =>
        new(
            BusReason.TagFormUnknown,
            address,
            string.Format(
                CultureInfo.InvariantCulture,
                "The form of tags on the ZeroMQ bus at {0} is not known: {1}. Nothing was sent, because an event in the wrong form ends the reactor of some versions of Salt. "
                    + "Give -SaltVersion with the version of Salt there (salt --version, or salt-call --version on a minion, shows it), or -TagForm: Padded up to 0.16, PaddedOrDelimited from 0.17 to 2014.7, Delimited from 2015.5 to 2015.8.",
                address,
                seen == TagFormSet.None
                    ? "the events that it publishes and other information about it contradict each other"
                    : FormattableString.Invariant($"it published no event that shows it within {Patience.TotalSeconds} s")
            )
        );
}
