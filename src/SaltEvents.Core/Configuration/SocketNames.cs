using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Security;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Configuration;

/// <summary>
/// The names of a bus's socket files, and Salt's default places and ports (salt/utils/event.py and salt/config/__init__.py, 3006.10).
/// </summary>
public static class SocketNames
{
    /// <summary>The default sock_dir of a master.</summary>
    public const string MasterDirectory = "/var/run/salt/master";

    /// <summary>The default sock_dir of a minion.</summary>
    public const string MinionDirectory = "/var/run/salt/minion";

    /// <summary>The default ports in TCP mode, which is what Salt uses on Windows.</summary>
    public static BusEndpoint DefaultTcp(SaltNode node) => node == SaltNode.Master
        ? new BusEndpoint(new TcpBusAddress(TcpBusAddress.Loopback, 4512), new TcpBusAddress(TcpBusAddress.Loopback, 4513))
        : new BusEndpoint(new TcpBusAddress(TcpBusAddress.Loopback, 4510), new TcpBusAddress(TcpBusAddress.Loopback, 4511));

    /// <summary>A master's sockets in its sock_dir.</summary>
    public static BusEndpoint Master(string directory) => In(directory, "master_event");

    /// <summary>A minion's sockets in its sock_dir, named as Salt since 2016.11 does: by the SHA-256 of its id.</summary>
    public static BusEndpoint Minion(string directory, string minionId) =>
        In(directory, "minion_event_" + Hash(SHA256.Create(), minionId).Substring(0, 10));

    /// <summary>
    /// A minion's sockets, named as Salts with a ZeroMQ bus do, by the MD5 of its id: ten digits of it for
    /// <see cref="SaltTagForm.Delimited"/> (since 2014.7), all of them else (0.10.3 to 2014.1).
    /// </summary>
    internal static BusEndpoint OldMinion(string directory, string minionId, SaltTagForm form) =>
        MinionOfAnyVersion(directory, minionId).ElementAt(form == SaltTagForm.Delimited ? 1 : 2);

    /// <summary>A minion's sockets, named as that version of Salt does: see <see cref="MinionOfAnyVersion"/>.</summary>
    internal static BusEndpoint MinionOfVersion(string directory, string minionId, string version) =>
        MinionOfAnyVersion(directory, minionId).ElementAt(
            !SaltVersions.IsBefore(version, 2016, 11) ? 0
            : !SaltVersions.IsBefore(version, 2014, 7) ? 1
            : SaltVersions.HasHashedSockets(version) ? 2
            : 3);

    /// <summary>A minion's sockets, named by another hash (Salt's hash_type); null for an unknown one.</summary>
    internal static BusEndpoint? Minion(string directory, string minionId, string hashType)
    {
        try
        {
            var hash = DigestUtilities.CalculateDigest(hashType.Replace('_', '-'), Encoding.UTF8.GetBytes(minionId));
            return In(directory, "minion_event_" + Hex(hash).Substring(0, 10));
        }
        catch (SecurityUtilityException)
        {
            return null;
        }
    }

    /// <summary>All names that a minion's sockets have had, newest first.</summary>
    internal static IEnumerable<BusEndpoint> MinionOfAnyVersion(string directory, string minionId)
    {
        yield return Minion(directory, minionId);
#pragma warning disable CA5351 // Salt chose MD5 for a file name, not for safety.
        var md5 = Hash(MD5.Create(), minionId);
#pragma warning restore CA5351
        yield return In(directory, "minion_event_" + md5.Substring(0, 10)); // 2014.7 to 2016.3
        yield return In(directory, "minion_event_" + md5); // 0.10.3 to 2014.1
        yield return In(directory, "minion_event"); // before
    }

    internal static BusEndpoint In(string directory, string prefix) => new(
        new UnixBusAddress(Path.Combine(directory, prefix + "_pub.ipc")),
        new UnixBusAddress(Path.Combine(directory, prefix + "_pull.ipc")));

    private static string Hash(HashAlgorithm algorithm, string text)
    {
        using (algorithm)
        {
            return Hex(algorithm.ComputeHash(Encoding.UTF8.GetBytes(text)));
        }
    }

    private static string Hex(byte[] bytes) => BitConverter.ToString(bytes).Replace("-", string.Empty).ToLowerInvariant();
}
