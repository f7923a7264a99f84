using System;
using System.Threading;
using System.Threading.Tasks;

namespace SaltEvents.Core.Api;

/// <content>The token: signing in, and requests that need it.</content>
public sealed partial class SaltApiClient
{
    /// <summary>Signs in if there is no token yet, or renews the token if half of its lifetime is over.</summary>
    /// <exception cref="SaltApiException">The user was refused.</exception>
    public Task SignInAsync(CancellationToken stop = default) => TokenAsync(stop);

    /// <summary>Signs in whether or not there is a token, to get the user's current permissions.</summary>
    /// <exception cref="SaltApiException">The user was refused.</exception>
    internal async Task SignInAgainAsync(CancellationToken stop)
    {
        await shared.Gate.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            shared.Token = await SaltApiSignIn.RunAsync(shared.Http, Options, shared.Token, stop).ConfigureAwait(false);
        }
        catch (SaltApiException e) when (e.Reason == SaltApiReason.NotAnswering)
        {
            throw await ExplainSilenceAsync(e, stop).ConfigureAwait(false);
        }
        finally
        {
            shared.Gate.Release();
        }
    }

    // A 401 for want of a token comes before anything is done: the same request with a new token does nothing twice.
    private async Task<T> WithTokenAsync<T>(Func<SaltApiToken, Task<T>> send, CancellationToken stop)
    {
        var current = await TokenAsync(stop).ConfigureAwait(false);
        try
        {
            return await send(current).ConfigureAwait(false);
        }
        catch (SaltApiException e) when (e.Reason == SaltApiReason.TokenRefused)
        {
            if (!CanSignIn)
            {
                throw new SaltApiException(
                    SaltApiReason.TokenRefused,
                    $"{e.Message} Get a new token and give it with -Token, or give -Credential, with which it is renewed.",
                    e
                );
            }

            return await send(await TokenAsync(stop, current).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    private async Task<SaltApiToken> TokenAsync(CancellationToken stop, SaltApiToken? refused = null)
    {
        await shared.Gate.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (refused is not null && refused == shared.Token)
            {
                shared.Token = null;
            }

            if (shared.Token is not { } token || (token.IsDue && CanSignIn))
            {
                shared.Token = token = await NewTokenAsync(stop).ConfigureAwait(false);
            }

            return token;
        }
        finally
        {
            shared.Gate.Release();
        }
    }

    private async Task<SaltApiToken> NewTokenAsync(CancellationToken stop)
    {
        try
        {
            return await SaltApiSignIn.RunAsync(shared.Http, Options, shared.Token, stop).ConfigureAwait(false);
        }
        catch (SaltApiException) when (shared.Token is { HasExpired: false } old)
        {
            old.Postpone(); // it still holds, and a user whose sign-in fails over and over may be locked out
            return old;
        }
        catch (SaltApiException e) when (e.Reason == SaltApiReason.NotAnswering)
        {
            throw await ExplainSilenceAsync(e, stop).ConfigureAwait(false);
        }
    }
}
