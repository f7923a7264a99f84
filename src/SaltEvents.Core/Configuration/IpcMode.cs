namespace SaltEvents.Core.Configuration;

/// <summary>Salt's ipc_mode: the transport between its own processes.</summary>
public enum IpcMode
{
    /// <summary>Unix sockets in the sock_dir; the default but on Windows.</summary>
    Ipc,

    /// <summary>TCP on 127.0.0.1; the default on Windows.</summary>
    Tcp,
}
