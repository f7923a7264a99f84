using System;
using System.IO;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NATS.Client.Core;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>Hears from the client's log that it could not read what a server sent. The client says it nowhere else.</summary>
internal sealed class ReadErrorLog(Action<IOException> found) : ILoggerFactory, ILogger
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel == LogLevel.Error && exception is not null && eventId == NatsLogEvents.Protocol)
        {
            found(new IOException($"the server sent what cannot be read: {exception.Clause()}", exception));
        }
    }

    /// <inheritdoc/>
    public IDisposable BeginScope<TState>(TState state) => NullLogger.Instance.BeginScope(state);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider)
    {
        // There is nothing to add it to.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // It holds nothing.
    }
}
