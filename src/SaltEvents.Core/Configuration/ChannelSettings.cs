using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Master;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Configuration;

/// <summary>
/// The options of the request channel that a configuration describes (salt/config/__init__.py, and prep_ip_port in salt/minion.py,
/// 3006.10).
/// </summary>
public static class ChannelSettings
{
    private const int MaxSyndicWait = 24 * 60 * 60;

    /// <summary>How to ask the master whose configuration it is, from its own host.</summary>
    /// <exception cref="SaltConfigurationException">A setting has a value that cannot be used.</exception>
    public static MasterChannelOptions FromMaster(SaltConfiguration master) => new()
    {
        Address = new TcpBusAddress(Reachable(master.Interface.Value), master.RequestPort.Value),
        Transport = Transport(master),
        Tls = Tls(master),
        User = master.User.Value,
        CacheDirectory = master.CacheDir.Value,
        Nodegroups = Nodegroups(master),
        SyndicWait = master.Get("order_masters") is { IsTruthy: true } ? SyndicWait(master.Get("syndic_wait")) : TimeSpan.Zero,
    };

    /// <summary>
    /// The same for the account of this process, as the <c>salt</c> command (salt/utils/user.py, get_specific_user, and
    /// LocalClient.__read_master_key, 3006.18): root sends the account that used sudo; another account uses its own key where
    /// the master has made one for it (<c>publisher_acl</c>).
    /// </summary>
    public static MasterChannelOptions ForThisAccount(MasterChannelOptions master) =>
        SaltPaths.IsWindows ? master : ForAccount(master, Environment.UserName, Environment.GetEnvironmentVariable("SUDO_USER"));

    internal static MasterChannelOptions ForAccount(MasterChannelOptions master, string account, string? sudoer)
    {
        const string Root = "root";
        if (account == Root)
        {
            return master with { Requester = string.IsNullOrEmpty(sudoer) ? Root : "sudo_" + sudoer };
        }

        var own = master with { User = account };
        return File.Exists(MasterPublisher.KeyPathOf(own)) ? own : master;
    }

    /// <summary>How the minion whose configuration it is reaches its masters without its daemon.</summary>
    /// <param name="minion">The minion's configuration.</param>
    /// <param name="minionId">An id in place of the configured one; null for that one.</param>
    /// <exception cref="SaltConfigurationException">A setting has a value that cannot be used, or the id or the masters are not
    /// known.</exception>
    public static MinionChannelOptions FromMinion(SaltConfiguration minion, string? minionId = null)
    {
        var id =
            minionId
            ?? minion.Id?.Value
            ?? throw Unknown(minion, "it has no id, and there is no file minion_id beside it. Give the minion's id with -MinionBus.");
        var options = new MinionChannelOptions(id)
        {
            Masters = Masters(minion),
            IsFailover = Text(minion, "master_type") is "failover" or "distributed",
            Transport = Transport(minion),
            Tls = Tls(minion),
            PkiDirectory = minion.PkiDir.Value,
            MasterFingerprint = GetRequiredText(minion, "master_finger") ?? string.Empty,
            FingerprintHash = minion.HashType.Value,
            MasterSigningKeyPath = minion.Get("verify_master_pubkey_sign") is { IsTruthy: true } ? SigningKey(minion) : null,
            AlwaysVerifiesMasterKey = minion.Get("always_verify_signature") is { IsTruthy: true },
        };
        return options with
        {
            EncryptionAlgorithm = GetRequiredText(minion, "encryption_algorithm") ?? options.EncryptionAlgorithm,
            SigningAlgorithm = GetRequiredText(minion, "signing_algorithm") ?? options.SigningAlgorithm,
        };
    }

    // Empty if the setting exists and is empty: Salt then refuses every master.
    private static string SigningKey(SaltConfiguration minion) => minion.Get("master_sign_key_name") is { } name && !name.IsTruthy
        ? string.Empty
        : Path.Combine(minion.PkiDir.Value, (GetRequiredText(minion, "master_sign_key_name") ?? "master_sign") + ".pub");

    private static string? Text(SaltConfiguration configuration, string name) => configuration.Get(name)?.Content as string;

    private static TimeSpan SyndicWait(ConfigurationValue? seconds) =>
        seconds?.Content switch
        {
            null when seconds is null => MasterChannelOptions.DefaultSyndicWait,
            long whole and >= 0 and <= MaxSyndicWait => TimeSpan.FromSeconds(whole),
            double number and >= 0 and <= MaxSyndicWait => TimeSpan.FromSeconds(number),
            _ => throw SaltConfigurationException.At(
                seconds!.Origin,
                $"syndic_wait is {seconds}; expected are seconds from 0 to {MaxSyndicWait}."
            ),
        };

