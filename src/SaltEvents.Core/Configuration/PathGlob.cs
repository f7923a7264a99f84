using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Configuration;

/// <summary>
/// Files by a path with wildcards in any part, as Python's glob finds them: *, ?, [..]; hidden files only if the pattern starts with a
/// dot.
/// </summary>
internal static class PathGlob
{
    private const int MaxMatches = 10_000;
    private static readonly char[] Separators = Path.DirectorySeparatorChar == '\\' ? ['\\', '/'] : ['/'];
    private static readonly char[] Wildcards = ['*', '?', '['];

    /// <summary>The files, in alphabetical order.</summary>
    /// <exception cref="SaltConfigurationException">A directory in the path may not be read, or there are far too many files.</exception>
    public static IReadOnlyList<string> Files(string pattern)
    {
        var root = Path.GetPathRoot(pattern) ?? string.Empty;
        var found = new List<string> { root };
        foreach (var part in pattern.Substring(root.Length).Split(Separators, StringSplitOptions.RemoveEmptyEntries))
        {
            found = part == ".." ? found.Where(Directory.Exists).Select(Parent).ToList()
                : part.IndexOfAny(Wildcards) < 0 ? found.ConvertAll(directory => Path.Combine(directory, part))
                : found.SelectMany(directory => Matching(directory, part)).Take(MaxMatches + 1).ToList();
            if (found.Count > MaxMatches)
            {
                throw new SaltConfigurationException(
                    SaltConfigurationReason.Invalid,
                    pattern,
                    $"The pattern {pattern} matches more than {MaxMatches} files. Make it narrower."
                );
            }
        }

        found.RemoveAll(path => !File.Exists(path) || Separators.Contains(pattern[pattern.Length - 1]));
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    // .NET takes .. from the text, but on Unix it is above what a link leads to.
    private static string Parent(string directory) =>
        Path.GetDirectoryName(SaltPaths.IsWindows ? directory : UnixFiles.ResolveLinks(directory)) ?? directory;

    private static string[] Matching(string directory, string part)
    {
        var pattern = new FnMatchPattern(part, ignoreCase: Path.DirectorySeparatorChar == '\\');
        try
        {
            return Directory.Exists(directory)
                ? Directory.GetFileSystemEntries(directory).Where(path => IsMatch(pattern, part, Path.GetFileName(path))).ToArray()
                : [];
        }
        catch (UnauthorizedAccessException e)
        {
            throw SaltConfigurationException.Denied(directory, e);
        }
        catch (IOException)
        {
            return []; // gone meanwhile
        }
    }

    private static bool IsMatch(FnMatchPattern pattern, string part, string name) =>
        (name[0] != '.' || part[0] == '.') && pattern.IsMatch(Encoding.UTF8.GetBytes(name));
}
