using System;
using System.IO;
using System.Linq;

namespace SaltEvents.Tests;

/// <summary>
/// A PowerShell process made of only the engine: runs a script file, writes its output as lines and its errors to the error stream.
/// </summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        using var shell = new Shell(import: false);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => RemoveDirectory(shell.Directory); // where a script ends the process
        shell["manifest"] = Repository.Manifest;
        shell["arguments"] = args.Skip(1).ToArray();
        var result = shell.Run(File.ReadAllText(args[0]));
        foreach (var line in result.Output)
        {
            Console.WriteLine(line);
        }

        foreach (var error in result.Errors)
        {
            Console.Error.WriteLine(error);
        }

        if (result.Failure is not null)
        {
            Console.Error.WriteLine(result.Failure.Message);
        }

        return result.Failure is null && result.Errors.Count == 0 ? 0 : 1;
    }

    private static void RemoveDirectory(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
