using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Api;

/// <summary>Tests what can be done with a salt-api by doing it, step by step. A problem is in the result; it is not thrown.</summary>
public sealed partial class SaltApiTest
{
    private const string NotTried = "not tried";
    private static readonly string[] Names =
    [
        "name",
        "connection",
        "TLS",
        "salt-api",
        "sign-in",
        "rights",
        "stream",
        "round trip",
        "version",
    ];
    private readonly Dictionary<string, SaltApiTestStep> steps = Names.ToDictionary(
        n => n,
        n => new SaltApiTestStep(n, null, NotTried),
        StringComparer.Ordinal
    );
    private readonly SaltApiClient client;
    private readonly CancellationToken stop;
    private string current = Names[0];
    private SaltApiTestResult result = new([]);

    private SaltApiTest(SaltApiClient client, CancellationToken stop)
    {
        this.client = client;
        this.stop = stop;
    }

    private Uri Uri => client.Options.Uri;

    /// <summary>
    /// Signs in, opens the event stream and waits for an event; with <paramref name="fire"/> it fires a harmless one and waits for that.
    /// </summary>
    /// <param name="client">The salt-api and the user.</param>
    /// <param name="fire">Whether to fire an event and to ask for the version, which also causes events.</param>
    /// <param name="timeout">How long to wait for the event.</param>
    /// <param name="stop">Ends the test.</param>
    public static async Task<SaltApiTestResult> RunAsync(
        SaltApiClient client,
        bool fire,
        TimeSpan timeout,
        CancellationToken stop = default
    )
    {
        var test = new SaltApiTest(client, stop);
        try
        {
            await test.RunAsync(fire, timeout).ConfigureAwait(false);
        }
        catch (SaltEventException e)
        {
            test.Fail(e);
        }

        return test.result with { Steps = Names.Select(n => test.steps[n]).ToArray() };
    }

    /// <summary>The result if an address may not be used at all.</summary>
    /// <param name="problem">Why.</param>
    public static SaltApiTestResult Refused(SaltApiException problem)
    {
        var failed = problem.Reason == SaltApiReason.Unencrypted ? "TLS" : "name";
        return new SaltApiTestResult(
            Names.Select(n => n == failed ? new SaltApiTestStep(n, false, "failed") : new SaltApiTestStep(n, null, NotTried)).ToArray()
        )
        {
            Problem = problem,
            CanRead = false,
            CanFire = false,
        };
    }

    private async Task RunAsync(bool fire, TimeSpan timeout)
    {
        var notSaltApi = await ReachAsync().ConfigureAwait(false);
        current = "sign-in";
        await SignInAsync(notSaltApi).ConfigureAwait(false);
        Pass(client.CanSignIn ? $"{client.Options.UserName} with {client.Options.Eauth}{Lifetime}" : "a token was given");
        current = "rights";
        Pass(DescribeRights());
        result = result with { CanFire = client.Rights?.AllowsRunner("event", "send") };
        current = "stream";
        var tag = BusTest.TagPrefix + Guid.NewGuid().ToString("N");
        var watch = Stopwatch.StartNew();
        using var subscription = await SubscribeAsync(fire ? new TagFilter([tag]) : TagFilter.All).ConfigureAwait(false);
        Pass($"open after {Milliseconds(watch.Elapsed)}");
        result = result with { CanRead = true };
        current = "round trip";
        if (fire)
        {
            await FireAsync(tag, subscription, timeout).ConfigureAwait(false);
            await AskVersionAsync().ConfigureAwait(false);
        }
        else
        {
            Skip($"{NotTried}: -Fire fires an event");
            await ReadAsync(subscription, timeout).ConfigureAwait(false);
        }
    }

    // With a token that was given, this is the first that needs it.
    private async Task<SaltApiSubscription> SubscribeAsync(TagFilter filter)
    {
        try
        {
            return await client.SubscribeAsync(filter, new EventBusClientOptions { QueueSize = 16 }, stop).ConfigureAwait(false);
        }
        catch (SaltApiException e) when (e.Reason == SaltApiReason.TokenRefused)
        {
            current = "sign-in";
            throw;
        }
    }

