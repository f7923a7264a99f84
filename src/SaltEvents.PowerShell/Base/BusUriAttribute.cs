using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace SaltEvents.Base;

/// <summary>
/// Takes -Uri as people write it: https://master:8000, or nats://a,b,c, where the scheme of the first server applies to the others,
/// in one text or, as PowerShell splits it at its commas, in several. A user or a password in it is refused, and not repeated.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BusUriAttribute : ArgumentTransformationAttribute
{
    private static readonly string[] Schemes = ["nats://", "tls://"];

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var texts = Texts(inputData).Select(t => t.Trim()).Where(t => t.Length > 0).ToArray();
        // Without the slashes it is no address of a server, but meant as one.
        if (
            texts.Length == 0
            || Schemes.FirstOrDefault(s => texts[0].StartsWith(s.TrimEnd('/'), StringComparison.OrdinalIgnoreCase)) is not { } scheme
        )
        {
            // A salt-api: errors about its address have the error ids of salt-api.
            return texts.Length > 1
                ? throw new ArgumentTransformationMetadataException(
                    "-Uri accepts only one salt-api, because each master has its own. Several servers can only be given with nats://."
                )
                : texts.Select(t => new Uri(t, UriKind.RelativeOrAbsolute)).ToArray();
        }

        return texts
            .SelectMany(t => t.Split(','))
            .Select(t => t.Trim())
            .Where(t => t.Length > 0)
            .Select(t => Parse(t.Contains("://") ? t : scheme + t))
            .ToArray();
    }

    private static Uri Parse(string text)
    {
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || !Schemes.Contains(uri.Scheme + "://")
            || uri.Host.Length == 0
            || uri.PathAndQuery.Trim('/').Length > 0
            || uri.Fragment.Length > 0
        )
        {
            throw new ArgumentTransformationMetadataException(
                "-Uri is not an address of NATS servers. Give one such as nats://a,b,c or nats://a:4222, with the scheme nats or tls."
            );
        }

        return uri.UserInfo.Length == 0
            ? uri
            : throw new ArgumentTransformationMetadataException(
                "A user or a password in -Uri would appear in histories and logs, so it is refused. Give -Credential or -Token."
            );
    }

    private static IEnumerable<string> Texts(object? given) => (given is PSObject wrapped ? wrapped.BaseObject : given) switch
    {
        null => [],
        string text => [text],
        Uri uri => [uri.OriginalString],
        IEnumerable items => items.Cast<object?>().SelectMany(Texts),
        var other => [LanguagePrimitives.ConvertTo<string>(other)],
    };
}
