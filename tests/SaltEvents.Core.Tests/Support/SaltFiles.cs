using System;
using System.IO;
using SaltEvents.Core.Configuration;

namespace SaltEvents.Core.Tests.Support;

/// <summary>A directory of configuration like /etc/salt.</summary>
public sealed class SaltFiles : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public string Path => directory.Path;

    public string In(string name) => directory.In(name);

    /// <summary>Writes a file; an array is its lines.</summary>
    public SaltFiles With(string name, params string[] lines)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(In(name))!);
        File.WriteAllText(In(name), string.Join('\n', lines) + "\n");
        return this;
    }

    public SaltConfiguration Master() => new ConfigurationPlace(In("master"), SaltNode.Master).Read();

    public SaltConfiguration Minion() => new ConfigurationPlace(In("minion"), SaltNode.Minion).Read();

    /// <summary>What an origin shows for a line of a file here.</summary>
    public string At(string name, int line) => $"{In(name)}:{line}";

    public void Dispose() => directory.Dispose();
}
