namespace SaltEvents.Core.Recording;

/// <summary>How a recording is written.</summary>
public sealed record RecordingOptions
{
    /// <summary>Whether existing content is kept.</summary>
    public bool Appends { get; init; }

    /// <summary>Whether an existing file is an error.</summary>
    public bool KeepsExisting { get; init; }

    /// <summary>The size in bytes at which a file is set aside and a new one started; 0 for none.</summary>
    public long MaxBytes { get; init; }

    /// <summary>Whether a new file is started each day (of the local time).</summary>
    public bool IsDaily { get; init; }
}
