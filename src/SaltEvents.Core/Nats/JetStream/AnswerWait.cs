using System;
using System.Threading;
using System.Threading.Tasks;
using NATS.Client.Core;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>
/// How long an answer can still come: one to a connection that is lost meanwhile is lost with it, so a moment after the next
/// connection there will be none. What was not sent to the lost one is sent and answered in that moment.
/// </summary>
internal sealed class AnswerWait : IDisposable
{
    private static readonly TimeSpan AfterReconnect = TimeSpan.FromSeconds(1.5);
    private readonly NatsConnection connection;
    private readonly CancellationTokenSource over = new();

    public AnswerWait(NatsConnection connection)
    {
        this.connection = connection;
        connection.ConnectionDisconnected += OnDisconnectedAsync;
        connection.ConnectionOpened += OnOpenedAsync;
    }

    /// <summary>Whether the connection was lost meanwhile.</summary>
    public bool IsConnectionLost { get; private set; }

    /// <summary>Cancelled when no answer can come any more.</summary>
    public CancellationToken Over => over.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        connection.ConnectionDisconnected -= OnDisconnectedAsync;
        connection.ConnectionOpened -= OnOpenedAsync;
        over.CancelAfter(Timeout.InfiniteTimeSpan); // not disposed: the client may be calling just now
    }

    private ValueTask OnDisconnectedAsync(object? sender, NatsEventArgs e)
    {
        IsConnectionLost = true;
        return default;
    }

    private ValueTask OnOpenedAsync(object? sender, NatsEventArgs e)
    {
        if (IsConnectionLost)
        {
            over.CancelAfter(AfterReconnect);
        }

        return default;
    }
}
