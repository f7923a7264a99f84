using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using System.Runtime.CompilerServices;

namespace SaltEvents.Tests;

/// <summary>Where the module under test is, and the guard that keeps every test away from a real Salt.</summary>
internal static class Repository
{
    public const string Variable = "SALTEVENTS_SOCKDIR";

    public static string Root { get; } = Metadata("RepositoryRoot").TrimEnd('/', '\\');

    public static string Manifest { get; } = Path.Combine(Root, "SaltEvents.psd1");

    public static string Binaries { get; } = Path.Combine(Root, "bin", "net8.0");

    /// <summary>A directory with no bus in it, where a command looks that names none.</summary>
    public static string NoBus { get; private set; } = string.Empty;

    /// <summary>What the project file says under this name.</summary>
    public static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    /// <summary>The module's assembly, in its own load context.</summary>
    public static Assembly Module { get; private set; } = null!;

    [ModuleInitializer]
    internal static void KeepAwayFromSalt()
    {
        // A child process uses the directory of the process that started it, and nothing of it is left when a test kills it.
        if (Assembly.GetEntryAssembly() == typeof(Repository).Assembly)
        {
            NoBus = Environment.GetEnvironmentVariable(Variable) ?? "none";
            Environment.SetEnvironmentVariable(Variable, NoBus);
            return;
        }

        ShortenTemporaryPaths();
        NoBus = Directory.CreateTempSubdirectory("saltevents-none-").FullName;
        Environment.SetEnvironmentVariable(Variable, NoBus);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(NoBus, recursive: true);
        LoadModule();
    }

    // A socket's path has at most 103 bytes on macOS, whose directory for temporary files takes 49 of them.
    private static void ShortenTemporaryPaths()
    {
        if (!OperatingSystem.IsWindows() && Path.GetTempPath().Length > 20)
        {
            Environment.SetEnvironmentVariable("TMPDIR", "/tmp");
        }
    }

    // The module as its psm1 loads it, so that the tests' far side can use the Core that the cmdlets use.
    private static void LoadModule()
    {
        Module = (Assembly)Assembly.LoadFrom(Path.Combine(Binaries, "SaltEvents.Loader.dll"))
            .GetType("SaltEvents.Loader.ModuleLoadContext", throwOnError: true)!
            .GetMethod("Load", BindingFlags.Public | BindingFlags.Static, [typeof(string)])!
            .Invoke(null, [Path.Combine(Binaries, "SaltEvents.PowerShell.dll")])!;
        var context = AssemblyLoadContext.GetLoadContext(Module)!;
        AssemblyLoadContext.Default.Resolving += (_, name) =>
            name.Name is "SaltEvents.Core" or "SaltEvents.PowerShell" ? context.LoadFromAssemblyName(name) : null;
    }
}
