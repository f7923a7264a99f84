namespace SaltEvents.Core.Compat;

/// <summary>Whether the packages that this library uses are its own copies in the process.</summary>
internal static class PackageSharing
{
    /// <summary>.NET Framework has no load contexts: another module may use the same loaded assembly there.</summary>
#if NETFRAMEWORK
    public const bool MayBeShared = true;
#else
    public const bool MayBeShared = false;
#endif
}
