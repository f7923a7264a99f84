using System.IO;
using System.Reflection;

namespace SaltEvents.Loader;

/// <summary>
/// Loads the module so that its packages never meet the versions that PowerShell and other modules load. PowerShell 7 has
/// load contexts for it; on Windows PowerShell a handler answers only for requests of the module's own assemblies.
/// </summary>
#if NETFRAMEWORK
public static class ModuleLoadContext
{
    /// <summary>Loads the module's assembly. Called once for the process.</summary>
    /// <param name="path">The full path of the assembly; its dependencies are in the folder deps beside it.</param>
    public static Assembly Load(string path)
    {
        var dependencies = Path.Combine(Path.GetDirectoryName(path)!, "deps");
        System.AppDomain.CurrentDomain.AssemblyResolve += (_, request) =>
        {
            var file = Path.Combine(dependencies, new AssemblyName(request.Name).Name + ".dll");
            return IsOwn(request.RequestingAssembly, path, dependencies) && File.Exists(file) ? Assembly.LoadFrom(file) : null;
        };
        return Assembly.LoadFrom(path);
    }

    private static bool IsOwn(Assembly? requesting, string path, string dependencies) =>
        requesting is { IsDynamic: false }
        && (
            requesting.Location == path
            || string.Equals(Path.GetDirectoryName(requesting.Location), dependencies, System.StringComparison.OrdinalIgnoreCase)
        );
}
#else
public sealed class ModuleLoadContext : System.Runtime.Loader.AssemblyLoadContext
{
    private readonly string dependencies;

    private ModuleLoadContext(string dependencies)
        : base("SaltEvents") => this.dependencies = dependencies;

    /// <summary>Loads the module's assembly. Called once for the process.</summary>
    /// <param name="path">The full path of the assembly; its dependencies are in the folder deps beside it.</param>
    public static Assembly Load(string path) =>
        new ModuleLoadContext(Path.Combine(Path.GetDirectoryName(path)!, "deps")).LoadFromAssemblyPath(path);

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var file = Path.Combine(dependencies, assemblyName.Name + ".dll");
        return File.Exists(file) ? LoadFromAssemblyPath(file) : null;
    }
}
#endif
