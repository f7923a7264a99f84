using System;
using System.IO;

namespace SaltEvents.Tests;

/// <summary>A shell with a configuration of Salt in the folder conf of its directory.</summary>
public abstract class ConfigurationTestBase : IDisposable
{
    protected ConfigurationTestBase() => WriteNode("master");

    private protected Shell Shell { get; } = new();

    private protected string Conf => Path.Combine(Shell.Directory, "conf");

    public void Dispose()
    {
        Shell.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes a node's file, whose sockets and cache are in the shell's directory; <c>$conf</c> in scripts is its folder.</summary>
    private protected void WriteNode(string name, params string[] lines) =>
        Write(name, [$"sock_dir: {Shell.Directory}", "cachedir: " + Shell.Directory, .. lines]);

    private protected void Write(string name, params string[] lines)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Conf, name))!);
        File.WriteAllText(Path.Combine(Conf, name), string.Join('\n', lines) + "\n");
        Shell["conf"] = Conf;
    }
}
