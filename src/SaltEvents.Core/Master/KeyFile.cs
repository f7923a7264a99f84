using System;
using System.IO;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Master;

/// <summary>Reads the files that hold keys and explains why it cannot. No message contains their content.</summary>
internal static class KeyFile
{
    private const int MaxLength = 64 * 1024;

    /// <exception cref="MasterRequestException">It does not exist or may not be read.</exception>
    public static string Read(string path, MasterRequestReason notFound, MasterRequestReason notReadable, string help)
    {
        try
        {
            UnixFileStatus.ThrowIfPipe(path);
            using var reader = File.OpenText(path);
            var text = new char[MaxLength + 1];
            var length = reader.ReadBlock(text, 0, text.Length);
            return length <= MaxLength ? new string(text, 0, length) : throw new IOException("it is too long for a key.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new MasterRequestException(notFound, $"The key file {path} does not exist. {help}", e);
        }
        catch (UnauthorizedAccessException e)
        {
            var (step, what) = UnixFileStatus.Read(path) is null
                ? (Path.GetDirectoryName(Path.GetFullPath(path))!, "the directory")
                : (path, "it");
            var status = UnixFileStatus.Read(step);
            var owner = status is null ? string.Empty : $": {what} belongs to {status.Owner}:{status.Group}, mode {status.Mode}";
            var run = PlatformText.Current.RunAs(status?.Owner);
            throw new MasterRequestException(notReadable, $"{Environment.UserName} may not read the key file {path}{owner}. {run}", e);
        }
        catch (IOException e)
        {
            throw new MasterRequestException(notReadable, $"The key file {path} cannot be read: {e.Clause()}.", e);
        }
    }
}
