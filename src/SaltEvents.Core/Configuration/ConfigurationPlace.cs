namespace SaltEvents.Core.Configuration;

/// <summary>Where a node's configuration is, before it is read.</summary>
/// <param name="File">The main file. It need not exist where <c>&lt;node&gt;.d/*.conf</c> says all.</param>
/// <param name="Node">Whose it is.</param>
/// <param name="IncludeFrom">The file from whose place files to include are looked for.</param>
internal sealed record ConfigurationPlace(string File, SaltNode Node, string IncludeFrom)
{
    public ConfigurationPlace(string file, SaltNode node)
        : this(file, node, file)
    {
    }

    /// <exception cref="SaltConfigurationException">It may not be read or is not YAML.</exception>
    public SaltConfiguration Read() =>
        SaltConfiguration.Read(System.IO.Path.GetFullPath(File), Node, System.IO.Path.GetFullPath(IncludeFrom));
}
