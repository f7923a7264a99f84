using System.IO;

namespace SaltEvents.Core.Compat;

/// <summary>Files that only their owner may read: mode 0600 on Unix; Windows files inherit their directory's rights.</summary>
internal static class PrivateFiles
{
    /// <summary>Opens a file to read and write, without a buffer. A file that is there keeps its mode.</summary>
    public static FileStream Open(string path, FileMode mode, FileShare share)
    {
#if NETFRAMEWORK
        return new FileStream(path, mode, FileAccess.ReadWrite, share, bufferSize: 1);
#else
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!System.OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
#endif
    }
}
