using System;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Compat;
using CoreEvent = SaltEvents.Core.Events.SaltEvent;

namespace SaltEvents;

/// <content>The background reader, which gives the events to PowerShell.</content>
public sealed partial class SaltEventRegistration
{
    private async Task PumpAsync()
    {
        try
        {
            do
            {
                while (await TryDeliverAsync().ConfigureAwait(false))
                {
                }

                ReportLosses();
                losses.EndEpisode();
            }
            while (await WaitAsync().ConfigureAwait(false));
            source.ThrowIfBroken();
            HasEnded = true;
        }
        catch (OperationCanceledException)
        {
            // It was unregistered.
        }
        catch (Core.Transport.SaltEventException e)
        {
            Report($"{e.Message} No more events will arrive."); // before State says so: a script may then unregister at once
            HasEnded = true;
        }
        catch (Exception e) when (e is InvalidOperationException or ObjectDisposedException or NullReferenceException && closed == 0)
        {
            Close(); // the runspace has ended
        }
    }

    // Until something can be delivered or reported; false if nothing arrives any more.
    private async Task<bool> WaitAsync()
    {
        var overrun = overruns.Select(o => o.Unreported).FirstOrDefault(t => t.CanBeCanceled);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, overrun);
        if (!losses.NextWarning.IsNever)
        {
            limit.CancelAfter(losses.NextWarning.Remaining);
        }

        try
        {
            return await source.WaitToReadAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return true;
        }
    }

    private async Task<bool> TryDeliverAsync()
    {
        while (source.TryReadStatus(out var status))
        {
            if (status!.Kind != StreamState.Connected)
            {
                Report(status.Message);
            }
        }

        if (source.Queued == 0)
        {
            return false;
        }

        while (!await queue.WaitForRoomAsync(stop.Token).ConfigureAwait(false))
        {
            ReportLosses();
        }

        ReportLosses();
        stop.Token.ThrowIfCancellationRequested(); // there may be room because the subscription has just ended
        if (!source.TryRead(out var saltEvent))
        {
            queue.Release(); // it was dropped
            return false;
        }

        stop.Token.ThrowIfCancellationRequested();
        Give(saltEvent!);
        return true;
    }

    // When an action has run, PowerShell continues with the next one only if that waits already.
    private bool TryGiveNext()
    {
        if (Action is null || IsOver || closed != 0 || !source.TryRead(out var saltEvent))
        {
            return false;
        }

        Give(saltEvent!);
        return true;
    }

    private void Give(CoreEvent saltEvent)
    {
        Interlocked.Increment(ref received);
        queue.Add(saltEvent.Body.Length);
        Generate(Action is null && HasUntil ? UntilIdentifier : SourceIdentifier, new SaltEventArrivedEventArgs(new SaltEvent(saltEvent)));
    }

    private void Generate(string identifier, SaltEventArrivedEventArgs arrived) =>
        manager.GenerateEvent(
            identifier,
            this,
            [this, arrived],
            messageData,
            processInCurrentThread: true,
            waitForCompletionInCurrentThread: false
        );

    private void ReportLosses()
    {
        foreach (var slow in overruns.Select(o => o.Take()).OfType<string>())
        {
            Report(slow);
        }

        if (losses.ReadAndResetDroppedToWarn(isLast: false) is var count and > 0)
        {
            Report(
                $"{Counted.Were(count, "event")} dropped: events arrived faster than they were read. Use {longerQueue} or fewer tags (-Tag)."
            );
        }

        if (losses.ReadAndResetMalformed() is var malformed and > 0)
        {
            Report(malformed == 1
                ? $"A message on the bus was skipped. {source.LastMalformed}"
                : $"{malformed} messages on the bus were skipped. The last one: {source.LastMalformed}");
        }
    }

    // On the pipeline thread, a separate action writes it as a warning; it ends after null.
    private void Report(string? message) =>
        manager.GenerateEvent(
            StatusIdentifier,
            this,
            [],
            message is null ? null : PSObject.AsPSObject(DisplayText.OneLine($"{SourceIdentifier}: {message}")),
            processInCurrentThread: true,
            waitForCompletionInCurrentThread: false
        );
}
