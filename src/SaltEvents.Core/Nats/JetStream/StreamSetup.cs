using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>The stream of a relay: found, or made.</summary>
internal static class StreamSetup
{
    /// <summary>How long the server remembers the ids of events.</summary>
    public static readonly TimeSpan DuplicateWindow = TimeSpan.FromMinutes(2);

    /// <summary>The stream's state, of a stream that takes the events of the site.</summary>
    /// <param name="bus">The servers.</param>
    /// <param name="options">The site, and how long the stream keeps events.</param>
    /// <param name="isRunning">Whether the relay runs already: the stream may have been changed since, and is left so.</param>
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="NatsBusException">The stream does not exist and cannot be created.</exception>
    public static async Task<StreamInfo> EnsureAsync(NatsBus bus, EventRelayOptions options, bool isRunning, CancellationToken token)
    {
        var name = bus.Options.Stream;
        StreamInfo info;
        try
        {
            info = await GetAsync(bus, token).ConfigureAwait(false);
        }
        catch (NatsBusException e) when (e.Reason == NatsBusReason.StreamNotFound)
        {
            return await CreateAsync(bus, options, token).ConfigureAwait(false);
        }

        var subjects = info.Config.Subjects ?? [];
        if (!subjects.Any(s => s is ">" or NatsSubject.AllEvents or "salt.*.>" || s == $"{NatsSubject.Events}.{options.Site}.>"))
        {
            throw new NatsBusException(
                NatsBusReason.StreamMismatch,
                $"The stream {name} at {bus.Options.ServerList} does not store the events of site {options.Site}: its subjects are {string.Join(", ", subjects)}. Add {NatsSubject.AllEvents}, or give another -Stream."
            );
        }

        if (!isRunning && options.MaxAge is { } age && info.Config.MaxAge != age)
        {
            // The servers refuse one that is longer than events are kept.
            var window = info.Config.DuplicateWindow > DuplicateWindow ? info.Config.DuplicateWindow : DuplicateWindow;
            (info.Config.MaxAge, info.Config.DuplicateWindow) = (age, Shorter(age, window));
            info = (
                await bus.CallAsync(
                        $"-MaxAge of the stream {name} was not changed",
                        async t => await bus.JetStream.UpdateStreamAsync(info.Config, t).ConfigureAwait(false),
                        token
                    )
                    .ConfigureAwait(false)
            ).Info;
        }

        return info;
    }

    /// <summary>The stream as it is now.</summary>
    public static async Task<StreamInfo> GetAsync(NatsBus bus, CancellationToken token) =>
        (
            await bus.AskAsync(
                    $"The stream {bus.Options.Stream} was not read",
                    async t => await bus.JetStream.GetStreamAsync(bus.Options.Stream, cancellationToken: t).ConfigureAwait(false),
                    token
                )
                .ConfigureAwait(false)
        ).Info;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static async Task<StreamInfo> CreateAsync(NatsBus bus, EventRelayOptions options, CancellationToken token)
    {
        var age = options.MaxAge ?? EventRelayOptions.DefaultMaxAge;
        var config = new StreamConfig(bus.Options.Stream, [NatsSubject.AllEvents])
        {
            Description = "Events of Salt masters, published by SaltEvents",
            MaxAge = age,
            MaxBytes = options.MaxBytes ?? -1,
            MaxMsgs = -1,
            MaxConsumers = -1,
            MaxMsgSize = -1,
            NumReplicas = options.Replicas ?? 3,
            DuplicateWindow = Shorter(age, DuplicateWindow),
        };
        try
        {
            return await bus.CallAsync($"The stream {config.Name} was not created", CreateAsync, token).ConfigureAwait(false);
        }
        catch (NatsBusException e)
            when (options.Replicas is null
                && e.InnerException is NatsJSApiException { Error.ErrCode: NatsErrors.ReplicasNeedCluster or NatsErrors.NoSuitablePeers }
            )
        {
            config.NumReplicas = 1;
            return await bus.CallAsync($"The stream {config.Name} was not created", CreateAsync, token).ConfigureAwait(false);
        }
        catch (NatsBusException e) when (e.InnerException is NatsJSApiException { Error.ErrCode: NatsErrors.StreamNameInUse })
        {
            return await GetAsync(bus, token).ConfigureAwait(false); // another relay has just created it
        }

        async ValueTask<StreamInfo> CreateAsync(CancellationToken t) =>
            (await bus.JetStream.CreateStreamAsync(config, t).ConfigureAwait(false)).Info;
    }
}
