using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Errors;

namespace SaltEvents.Base;

/// <summary>Converts paths of parameters, also those on PowerShell's drives, to paths of the file system.</summary>
internal static class FilePaths
{
    /// <summary>The path of a file to write.</summary>
    /// <exception cref="CommandErrorException">It is not in a file system, or its drive does not exist.</exception>
    public static string ToWrite(PSCmdlet command, string path)
    {
        try
        {
            var resolved = command.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            return
                provider.Name != "FileSystem" ? throw NotAFile(path, provider.Name)
                : Directory.Exists(resolved) ? throw IsADirectory(path)
                : resolved;
        }
        catch (SessionStateException e)
        {
            throw new CommandErrorException(ErrorRecords.Create("FileNotFound", ErrorCategory.ObjectNotFound, e.Message, path));
        }
    }

    /// <summary>The files of a path that may have wildcards, in the order of their names; of a literal path the one file.</summary>
    /// <exception cref="CommandErrorException">There is none.</exception>
    public static IReadOnlyList<string> ToRead(PSCmdlet command, string path, bool isLiteral)
    {
        try
        {
            ProviderInfo provider;
            IEnumerable<string> found = isLiteral
                ? [command.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out _)]
                : command.SessionState.Path.GetResolvedProviderPathFromPSPath(path, out provider);
            var places = found.ToArray();
            var files = places.Where(File.Exists).OrderBy(f => f, System.StringComparer.Ordinal).ToArray();
            return
                provider.Name != "FileSystem" ? throw NotAFile(path, provider.Name)
                : files.Length > 0 ? files
                : places.Any(Directory.Exists) ? throw IsADirectory(path)
                : throw NotFound(path);
        }
        catch (SessionStateException)
        {
            throw NotFound(path);
        }
    }

    private static CommandErrorException NotFound(string path) =>
        new(ErrorRecords.Create("FileNotFound", ErrorCategory.ObjectNotFound, $"There is no file {path}. Check the path.", path));

    private static CommandErrorException IsADirectory(string path) =>
        new(
            ErrorRecords.Create(
                "NotAFile",
                ErrorCategory.InvalidArgument,
                $"{path} is a directory. Give the path of a file, such as {Path.Combine(path, "run.jsonl")}.",
                path
            )
        );

    private static CommandErrorException NotAFile(string path, string provider) =>
        new(
            ErrorRecords.Create(
                "NotAFile",
                ErrorCategory.InvalidArgument,
                $"{path} is a path of the provider {provider}, not a file. Give the path of a file.",
                path
            )
        );
}
