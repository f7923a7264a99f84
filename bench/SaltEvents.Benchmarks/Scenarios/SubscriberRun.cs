using System;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Benchmarks.Events;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;

namespace SaltEvents.Benchmarks.Scenarios;

/// <summary>Takes events from a subscription as a user's loop does, and checks each.</summary>
internal static class SubscriberRun
{
    /// <summary>The queue of a client as it is by default; only that nothing is dropped.</summary>
    public static EventBusClientOptions Options { get; } = new() { Overflow = SaltOverflow.Block };

    /// <summary>How many of the events arrived in order, until they all have or the token says that it takes too long.</summary>
    public static async Task<long> ReceiveAsync(
        IEventSubscription subscription,
        int events,
        int period,
        bool readField,
        CancellationToken token
    )
    {
        var check = new SequenceCheck(period);
        try
        {
            while (!check.HasSeen(events) && await subscription.WaitToReadAsync(token))
            {
                while (!check.HasSeen(events) && subscription.TryRead(out var saltEvent))
                {
                    check.Accept(saltEvent!.Tag);
                    if (readField)
                    {
                        CheckField(saltEvent);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The count is the answer.
        }

        return check.Received;
    }

    private static void CheckField(SaltEvent saltEvent)
    {
        if (!saltEvent.Fields.TryGetValue("fun", out var function) || function as string != JobReturn.Function)
        {
            throw new InvalidOperationException($"The event {saltEvent} has fun {function}.");
        }
    }
}
