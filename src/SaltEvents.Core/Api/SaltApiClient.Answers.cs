using System;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace SaltEvents.Core.Api;

/// <content>What an answer means, and what a missing one means.</content>
public sealed partial class SaltApiClient
{
    private const string UnexpectedException = "Unexpected exception while handling request: "; // (salt/netapi/rest_tornado/saltnado.py, 3006.16)

    // The index needs neither a token nor the master: if salt-api answers it, the master behind it does not answer.
    private async Task<SaltApiException> ExplainSilenceAsync(SaltApiException silence, CancellationToken stop, string advice = "")
    {
        if (silence.IsExplained || !silence.IsSilence)
        {
            return silence;
        }

        try
        {
            var limit = Timeout < Options.ProbeTimeout ? Timeout : Options.ProbeTimeout;
            await GreetAsync(limit, stop).ConfigureAwait(false);
        }
        catch (SaltApiException e) when (e.Reason == SaltApiReason.NotAnswering)
        {
            return ExplainFull(silence);
        }
        catch (SaltApiException e) when (!e.IsAnswer)
        {
            return e;
        }
        catch (SaltApiException)
        {
            // It answers.
        }

        return new SaltApiException(
            SaltApiReason.NotAnswering,
            $"{silence.Message} It answers requests that need no master: the master is down or does not answer salt-api.{advice}",
            silence
        );
    }

    /// <summary>The error of a server that does not answer even a request that needs no master.</summary>
    internal static SaltApiException ExplainFull(SaltApiException silence) =>
        new(
            SaltApiReason.NotAnswering,
            $"{silence.Message} It accepts connections but does not answer: all of its threads may be in use, and each event stream uses one (rest_cherrypy: thread_pool, 100 by default).",
            silence
        );

    private static JsonElement? FirstReturn(JsonDocument answer) =>
        answer.RootElement.ValueKind == JsonValueKind.Object
        && answer.RootElement.TryGetProperty("return", out var returned)
        && returned.ValueKind == JsonValueKind.Array
        && returned.GetArrayLength() > 0
            ? returned[0]
            : null;

    // Some versions say in the answer itself that the right is missing, with a status of 200; rest_tornado has words before it.
    private static SaltApiException Refusal(string what, JsonElement? answer)
    {
        var text = FirstLine(answer?.ToString() ?? "it gave no answer");
        var refusal = text.StartsWith(UnexpectedException, StringComparison.Ordinal) ? text.Substring(UnexpectedException.Length) : text;
        var isRight =
            refusal.StartsWith("Authorization error occurred", StringComparison.Ordinal)
            || refusal.StartsWith("Authentication failure of type", StringComparison.Ordinal);
        return new SaltApiException(isRight ? SaltApiReason.NotAuthorized : SaltApiReason.Failed, $"{what}: {text}");
    }

    private static string FirstLine(string text) =>
        text.Trim().Split('\n')[0] is var line && line.Length > 300 ? line.Substring(0, 300) + "..." : line;
}