    // A setting that makes a sign-in safer must not be ignored because it is not written as text.
    private static string? GetRequiredText(SaltConfiguration configuration, string name) =>
        configuration.Get(name) is not { Content: not (null or false) } value
            ? null
            : value.Content as string ?? throw SaltConfigurationException.At(value.Origin, $"{name} is {value}; expected is text.");

    // A master that listens everywhere also listens on loopback.
    private static string Reachable(string address) => address switch
    {
        "0.0.0.0" => TcpBusAddress.Loopback,
        "::" => "::1",
        _ => address.Trim('[', ']'),
    };

    private static MasterTransport Transport(SaltConfiguration configuration) =>
        configuration.Transport.Value switch
        {
            "zeromq" => MasterTransport.ZeroMq,
            "tcp" when configuration.Get("ssl") is { IsTruthy: true } ssl => throw SaltConfigurationException.At(
                ssl.Origin,
                "ssl is set with transport: tcp, so the master's request server speaks TLS, which SaltEvents does not support."
            ),
            "tcp" => MasterTransport.Tcp,
            "ws" => MasterTransport.WebSocket,
            var other => throw SaltConfigurationException.At(
                configuration.Transport.Origin,
                $"transport is '{other}'; SaltEvents supports zeromq, tcp and ws."
            ),
        };

    // The settings for Python's ssl module, except versions and ciphers, which are those of this computer.
    private static MasterTls? Tls(SaltConfiguration configuration)
    {
        if (configuration.Transport.Value != "ws" || configuration.Get("ssl") is not { IsTruthy: true } ssl)
        {
            return null;
        }

        var entries =
            ssl.Entries ?? throw SaltConfigurationException.At(ssl.Origin, $"ssl is {ssl}; expected is a map with certfile and keyfile.");
        return WebSockets.HasTls
            ? new MasterTls
            {
                Verifies = Option("cert_reqs") != "CERT_NONE",
                TrustedPath = Option("ca_certs"),
                CertificatePath = Option("certfile"),
                KeyPath = Option("keyfile"),
            }
            : throw SaltConfigurationException.At(
                ssl.Origin,
                "ssl is set with transport: ws, so the master's request server speaks TLS. That needs PowerShell 7: run this command in pwsh."
            );

        string? Option(string name) => entries.TryGetValue(name, out var value) && value is { Content: not null }
            ? value.Content as string ?? throw SaltConfigurationException.At(value.Origin, $"{name} of ssl is {value}; expected is text.")
            : null;
    }

    private static Dictionary<string, IReadOnlyList<string>> Nodegroups(SaltConfiguration master)
    {
        var groups = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var maps = master.Get("nodegroups") is not { } setting ? [] : setting.Items ?? [setting]; // Salt takes a list of maps, too
        foreach (var group in maps.SelectMany(map => map.Entries ?? new Dictionary<string, ConfigurationValue>()))
        {
            groups[group.Key] = group.Value.Items is { } items
                ? items.Select(item => item.Text).OfType<string>().ToArray()
                : (group.Value.Text ?? string.Empty).Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
        }

        return groups;
    }

    private static TcpBusAddress[] Masters(SaltConfiguration minion)
    {
        if (Text(minion, "master_type") is "func" or "disable")
        {
            throw SaltConfigurationException.At(
                minion.Get("master_type")!.Origin,
                $"master_type is '{Text(minion, "master_type")}': the configuration does not say where the master is."
            );
        }

        if (minion.Get("master") is not { } setting)
        {
            return [new TcpBusAddress("salt", minion.RequestPort.Value)];
        }

        var texts = (setting.Items ?? [setting]).Select(item => item.Content as string).ToArray();
        return texts.Length > 0 && texts.All(text => text?.Trim().Length > 0)
            ? texts.Select(text => Master(text!.Trim(), minion)).ToArray()
            : throw SaltConfigurationException.At(
                setting.Origin,
                $"master is {setting}; expected is a host, host:port, or a list of them."
            );
    }

    // host, host:port, IPv6 bare or in brackets; with master_uri_format: ip_only only a host.
    private static TcpBusAddress Master(string text, SaltConfiguration minion)
    {
        var colon = text.LastIndexOf(':');
        var hasPort = colon > 0 && Text(minion, "master_uri_format") != "ip_only" && (text.IndexOf(':') == colon || text[colon - 1] == ']');
        return
            hasPort
            && int.TryParse(text.Substring(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and <= 65535
            ? new TcpBusAddress(text.Substring(0, colon).Trim('[', ']'), port)
            : new TcpBusAddress(text.Trim('[', ']'), minion.RequestPort.Value);
    }

    private static SaltConfigurationException Unknown(SaltConfiguration configuration, string problem) =>
        new(SaltConfigurationReason.Invalid, configuration.File, $"The configuration {configuration.File} does not say enough: {problem}");
}
