using System;
using System.Collections.Generic;
using System.IO;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Server;

/// <summary>The directories that a bus made for its sockets, mode 0700; Dispose removes them if they are empty again.</summary>
internal sealed class CreatedDirectories : IDisposable
{
    private readonly List<string> deepestFirst = [];

    /// <exception cref="BusException">A directory cannot be created.</exception>
    public static CreatedDirectories CreateFor(BusEndpoint endpoint)
    {
        var owned = new CreatedDirectories();
        try
        {
            owned.Create(endpoint.Pub);
            owned.Create(endpoint.Pull);
            return owned;
        }
        catch
        {
            owned.Dispose();
            throw;
        }
    }

    public void Dispose() => deepestFirst.ForEach(RemoveIfEmpty);

    private static void RemoveIfEmpty(string directory)
    {
        try
        {
            Directory.Delete(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Others have put files there, or it is gone: it is not ours now.
        }
    }

    private void Create(BusAddress address)
    {
        if (address is not UnixBusAddress unix)
        {
            return;
        }

        var missing = new List<string>();
        for (
            var step = Path.GetDirectoryName(Path.GetFullPath(unix.Path));
            step is not null && !Directory.Exists(step);
            step = Path.GetDirectoryName(step)
        )
        {
            missing.Add(step);
        }

        deepestFirst.InsertRange(0, missing);
        try
        {
            missing.Reverse();
            missing.ForEach(UnixFiles.CreatePrivateDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BusException(BusReason.AccessDenied, address, $"The directory {deepestFirst[0]} cannot be created: {e.Clause()}.", e);
        }
    }
}
