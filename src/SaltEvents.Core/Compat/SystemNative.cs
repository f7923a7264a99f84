using System;
using System.Runtime.InteropServices;
using System.Text;

namespace SaltEvents.Core.Compat;

/// <summary>
/// System calls on Unix, by way of the native library that is part of .NET itself (Mono has the same one). It has one layout for
/// every system and processor, while that of stat(2) differs from each to the next. The runtime finds it in its own directory.
/// </summary>
internal static class SystemNative
{
#if NETFRAMEWORK
    private const string Library = "System.Native"; // as Mono maps it; Windows never gets here
    private const string Version = "2"; // Mono's copy has the calls under their older names
#else
    private const string Library = "libSystem.Native";
    private const string Version = "";
#endif

    /// <summary>Whether there are such calls here.</summary>
    public static bool Supported { get; } = Environment.OSVersion.Platform == PlatformID.Unix;

    /// <summary>A path as these calls take it.</summary>
    public static byte[] PathOf(string path) => Encoding.UTF8.GetBytes(path + "\0");

    /// <summary>
    /// The status of what a path leads to. The layout starts so since .NET Core 1.0 (pal_io.h, FileStatus); what follows grew over
    /// the years and has room to grow.
    /// </summary>
    [StructLayout(LayoutKind.Sequential, Size = 512)]
    public struct FileStatus
    {
        public int Flags;
        public int Mode;
        public uint Uid;
        public uint Gid;
    }

    /// <summary>An account (pal_uid.h, Passwd).</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    public struct Account
    {
        public IntPtr Name;
    }

#pragma warning disable CA2101, SYSLIB1054 // Paths are UTF-8 here, and .NET Framework generates no marshalling.
    [DllImport(Library, EntryPoint = "SystemNative_Stat" + Version)]
    public static extern int Stat([In] byte[] path, out FileStatus status);

    [DllImport(Library, EntryPoint = "SystemNative_LStat" + Version)]
    public static extern int LinkStat([In] byte[] path, out FileStatus status);

    [DllImport(Library, EntryPoint = "SystemNative_Link")]
    public static extern int Link([In] byte[] file, [In] byte[] name);

    [DllImport(Library, EntryPoint = "SystemNative_GetEUid")]
    public static extern uint EffectiveUser();

    [DllImport(Library, EntryPoint = "SystemNative_GetPwUidR")]
    public static extern int FindAccount(uint uid, out Account account, IntPtr buffer, int length);

    /// <summary>The name of a group, to be given to <see cref="Free"/>. Mono has neither.</summary>
    [DllImport(Library, EntryPoint = "SystemNative_GetGroupName")]
    public static extern IntPtr GroupName(uint gid);

    [DllImport(Library, EntryPoint = "SystemNative_Free")]
    public static extern void Free(IntPtr memory);
#pragma warning restore CA2101, SYSLIB1054
}
