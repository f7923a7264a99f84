using System;
using System.IO;
using System.Management.Automation;
using SaltEvents.Base;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Recording;
using SaltEvents.Core.Transport;
using SaltEvents.Errors;
using SaltEvents.Execution;

namespace SaltEvents.Cmdlets;

/// <summary>Reads events from files, at once or at the pace at which they were fired.</summary>
[Cmdlet(VerbsData.Import, "SaltEvent", DefaultParameterSetName = ByPath)]
[OutputType(typeof(SaltEvent))]
public sealed class ImportSaltEventCommand : CancellableCmdlet
{
    private const string ByPath = "Path";
    private const string ByLiteralPath = "LiteralPath";
    private const int MaxErrors = 10; // for one file; further ones are counted
    private ReplayClock? clock;
    private int badItems;
    private long lastBadLine;

    /// <summary>The files; those that wildcards match are read in the order of their names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = ByPath)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The files, taken as they are.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ByLiteralPath)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Returns the events at the pace of their timestamps, multiplied: 1 is the original pace, 2 is twice as fast.</summary>
    [Parameter]
    [ReplaySpeed]
    public double? Speed { get; set; }

    /// <summary>Returns the events as fast as the pipeline reads them, as without -Speed.</summary>
    [Parameter]
    public SwitchParameter AsFastAsPossible { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Speed is not null && AsFastAsPossible)
        {
            ThrowTerminatingError(ErrorRecords.ParametersDisagree("-Speed and -AsFastAsPossible cannot be used together. Omit one of them."));
        }

        clock = Speed is { } speed ? new ReplayClock(speed) : null;
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var isLiteral = ParameterSetName == ByLiteralPath;
        foreach (var given in isLiteral ? LiteralPath : Path)
        {
            try
            {
                foreach (var file in FilePaths.ToRead(this, given, isLiteral))
                {
                    Read(file);
                }
            }
            catch (CommandErrorException e)
            {
                WriteError(e.Record);
            }
        }
    }

    private void Read(string file)
    {
        badItems = 0;
        ReadItems(file);
        if (badItems > MaxErrors)
        {
            var rest = badItems - MaxErrors;
            var places = rest == 1 ? "one more place that is not an event, in" : $"{rest} more places that are not events, the last in";
            WriteError(InvalidRecording(file, null, $"{file} has {places} line {lastBadLine}. Is it a recording?"));
        }
    }

    private void ReadItems(string file)
    {
        try
        {
            using var reading = OpenRecordings.Reading(file);
            using var stream = Open(file);
            foreach (var item in RecordingReader.Read(stream))
            {
                Give(file, item);
            }
        }
        catch (InvalidDataException)
        {
            WriteWarning($"The compressed file {file} is cut off or damaged. The events before that place were read.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var remedy = e is UnauthorizedAccessException ? " Check its permissions." : string.Empty;
            var message = $"{file} cannot be read: {e.Clause()}.{remedy}";
            WriteError(ErrorRecords.Create("FileNotReadable", ErrorCategory.ReadError, e, file, message));
        }
    }

    // A file that is being written can be read as well. What starts as gzip does is compressed, whatever its name.
    private static Stream Open(string file)
    {
        UnixFileStatus.ThrowIfPipe(file);
        var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var isCompressed = stream.ReadByte() == 0x1F && stream.ReadByte() == 0x8B;
        stream.Position = 0;
        return isCompressed ? new RecordingGZipStream(stream) : stream;
    }

    private void Give(string file, RecordingItem item)
    {
        if (StopToken.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }

        if (item.IsTorn)
        {
            WriteWarning($"An event in {file}, line {item.Line}, is cut off and was skipped: its writer was killed, or its disk was full.");
            return;
        }

        if (item.Tag is null && item.Json is "null" or "None")
        {
            return; // what a runner of Salt's ends with
        }

        SaltEvent saltEvent;
        try
        {
            saltEvent = new SaltEvent(EventLine.Read(item.Json, item.Tag, out var isEdited));
            if (isEdited)
            {
                WriteVerbose(
                    $"{file}, line {item.Line}: the tag or data has been changed since it was written, so the bytes beside it are ignored."
                );
            }
        }
        catch (RecordingFormatException e)
        {
            lastBadLine = item.Line;
            if (++badItems <= MaxErrors)
            {
                var message = $"{file}, line {item.Line}, is not an event and was skipped: {e.Message} Correct the line, or remove it.";
                WriteError(InvalidRecording(file, e, message));
            }

            return;
        }

        if (clock is not null && saltEvent.Timestamp is { } time && StopToken.WaitHandle.WaitOne(clock.TimeTo(time)))
        {
            throw new PipelineStoppedException();
        }

        WriteObject(saltEvent);
    }

    private static ErrorRecord InvalidRecording(string file, Exception? error, string message) =>
        error is null
            ? ErrorRecords.Create("InvalidRecording", ErrorCategory.InvalidData, message, file)
            : ErrorRecords.Create("InvalidRecording", ErrorCategory.InvalidData, error, file, message);
}
