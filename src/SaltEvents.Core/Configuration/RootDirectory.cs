using System;
using System.IO;

namespace SaltEvents.Core.Configuration;

/// <summary>
/// Puts root_dir before a path (salt/config/__init__.py, prepend_root_dir, 3006.10): on Unix before every path that does not lie
/// under it already; on Windows before relative ones and those without a drive or server, and in place of Salt's default root.
/// </summary>
internal static class RootDirectory
{
    public static Setting<string> Prepend(Setting<string> root, Setting<string> path)
    {
        var value = Prepend(Path.GetFullPath(root.Value), SaltPaths.Root, path.Value, SaltPaths.IsWindows);
        return value == path.Value ? path : new Setting<string>(value, path.Origin with { Note = Note(path.Origin, root.Origin) });
    }

    internal static string Prepend(string root, string defaultRoot, string path, bool isWindows)
    {
        var separator = isWindows ? '\\' : '/';
        root = root.TrimEnd('/', separator);
        var underDefault = RelativeTo(defaultRoot.TrimEnd(separator), path, separator);
        var underRoot = RelativeTo(root, path, separator);
        string relative;
        if (underDefault.Length > 0 && underRoot.Length > 0)
        {
            relative = root.Contains(defaultRoot.TrimEnd(separator)) ? underRoot : underDefault;
        }
        else if (underDefault.Length > 0 || underRoot.Length > 0)
        {
            relative = underDefault + underRoot;
        }
        else if (isWindows && path.Length > 1 && (path[1] == ':' || (path[1] == path[0] && path[0] is '/' or '\\')))
        {
            return path;
        }
        else
        {
            relative = path;
        }

        if (isWindows)
        {
            return root + separator + relative.Trim('/', separator);
        }

        // Salt normalizes it before and after: a relative path may lead out of root_dir.
        var below = relative.StartsWith("/", StringComparison.Ordinal) ? Path.GetFullPath(relative) : relative;
        return Path.GetFullPath(separator + (root + separator + below).Trim(separator));
    }

    private static string RelativeTo(string directory, string path, char separator) =>
        path.StartsWith(directory + separator, StringComparison.Ordinal) ? path.Substring(directory.Length) : string.Empty;

    private static string Note(SettingOrigin path, SettingOrigin root)
    {
        var note = "under root_dir: " + root;
        return path.IsDefault ? "default, " + note : path.Note is null ? note : path.Note + ", " + note;
    }
}
