using System;
using System.Management.Automation;
using System.Threading;
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

    /// <summary>How many events can wait to be read.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int QueueSize { get; set; } = EventBusClientOptions.Default.QueueSize;

    /// <summary>What happens when there are more. Block is for an embedded bus: a reader that stalls harms a real one.</summary>
    [Parameter]
    [ValidateSet(nameof(SaltOverflow.DropOldest), nameof(SaltOverflow.DropNewest), nameof(SaltOverflow.Block))]
    public SaltOverflow Overflow { get; set; } = SaltOverflow.DropOldest;

    /// <summary>Waits for a bus that is not up yet, for -ReconnectTimeout at most.</summary>
    [Parameter]
    public SwitchParameter WaitForBus { get; set; }

    /// <summary>
    /// Ends with an error when the bus goes away. Otherwise the command reconnects and reports how long the bus was away.
    /// </summary>
    [Parameter]
    public SwitchParameter NoReconnect { get; set; }

    /// <summary>
    /// How long to try to reconnect: seconds (fractions too), or a TimeSpan. 0 does not try; -1 or Infinite, the default,
    /// tries without end.
    /// </summary>
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

        if (Uri is null)
        {
            WaitUntilUp("the bus", new Backoff(new TcpBusAddress(HostName ?? TcpBusAddress.Loopback, PubPort)), CheckBus);
            return base.SelectBus();
        }

        if (IsNats)
        {
            WaitUntilUp("NATS", new Backoff(TimeSpan.FromSeconds(2)), CheckNats);
            return base.SelectBus();
        }

        var bus = base.SelectBus();
        WaitUntilUp("salt-api", new Backoff(TimeSpan.FromSeconds(5)), () => Await(bus.Api!.ReachAsync));
        return bus;
    }

    private void WaitUntilUp(string what, Backoff backoff, Action check)
    {
        var deadline = Deadline.After(ReconnectTimeout);
        while (!Guard(() => IsUp(what, check)) && !deadline.HasPassed)
        {
            if (StopToken.WaitHandle.WaitOne(backoff.Next()))
            {
                throw new PipelineStoppedException();
            }
        }
    }

    private bool IsUp(string what, Action check)
    {
        try
        {
            check();
            return true;
        }
        catch (SaltEventException e)
            when (e
                    is BusException { Reason: BusReason.NotFound or BusReason.ConnectionLost }
                        or SaltApiException { IsTransient: true }
                        or NatsBusException { IsTransient: true }
                        or NatsBusException { Reason: NatsBusReason.StreamNotFound }
            )
        {
            WriteVerbose($"Waiting for {what}. {e.Message}");
            return false;
        }
    }

    private void CheckBus()
    {
        var bus = BusSelector.Select(Request, StopToken);
        if (bus.Problem is { } problem)
        {
            throw problem;
        }

        if (bus.Session is null)
        {
            Await(async token =>
                (await BusConnector.ConnectAsync(bus.Endpoint.Pub, ClientOptions.ConnectTimeout, token).ConfigureAwait(false)).Dispose()
            );
        }
    }

    private void CheckNats()
    {
        using var nats = base.SelectBus().Nats!;
        Await(nats.CheckAsync);
    }

    private void Await(Func<CancellationToken, Task> work) => Task.Run(() => work(StopToken)).GetAwaiter().GetResult();
}
