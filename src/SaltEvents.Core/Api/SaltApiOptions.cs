using System;
using System.Security;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Framing;

namespace SaltEvents.Core.Api;

/// <summary>Where a salt-api is and as whom to use it. Immutable; change a copy with <c>with</c>.</summary>
public sealed record SaltApiOptions
{
    internal static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The base address, such as https://master:8000.</summary>
    public required Uri Uri { get; init; }

    /// <summary>The user; null with a token.</summary>
    public string? UserName { get; init; }

    /// <summary>The user's password; null with a token.</summary>
    public SecureString? Password { get; init; }

    /// <summary>Salt's way to check the user: a key of <c>external_auth</c>. Default pam.</summary>
    public string Eauth { get; init; } = "pam";

    /// <summary>A token of salt-api in place of user and password. It cannot be renewed here.</summary>
    public SecureString? Token { get; init; }

    /// <summary>Whether any certificate is taken.</summary>
    public bool SkipsCertificateCheck { get; init; }

    /// <summary>Whether password and events may go unencrypted to another computer.</summary>
    public bool AllowsUnencrypted { get; init; }

    /// <summary>How long one answer may take. Default 30 s.</summary>
    public TimeSpan Timeout { get; init => field = Require.Wait(value); } = DefaultTimeout;

    /// <summary>How long an event stream may be silent before the server is asked for a sign of life. Default 15 s.</summary>
    internal TimeSpan IdleTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long that answer may take. Default 10 s.</summary>
    internal TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest event as JSON, in bytes. Default 64 MiB.</summary>
    internal int MaxEventBytes { get; init; } = Framing.FrameLimits.DefaultMaxFrameBytes;
}
