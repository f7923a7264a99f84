using System;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;

namespace SaltEvents.Core.Compat;

/// <summary>The names of the accounts and groups of a Unix system, as the system looks them up; a number if it knows none.</summary>
internal static class UnixAccounts
{
    private const int MaxEntryBytes = 64 * 1024;
    private static readonly ConcurrentDictionary<uint, string> Users = new();
    private static readonly ConcurrentDictionary<uint, string> Groups = new();

    /// <summary>The account with whose rights this process reaches files.</summary>
    public static uint Current => SystemNative.EffectiveUser();

    public static string UserName(uint uid) => Users.GetOrAdd(uid, u => FindUser(u) ?? u.ToString(CultureInfo.InvariantCulture));

    public static string GroupName(uint gid) => Groups.GetOrAdd(gid, g => FindGroup(g) ?? g.ToString(CultureInfo.InvariantCulture));

    private static string? FindUser(uint uid)
    {
        var buffer = Marshal.AllocHGlobal(MaxEntryBytes);
        try
        {
            return SystemNative.FindAccount(uid, out var account, buffer, MaxEntryBytes) == 0 ? Text(account.Name) : null;
        }
        finally
        {
            Marshal.FreeHGlobal(buffer);
        }
    }

    private static string? FindGroup(uint gid)
    {
        try
        {
            var name = SystemNative.GroupName(gid);
            var text = Text(name);
            SystemNative.Free(name);
            return text;
        }
        catch (EntryPointNotFoundException)
        {
            const string groups = "/etc/group"; // group(5): name:password:number:members
            return File.Exists(groups)
                ? File.ReadLines(groups)
                    .Select(line => line.Split(':'))
                    .FirstOrDefault(f => f.Length > 2 && f[2] == gid.ToString(CultureInfo.InvariantCulture))
                    ?[0]
                : null;
        }
    }

    private static string? Text(IntPtr text)
    {
        if (text == IntPtr.Zero)
        {
            return null;
        }

        var length = 0;
        while (Marshal.ReadByte(text, length) != 0)
        {
            length++;
        }

        var bytes = new byte[length];
        Marshal.Copy(text, bytes, 0, length);
        return Encoding.UTF8.GetString(bytes);
    }
}
