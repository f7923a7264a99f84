using System;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;

namespace SaltEvents.Core.Master;

/// <summary>A minion's way to one of its masters: the sign-in, and events under the key that it gave.</summary>
internal sealed class MasterSession(MasterRequests requests, MinionIdentity identity, MinionChannelOptions options) : IDisposable
{
    private const string BadLoad = "bad load";
    private const string Unanswered = "The event may have been fired; it is not sent again.";
    private MinionSession? session;

    public async Task<SaltMasterDelivery> FireAsync(string tag, PayloadMap data, CancellationToken token)
    {
        try
        {
            var isNew = session is null;
            session ??= await SignIn.RunAsync(requests, identity, options, token).ConfigureAwait(false);
            var refused = await TryFireAsync(tag, data, token).ConfigureAwait(false);
            if (refused && !isNew)
            {
                // Masters change their keys from time to time; what they cannot open, they have not fired. Salt's own minion too
                // sends again then, though the answer is not sealed.
                Forget();
                session = await SignIn.RunAsync(requests, identity, options, token).ConfigureAwait(false);
                refused = await TryFireAsync(tag, data, token).ConfigureAwait(false);
            }

            return new SaltMasterDelivery(tag, identity.Id, requests.Master, session!.Version, refused ? BadLoadError() : null);
        }
        catch (MasterRequestException e)
        {
            return new SaltMasterDelivery(tag, identity.Id, requests.Master, session?.Version, e);
        }
    }

    public void Dispose()
    {
        Forget();
        requests.Dispose();
    }

    // True if the master could not read the message; it has not fired the event then.
    private Task<bool> TryFireAsync(string tag, PayloadMap data, CancellationToken token)
    {
        var nonce = SignIn.NewNonce();
        return requests.AskAsync(() => BuildRequest(tag, data, nonce), answer => answer is BadLoad || Check(answer, nonce), Unanswered, token);
    }

    private PayloadMap BuildRequest(string tag, PayloadMap data, string nonce)
    {
        var load = new PayloadMap
        {
            { "cmd", "_minion_event" },
            { "id", identity.Id },
            { "tag", tag },
            { "data", data },
            { "pretag", null },
            { "tok", identity.Token },
            { "nonce", nonce },
        };
        var question = new PayloadMap
        {
            { "enc", "aes" },
            { "version", session!.Version },
            { "enc_algo", options.EncryptionAlgorithm },
            { "sig_algo", options.SigningAlgorithm },
        };
        if (session.Version > 2)
        {
            load.Add("ts", DateTimeOffset.UtcNow.ToUnixTimeSeconds());
            question.Add("id", identity.Id);
        }

        var packed = new ByteBuffer();
        PayloadEncoder.Write(packed, load);
        question.Add("load", session.Messages.Seal(packed.Written));
        return question;
    }

    // Always false: the event was taken.
    private bool Check(object? answer, string nonce)
    {
        if (answer is string || MessageValues.Bytes(answer) is not { } message)
        {
            throw requests.Unexpected(answer);
        }

        var content =
            session!.Messages.Open(message, nonce, out var reason)
            ?? throw new MasterRequestException(
                reason,
                reason == MasterRequestReason.AnswerReplayed
                    ? $"The answer of the master at {requests.Master} belongs to another message: somebody may have intercepted and replayed it. {Unanswered}"
                    : $"The answer of the master at {requests.Master} cannot be trusted: its encryption is not valid. {Unanswered}"
            );

        // Salt's answer to an event is nil; an empty map or text says that the master did not believe the minion or failed.
        return MessageValues.TryDecode(content) is PayloadMap { Count: 0 } or "" or false
            ? throw new MasterRequestException(
                MasterRequestReason.Refused,
                $"The master at {requests.Master} took the message of the minion {identity.Id} but did not fire the event. Check its log."
            )
            : false;
    }

    // Salt seals no such answer, so an attacker on the way can forge one.
    private MasterRequestException BadLoadError() =>
        new(
            MasterRequestReason.ProtocolRefused,
            $"The master at {requests.Master} answers that it could not read the message in protocol version {session!.Version}, or found it too old (request_server_ttl; compare the clocks of master and minion). If this answer really is the master's, which cannot be verified, the event was not fired."
        );

    private void Forget()
    {
        session?.Dispose();
        session = null;
    }
}
