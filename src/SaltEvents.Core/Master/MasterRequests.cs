using System;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Master;

/// <summary>Questions to one master and its answers as values, each within a time limit.</summary>
internal sealed class MasterRequests(
    TcpBusAddress master,
    MasterTransport transport,
    TimeSpan timeout,
    int maxAnswerBytes = MasterRequests.MaxAnswerBytes,
    MasterTls? tls = null
) : IDisposable
{
    /// <summary>
    /// How long an answer may be. As values it takes some sixty times the memory, and it is read before anybody can say that the
    /// master has given it; Salt's own, to a sign-in or an event, have a few thousand bytes.
    /// </summary>
    public const int MaxAnswerBytes = 1024 * 1024;

    private const int MaxTextLength = 200;

    private readonly RequestChannel channel = transport switch
    {
        MasterTransport.Tcp => new TcpRequestChannel(master, maxAnswerBytes),
        MasterTransport.WebSocket => new WebSocketRequestChannel(master, tls, maxAnswerBytes),
        _ => new ZeroMqRequestChannel(master, maxAnswerBytes),
    };

    /// <summary>What is in a question and must not be shown if the answer repeats it; null if there is no such thing.</summary>
    public string? Secret { private get; set; }

    /// <summary>Whether the master may have a msgpack without extensions, as Salt before 2016.3: dates are text then.</summary>
    public bool IsOld { private get; set; }

    /// <summary>The master.</summary>
    public TcpBusAddress Master { get; } = master;

    /// <summary>Asks and waits for the answer.</summary>
    /// <param name="question">The question.</param>
    /// <param name="unanswered">What to say about the event if no answer comes.</param>
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="MasterRequestException">There is no master, it does not answer, or its answer is not msgpack.</exception>
    public Task<object?> AskAsync(PayloadMap question, string unanswered, CancellationToken token) =>
        AskAsync(() => question, answer => answer, unanswered, token);

    /// <summary>
    /// Creates a request, sends it, and processes the answer: everything counts against the time limit, including computing.
    /// </summary>
    /// <param name="ask">Makes the question.</param>
    /// <param name="accept">Reads the answer. It must leave nothing behind: after the time limit it goes on, and its result is not
    /// used.</param>
    /// <param name="unanswered">What to say about the event if no answer comes.</param>
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="MasterRequestException">There is no master, it does not answer, or its answer is not msgpack; or what
    /// <paramref name="accept"/> throws.</exception>
    public async Task<T> AskAsync<T>(Func<PayloadMap> ask, Func<object?, T> accept, string unanswered, CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(timeout);
        var isAnswered = false;
        try
        {
            var question = await BusConnector.WithinAsync(Task.Run(() => Pack(ask())), limit.Token).ConfigureAwait(false);
            var answer = await channel.AskAsync(question, limit.Token).ConfigureAwait(false);
            isAnswered = true;
            return await BusConnector.WithinAsync(Task.Run(() => accept(Decode(answer))), limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!token.IsCancellationRequested)
        {
            var what = isAnswered ? "answered, but its answer could not be checked" : "did not answer";
            throw new MasterRequestException(
                MasterRequestReason.MasterNotAnswering,
                string.Format(
                    CultureInfo.InvariantCulture,
                    "The master at {0} {1} within {2:0.###} s over {3}. {4}",
                    Master,
                    what,
                    timeout.TotalSeconds,
                    transport == MasterTransport.Tcp ? "TCP"
                        : transport == MasterTransport.WebSocket ? "WebSocket"
                        : "ZeroMQ",
                    unanswered
                ),
                e
            );
        }
    }

    /// <summary>The error for an answer that no Salt master gives.</summary>
    public MasterRequestException Unexpected(object? answer) =>
        new(
            MasterRequestReason.UnexpectedAnswer,
            answer is string text
                ? $"The master at {Master} answered \"{Printable(text)}\"."
                : $"The master at {Master} gave an answer that no Salt master gives."
        );

    /// <summary>The text of a master, safe for a message.</summary>
    public string Printable(string text)
    {
        text = string.IsNullOrEmpty(Secret) ? text : text.Replace(Secret!, "(key)");
        return DisplayText.OneLine(text.Length > MaxTextLength ? text.Substring(0, MaxTextLength) + "..." : text);
    }

    public void Dispose() => channel.Dispose();

    private byte[] Pack(PayloadMap question)
    {
        var packed = new ByteBuffer();
        PayloadEncoder.Write(packed, question);
        // As every version of Salt writes its requests; newer types end a worker of an old master.
        return OldMessagePack.Rewrite(packed.Written, keepsExtensions: !IsOld).ToArray();
    }

    // The bytes of an answer are never shown: encrypted data stays secret.
    private object? Decode(byte[] answer)
    {
        if (answer.Length > maxAnswerBytes)
        {
            throw Unexpected(null);
        }

        try
        {
            return PayloadDecoder.Decode(answer);
        }
        catch (EventFormatException)
        {
            throw Unexpected(null);
        }
    }
}
