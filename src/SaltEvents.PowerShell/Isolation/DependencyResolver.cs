using System;
using System.IO;
using System.Reflection;

namespace SaltEvents.Isolation;

/// <summary>
/// Keeps the versions of packages that this module uses apart from those that PowerShell and other modules load.
/// PowerShell 7 has load contexts for it; on Windows PowerShell a handler answers for our own requests alone.
/// </summary>
internal static class DependencyResolver
{
    private const string CoreName = "SaltEvents.Core";

#if NETFRAMEWORK
    public static void Register(string dependencies) =>
        AppDomain.CurrentDomain.AssemblyResolve += (_, request) =>
        {
            var path = Path.Combine(dependencies, new AssemblyName(request.Name).Name + ".dll");
            return IsOurs(request.RequestingAssembly, dependencies) && File.Exists(path) ? Assembly.LoadFrom(path) : null;
        };

    private static bool IsOurs(Assembly? requesting, string dependencies) =>
        requesting is not null
        && !requesting.IsDynamic
        && (requesting == typeof(DependencyResolver).Assembly
            || string.Equals(Path.GetDirectoryName(requesting.Location), dependencies, StringComparison.OrdinalIgnoreCase));
#else
    public static void Register(string dependencies)
    {
        var own = new OwnContext(dependencies);
        // The default context holds this assembly, so it asks there for Core; Core's own requests stay in its context.
        System.Runtime.Loader.AssemblyLoadContext.Default.Resolving += (_, name) =>
            name.Name == CoreName ? own.LoadFromAssemblyName(name) : null;
    }

    private sealed class OwnContext(string dependencies) : System.Runtime.Loader.AssemblyLoadContext("SaltEvents")
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            var path = Path.Combine(dependencies, assemblyName.Name + ".dll");
            return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }
    }
#endif
}
