using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Security;
using System.Security.Cryptography;
using System.Text;

namespace SaltEvents.Core.Api;

/// <summary>The clients of this process: one for each server and user, so that all commands share its token and its stream.</summary>
internal static class SaltApiPool
{
    private static readonly object Sync = new();
    private static readonly Dictionary<string, SaltApiClient> Clients = new(StringComparer.Ordinal);
    private static readonly byte[] Key = NewKey();

    /// <summary>
    /// The client with these options. It lives as long as the process; <see cref="SaltApiClient.Dispose"/> is not for its users.
    /// </summary>
    /// <exception cref="SaltApiException">The address may not be used so.</exception>
    public static SaltApiClient Get(SaltApiOptions options)
    {
        // Whoever knows another password is another user: what one has opened is not for the other.
        var name = string.Join(
            "\n",
            options.Uri.AbsoluteUri.TrimEnd('/'),
            options.UserName,
            options.Eauth,
            Digest(options.Password),
            Digest(options.Token),
            options.SkipsCertificateCheck,
            options.AllowsUnencrypted
        );
        lock (Sync)
        {
            if (!Clients.TryGetValue(name, out var client))
            {
                Clients[name] = client = new SaltApiClient(options with { Timeout = SaltApiOptions.DefaultTimeout });
            }

            return client.WithTimeout(options.Timeout);
        }
    }

    /// <summary>The addresses of all clients.</summary>
    public static IReadOnlyList<string> Addresses
    {
        get
        {
            lock (Sync)
            {
                return Clients.Values.Select(c => c.Options.Uri.ToString().TrimEnd('/')).Distinct(StringComparer.Ordinal).ToArray();
            }
        }
    }

    private static string Digest(SecureString? secret)
    {
        using var hash = new HMACSHA256(Key);
        return secret is null
            ? string.Empty
            : Convert.ToBase64String(hash.ComputeHash(Encoding.UTF8.GetBytes(new NetworkCredential(string.Empty, secret).Password)));
    }

    private static byte[] NewKey()
    {
        var key = new byte[32];
        using var random = RandomNumberGenerator.Create();
        random.GetBytes(key);
        return key;
    }
}
