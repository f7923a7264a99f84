using System;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Api;

/// <summary>A salt-api in place of a bus's sockets: events are read and fired over it.</summary>
/// <param name="Uri">Its base address.</param>
public sealed record ApiAddress(Uri Uri) : BusAddress
{
    private static readonly char[] BeforeSecrets = ['@', '?', '#'];

    /// <inheritdoc/>
    public override string ToString() => Show(Uri);

    /// <summary>An address as it may be shown: without a user, a password and a query, which may be secrets.</summary>
    internal static string Show(Uri address) =>
        IsHttp(address) ? address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/')
        : address.OriginalString.IndexOfAny(BeforeSecrets) < 0 ? address.OriginalString
        : "(not shown)";

    /// <summary>Whether it is an address of HTTP.</summary>
    internal static bool IsHttp(Uri address) =>
        address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);
}
