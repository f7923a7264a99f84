using System.Runtime.CompilerServices;

namespace SaltEvents.Core.Compat;

/// <summary>How .NET compiles a method.</summary>
internal static class Compile
{
    /// <summary>
    /// Optimized at its first call: ten thousand events would otherwise pass through code that is only on trial. .NET Framework
    /// always does so.
    /// </summary>
#if NETFRAMEWORK
    public const MethodImplOptions AtOnce = default;
#else
    public const MethodImplOptions AtOnce = MethodImplOptions.AggressiveOptimization;
#endif
}