    // Behind a proxy the index may belong to another server, and the rest to salt-api: if the sign-in also fails, there is no salt-api.
    private async Task SignInAsync(SaltApiException? notSaltApi)
    {
        try
        {
            await client.SignInAgainAsync(stop).ConfigureAwait(false);
        }
        catch (SaltApiException e) when (notSaltApi is not null && e.Reason != SaltApiReason.SignInRefused)
        {
            current = "salt-api";
            throw notSaltApi;
        }
    }

    private async Task FireAsync(string tag, SaltApiSubscription subscription, TimeSpan timeout)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            await client.FireAsync(tag, [], stop).ConfigureAwait(false);
        }
        catch (SaltApiException e)
        {
            result = result with { CanFire = false };
            current = e.Reason == SaltApiReason.NotAuthorized ? "rights" : current;
            throw;
        }

        result = result with { CanFire = true };
        if (!await ReadAsync(subscription, timeout).ConfigureAwait(false))
        {
            throw new SaltApiException(
                SaltApiReason.NotAnswering,
                string.Format(
                    CultureInfo.InvariantCulture,
                    "The master has fired the event, but it did not come back over the event stream within {0:0.###} s. Check that salt-api is connected to this master's bus: restart salt-api, and check its log.",
                    timeout.TotalSeconds
                )
            );
        }

        result = result with { RoundTrip = watch.Elapsed };
        Pass(Milliseconds(watch.Elapsed));
    }

    private async Task<bool> ReadAsync(SaltApiSubscription subscription, TimeSpan timeout)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(timeout);
        try
        {
            while (await subscription.WaitToReadAsync(deadline.Token).ConfigureAwait(false))
            {
                if (subscription.TryRead(out var arrived))
                {
                    result = result with { HasEvents = true };
                    ReadStamp(arrived!);
                    return true;
                }

                while (subscription.TryReadStatus(out _))
                {
                }
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return false;
        }

        subscription.ThrowIfBroken();
        return false;
    }

    // Salt 3008 was the first to write the time zone (salt/utils/event.py, fire_event, 3008.0).
    private void ReadStamp(SaltEvent arrived)
    {
        if (arrived.Fields.TryGetValue("_stamp"u8, out var stamp) && stamp is string text)
        {
            steps["version"] = new SaltApiTestStep(
                "version",
                true,
                text.EndsWith("+00:00", StringComparison.Ordinal)
                    ? "3008 or newer, by the time in an event"
                    : "older than 3008, by the time in an event"
            );
        }
    }

    // The version is good to know, but its absence is not a problem.
    private async Task AskVersionAsync()
    {
        if (client.Rights?.AllowsRunner("manage", "versions") == false)
        {
            return;
        }

        try
        {
            if (await client.GetVersionAsync(stop).ConfigureAwait(false) is { Length: > 0 } version)
            {
                steps["version"] = new SaltApiTestStep("version", true, version);
            }
        }
        catch (SaltApiException)
        {
            // The version from the time in the event remains.
        }
    }

    private string DescribeRights() => client.Rights is not { } rights ? "not known with a token"
        : rights.Names.ToArray() is { Length: > 0 } names ? string.Join("; ", names)
        : "none: listening needs none, but firing does";

    private string Lifetime =>
        client.TokenLifetime is { } time ? string.Format(CultureInfo.InvariantCulture, ", for {0:0.#} h", time.TotalHours) : string.Empty;

    private void Pass(string detail) => steps[current] = new SaltApiTestStep(current, true, detail);

    private void Skip(string detail) => steps[current] = new SaltApiTestStep(current, null, detail);

    private void Fail(SaltEventException problem)
    {
        steps[current] = new SaltApiTestStep(current, false, current == "rights" ? $"failed: {DescribeRights()}" : "failed");
        result = result with
        {
            Problem = problem,
            CanRead = result.CanRead ?? false,
            CanFire = result.CanRead is null ? false : result.CanFire,
        };
    }

    private static string Milliseconds(TimeSpan time) => string.Format(CultureInfo.InvariantCulture, "{0:0} ms", time.TotalMilliseconds);
}
