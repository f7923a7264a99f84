using System;
using System.IO;
using System.Management.Automation;
using SaltEvents.Base;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Core.Recording;
using SaltEvents.Errors;
using SaltEvents.Execution;
using SaltEvents.Objects;
using SaltEvents.Payload;
using CoreEvent = SaltEvents.Core.Events.SaltEvent;

namespace SaltEvents.Cmdlets;

/// <summary>Writes events to a file, each as a line of JSON, as they come.</summary>
[Cmdlet(VerbsData.Export, "SaltEvent", DefaultParameterSetName = ByPath, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(SaltEvent))]
public sealed class ExportSaltEventCommand : ModuleCommand, IDisposable
{
    private const string ByPath = "Path";
    private const string ByLiteralPath = "LiteralPath";
    private RecordingWriter? writer;
    private string path = string.Empty;
    private bool hasWritten;

    /// <summary>The file. It is compressed if its name ends in .gz.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByPath)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The file, taken literally.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByLiteralPath)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string? LiteralPath { get; set; }

    /// <summary>The events.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Appends to the file; otherwise it is overwritten.</summary>
    [Parameter]
    public SwitchParameter Append { get; set; }

    /// <summary>Does not write to an existing file.</summary>
    [Parameter]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Writes secrets as they are. Otherwise they are masked.</summary>
    [Parameter]
    public SwitchParameter IncludeSecret { get; set; }

    /// <summary>The size of a file in bytes: before it grows beyond, it is set aside and a new one started.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long? MaxSize { get; set; }

    /// <summary>Sets the file aside at the end of each day and starts a new one.</summary>
    [Parameter]
    public SwitchParameter Daily { get; set; }

    /// <summary>Passes the events on.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    public void Dispose() => writer?.Dispose();

    /// <inheritdoc/>
    protected override void BeginProcessing() =>
        Guard(() =>
        {
            path = FilePaths.ToWrite(this, (Path ?? LiteralPath)!);
            if (ShouldProcess(path, "Export events"))
            {
                writer = new RecordingWriter(
                    path,
                    new RecordingOptions
                    {
                        Appends = Append,
                        KeepsExisting = NoClobber && !Append,
                        MaxBytes = MaxSize ?? 0,
                        IsDaily = Daily,
                    }
                );
                if (writer.OtherOwner is { } owner)
                {
                    WriteWarning(
                        $"{path} belongs to {owner}, who can read what is recorded, and change it. Give a file that does not exist yet, in a directory of your own."
                    );
                }

                if (writer.WasTorn)
                {
                    WriteWarning(
                        $"The last line of {path} is incomplete: its writer was killed, or its disk was full. It is kept, and new events follow it."
                    );
                }
            }
        });

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (TryFind(InputObject) is not { } found)
        {
            return;
        }

        Guard(() => writer?.Write(EventLine.Write(found.Wire, IncludeSecret, found.Family.IsSecret)));
        hasWritten = true;
        if (PassThru)
        {
            WriteObject(InputObject);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing() =>
        Guard(() =>
        {
            writer?.Start();
            writer?.Dispose();
        });

    // Null if it is not an event, and then that is an error.
    private (CoreEvent Wire, TagFamily Family)? TryFind(PSObject? given)
    {
        try
        {
            if ((EventInput.From(given) ?? FromFields(given)) is { } found)
            {
                return (found.EncodeWireEvent(), found.TagFamily);
            }

            WriteError(ErrorRecords.NotAnEvent(TerminalText.OneLine(given), given, ", or objects with Tag and Data"));
        }
        catch (InvalidEventException e)
        {
            WriteError(ErrorRecords.FromUnsent(e, given));
        }

        return null;
    }

    private static SaltEvent? FromFields(PSObject? given) =>
        given?.Properties["Tag"]?.Value is { } tag && given.Properties["Data"] is { } data
            ? new SaltEvent(EventCodec.Decode(EventCodec.Encode($"{tag}", PayloadBuilder.Build(data.Value), null, int.MaxValue)))
            : null;

    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (CommandErrorException e)
        {
            ThrowTerminatingError(e.Record);
        }
        catch (IOException e) when (NoClobber && !Append && writer is null && File.Exists(path))
        {
            ThrowTerminatingError(
                ErrorRecords.Create(
                    "FileExists",
                    ErrorCategory.ResourceExists,
                    e,
                    path,
                    $"The file {path} already exists. Use another path or -Append, or omit -NoClobber."
                )
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            var kept = hasWritten ? " The events before are in it." : string.Empty;
            var remedy = e is UnauthorizedAccessException ? " Check its permissions, or give another path." : string.Empty;
            ThrowTerminatingError(
                ErrorRecords.Create(
                    "FileNotWritable",
                    ErrorCategory.WriteError,
                    e,
                    path,
                    e is DirectoryNotFoundException
                        ? $"{path} cannot be written: its directory does not exist. Create the directory, or give another path."
                        : $"{path} cannot be written: {e.Clause()}.{kept}{remedy}"
                )
            );
        }
    }
}
