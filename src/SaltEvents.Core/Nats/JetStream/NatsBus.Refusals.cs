using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using NATS.Client.Core;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Nats.JetStream;

/// <content>What the server refuses: permissions and the sign-in. Both may change while the connection is open.</content>
internal sealed partial class NatsBus
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private readonly CancellationTokenSource ended = new();
    private readonly Backoff subscribeAgain = new(LongestPause);
    private readonly Stopwatch sinceRefusal = Stopwatch.StartNew();
    private string? violation;
    private string? lostSubscription; // the server no longer sends what was subscribed to; a new connection subscribes again
    private int isReconnecting;

    /// <summary>Called with what the server says of a missing right.</summary>
    public event Action<string>? Refused;

    /// <summary>Called with a message if the server no longer accepts the credentials, at each attempt to reconnect.</summary>
    public event Action<string>? SignInRefused;

    private ValueTask OnServerErrorAsync(object? sender, NatsServerErrorEventArgs error)
    {
        if (error.Kind == NatsServerErrorKind.PermissionsViolation)
        {
            var text = DisplayText.OneLine(error.Error);
            if (text.Contains("for Subscription", StringComparison.OrdinalIgnoreCase))
            {
                lostSubscription = text;
                _ = SubscribeAgainAsync();
            }

            CancelCalls(text);
            Refused?.Invoke(text);
        }
        else if (error.Kind == NatsServerErrorKind.AuthorizationViolation)
        {
            SignInRefused?.Invoke(NatsErrors.DescribeRefusal(Options));
        }

        return default;
    }

    // A call that ends takes itself off the list, perhaps while it is cancelled.
    private void CancelCalls(string reason)
    {
        CancellationTokenSource[] pending;
        lock (calls)
        {
            violation = reason;
            pending = [.. calls];
        }

        foreach (var call in pending)
        {
            try
            {
                call.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has just ended.
            }
        }
    }

    // The server does not say when the permission is given back: each new connection finds out.
    private async Task SubscribeAgainAsync()
    {
        if (Interlocked.Exchange(ref isReconnecting, 1) != 0)
        {
            return;
        }

        if (sinceRefusal.Elapsed > LongestPause + LongestPause)
        {
            subscribeAgain.Reset(); // it had the permission in between
        }

        sinceRefusal.Restart();
        try
        {
            await Task.Delay(subscribeAgain.Next(), ended.Token).ConfigureAwait(false);
            Volatile.Write(ref isReconnecting, 0);
            await Connection.ReconnectAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is NatsException or ObjectDisposedException or OperationCanceledException)
        {
            Volatile.Write(ref isReconnecting, 0); // closed, or it is connecting again already
        }
    }

    private ValueTask OnDisconnectedAsync(object? sender, NatsEventArgs e)
    {
        lostSubscription = null;
        return default;
    }
}
