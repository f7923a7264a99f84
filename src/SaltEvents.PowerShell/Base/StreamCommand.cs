using System;
using System.Management.Automation;
using System.Threading.Tasks;
using SaltEvents.Core.Api;
using SaltEvents.Core.Client;
using SaltEvents.Core.Nats;
using SaltEvents.Core.Transport;
using SaltEvents.Execution;
using SaltEvents.Selection;

namespace SaltEvents.Base;

/// <summary>The base of the cmdlets that listen for a long time: the queue, and what happens when the bus goes away.</summary>
public abstract class StreamCommand : SubscribeCommand
{
    private protected StreamCommand()
    {
    }

    /// <summary>How many events wait to be read at most.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int QueueSize { get; set; } = EventBusClientOptions.Default.QueueSize;

    /// <summary>What happens when they are more. Block is for an embedded bus: a reader that stalls harms a real one.</summary>
    [Parameter]
    [ValidateSet(nameof(SaltOverflow.DropOldest), nameof(SaltOverflow.DropNewest), nameof(SaltOverflow.Block))]
    public SaltOverflow Overflow { get; set; } = SaltOverflow.DropOldest;

    /// <summary>Waits for a bus that is not up yet, for -ReconnectTimeout at most.</summary>
    [Parameter]
    public SwitchParameter WaitForBus { get; set; }

    /// <summary>Ends with an error when the bus goes away. Otherwise the command connects again and reports how long the bus was away.</summary>
    [Parameter]
    public SwitchParameter NoReconnect { get; set; }

    /// <summary>How long to try to connect again: seconds (fractions too), or a TimeSpan. 0 does not try; -1 or Infinite, as when it is not given, tries without end.</summary>
    [Parameter]
    [WaitTime]
    public Seconds ReconnectTimeout { get; set; } = Seconds.Infinite;

    private TimeSpan? Reconnecting => ReconnectTimeout.IsInfinite ? null : ReconnectTimeout.Time;

    private protected override EventBusClientOptions OptionsFor(SelectedBus bus) => ClientOptions with
    {
        Format = SaltEventBus.FormatAt(bus.Endpoint),
        QueueSize = QueueSize,
        Overflow = Overflow,
        ReportsStatus = true,
        // A bus that this process runs ends on purpose.
        Reconnect = !NoReconnect && bus.Own is null,
        ReconnectTimeout = Reconnecting,
    };

    private protected override SelectedBus SelectBus()
    {
        if (!WaitForBus)
        {
            return base.SelectBus();
        }

        if (Uri is not null)
        {
            return IsNats ? SelectNatsOnceUp() : SelectApiOnceUp();
        }

        var deadline = Deadline.After(ReconnectTimeout);
        var backoff = new Backoff(new TcpBusAddress(HostName ?? TcpBusAddress.Loopback, PubPort));
        while (!Guard(IsUp) && !deadline.HasPassed)
        {
            if (StopToken.WaitHandle.WaitOne(backoff.Next()))
            {
                throw new PipelineStoppedException();
            }
        }

        return base.SelectBus();
    }

    private SelectedBus SelectApiOnceUp()
    {
        var bus = base.SelectBus();
        var deadline = Reconnecting is { } time ? Deadline.After(time) : Deadline.Never;
        var backoff = new Backoff(TimeSpan.FromSeconds(5));
        while (!Guard(() => IsUp(bus.Api!)) && !deadline.HasPassed)
        {
            if (StopToken.WaitHandle.WaitOne(backoff.Next()))
            {
                throw new PipelineStoppedException();
            }
        }

        return bus;
    }

    private SelectedBus SelectNatsOnceUp()
    {
        var deadline = Reconnecting is { } time ? Deadline.After(time) : Deadline.Never;
        var backoff = new Backoff(TimeSpan.FromSeconds(2));
        while (!Guard(IsNatsUp) && !deadline.HasPassed)
        {
            if (StopToken.WaitHandle.WaitOne(backoff.Next()))
            {
                throw new PipelineStoppedException();
            }
        }

        return base.SelectBus();
    }

    private bool IsNatsUp()
    {
        using var nats = base.SelectBus().Nats!;
        try
        {
            Task.Run(() => nats.CheckAsync(StopToken)).GetAwaiter().GetResult();
            return true;
        }
        catch (NatsBusException e) when (e.IsTransient || e.Reason == NatsBusReason.StreamNotFound)
        {
            WriteVerbose($"Waiting for NATS. {e.Message}");
            return false;
        }
    }

    private bool IsUp(SaltApiClient api)
    {
        try
        {
            Task.Run(() => api.SignInAsync(StopToken)).GetAwaiter().GetResult();
            return true;
        }
        catch (SaltApiException e) when (e.IsTransient)
        {
            WriteVerbose($"Waiting for salt-api. {e.Message}");
            return false;
        }
    }

    private bool IsUp()
    {
        try
        {
            var bus = BusSelector.Select(Request, StopToken);
            if (bus.Problem is { } problem)
            {
                throw problem;
            }

            if (bus.Session is null)
            {
                using var connection = Task.Run(() => BusConnector.ConnectAsync(bus.Endpoint.Pub, ClientOptions.ConnectTimeout, StopToken)).GetAwaiter().GetResult();
            }

            return true;
        }
        catch (SaltEventException e) when (e is BusNotFoundException or BusConnectionException)
        {
            WriteVerbose($"Waiting for the bus. {e.Message}");
            return false;
        }
    }
}
