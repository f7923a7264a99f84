using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;
using SaltEvents.Core.ZeroMq;

namespace SaltEvents.Core.Configuration;

/// <summary>
/// What the computer shows about the version of a ZeroMQ bus: the names of its sockets, and the files of installed Salts.
/// </summary>
internal static class InstalledSalt
{
    // Where Python keeps installed packages, and their metadata beside them: salt-0.17.5.egg-info.
    private static readonly string[] Libraries = ["usr/lib", "usr/lib64", "usr/local/lib", "usr/local/lib64", "opt/lib", "opt/local/lib"];
    private static readonly Regex Package = new(
        @"\Asalt-(?<version>[0-9][^-]*)(-py[0-9.]+)?\.(egg-info|dist-info|egg)\z",
        RegexOptions.CultureInvariant
    );
    private static readonly Regex HashedName = new(@"\Aminion_event_(?<hash>[0-9a-f]+)_p(ub|ull)\.ipc\z", RegexOptions.CultureInvariant);

    /// <summary>The forms of tags that a bus can have by all that the computer shows.</summary>
    /// <param name="endpoint">The bus.</param>
    /// <param name="root">The directory in which the computer's others lie: <c>/</c>.</param>
    public static TagFormSet TagFormsOf(BusEndpoint endpoint, string root = "/")
    {
        var named = ByName(endpoint.Pub) & ByName(endpoint.Pull);
        var isHere = endpoint.Pull is UnixBusAddress or TcpBusAddress { Host: TcpBusAddress.Loopback or "localhost" or "::1" };
        var installed = TagFormSet.None;
        foreach (var form in isHere ? Versions(root).Select(SaltVersions.TagFormOf) : [])
        {
            installed |= form is { } known ? (TagFormSet)(1 << (int)known) : TagFormSet.None;
        }

        // A newer Salt beside it says nothing of this bus.
        return installed == TagFormSet.None ? named : named & installed;
    }

    /// <summary>The versions of Salt that are installed for a Python of this computer.</summary>
    internal static IEnumerable<string> Versions(string root)
    {
        var packages = Libraries.Select(library => Path.Combine(root, library))
            .SelectMany(library => Directories(library, "python*"))
            .SelectMany(python => new[] { Path.Combine(python, "site-packages"), Path.Combine(python, "dist-packages") })
            .Append(@"C:\salt\bin\Lib\site-packages");
        return packages.SelectMany(directory => Entries(directory, "salt-*"))
            .Select(path => Package.Match(Path.GetFileName(path))).Where(match => match.Success)
            .Select(match => match.Groups["version"].Value);
    }

    // Before 0.10.3 without a hash, up to 2014.1 with a whole one of the minion's id, since 2014.7 with ten digits of it; 2014.1
    // with ten digits where hash_type is sha256 (salt/utils/event.py, SaltEvent.__load_uri, 0.10.3 to 2015.8).
    private static TagFormSet ByName(BusAddress socket)
    {
        const int ShortHash = 10;
        var name = socket is UnixBusAddress unix ? Path.GetFileName(unix.Path) : string.Empty;
        return name is "minion_event_pub.ipc" or "minion_event_pull.ipc" ? TagFormSet.Padded
            : HashedName.Match(name) is { Success: true } match
                ? (
                    match.Groups["hash"].Length > ShortHash
                        ? TagFormSet.Padded | TagFormSet.PaddedOrDelimited
                        : TagFormSet.PaddedOrDelimited | TagFormSet.Delimited
                )
            : TagFormSet.Any;
    }

    private static string[] Directories(string directory, string pattern) => Try(() => Directory.GetDirectories(directory, pattern));

    private static string[] Entries(string directory, string pattern) => Try(() => Directory.GetFileSystemEntries(directory, pattern));

    private static string[] Try(Func<string[]> list)
    {
        try
        {
            return list();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // missing, or not readable by this account
        }
    }
}
