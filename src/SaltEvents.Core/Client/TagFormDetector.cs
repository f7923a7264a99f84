using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;
using SaltEvents.Core.ZeroMq;

namespace SaltEvents.Core.Client;

/// <summary>
/// Finds out how tags end on a ZeroMQ bus, from the events that it publishes. It fires nothing: an event in the wrong form ends the
/// reactor of some masters. The answer is kept for as long as the bus is the same; that there was none, for a while, so that many
/// events for a silent bus do not wait for one each.
/// </summary>
internal static class TagFormDetector
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SilenceCounts = TimeSpan.FromSeconds(30);
    private static readonly ConcurrentDictionary<(BusEndpoint Endpoint, string Identity), SaltTagForm> Known = new();
    private static readonly ConcurrentDictionary<(BusEndpoint Endpoint, string Identity), Silence> Silent = new();

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

        if (key is { } silent && Silent.TryGetValue(silent, out var silence) && silence.Since.Elapsed < SilenceCounts)
        {
            return TagEncoding.Only(possible & silence.Seen) ?? throw Unknown(endpoint.Pull, possible & silence.Seen);
        }

        var listened = await ListenAsync(endpoint, possible, options, token).ConfigureAwait(false);
        token.ThrowIfCancellationRequested();
        var heard = listened ?? TagFormSet.Any;
        var form = TagEncoding.Only(possible & heard);
        if (key is { } bus)
        {
            if (form is { } found)
            {
                Known[bus] = found;
            }
            else if (listened is not null)
            {
                Silent[bus] = new Silence(heard, Stopwatch.StartNew());
            }
        }

        return form ?? throw Unknown(endpoint.Pull, possible & heard);
    }

    // Null if the bus does not accept a listener now.
    private static async Task<TagFormSet?> ListenAsync(
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
            return null;
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

    // A bus of another version has another socket.
    private static (BusEndpoint Endpoint, string Identity)? Key(BusEndpoint endpoint) =>
        endpoint.Pub.IsKnown && BusIdentity.Find(endpoint.Pull) is { } identity ? (endpoint, identity) : null;

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

    // The forms that are possible by what a bus published until then, and since when it is known.
    private sealed record Silence(TagFormSet Seen, Stopwatch Since);
}
