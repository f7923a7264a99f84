using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Api;

/// <content>The first steps: name, connection, TLS and salt-api.</content>
public sealed partial class SaltApiTest
{
    // One request shows three steps; its reason shows which of them failed. The result is the error if the index belongs to another server.
    private async Task<SaltApiException?> ReachAsync()
    {
        var names = await ResolveAsync().ConfigureAwait(false);
        try
        {
            await client.GreetAsync(stop).ConfigureAwait(false);
        }
        catch (SaltApiException e) when (e.IsAnswer)
        {
            PassStepsUntil("salt-api", names);
            Pass("answers, but not at its index");
            return e;
        }
        catch (SaltApiException e)
        {
            var failed = e.Reason switch
            {
                SaltApiReason.Unreachable => names is null && HttpHandlers.FindProxy(Uri) is null ? "name" : "connection",
                SaltApiReason.TlsFailed => "TLS",
                _ => "salt-api",
            };
            PassStepsUntil(failed, names);
            throw e.IsSilence ? SaltApiClient.ExplainFull(e) : e;
        }

        PassStepsUntil("salt-api", names);
        Pass("answers");
        return null;
    }

    private void PassStepsUntil(string next, string? names)
    {
        foreach (var name in Names.TakeWhile(n => n != next))
        {
            current = name;
            Pass(name switch
            {
                "name" => names ?? $"{Uri.Host} is not known on this computer, only to a proxy",
                "connection" => $"open on port {Uri.Port}",
                _ => client.DescribeTls(),
            });
        }

        current = next;
    }

    private async Task<string?> ResolveAsync()
    {
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
            deadline.CancelAfter(client.Options.Timeout);
            var addresses = await BusConnector.ResolveAsync(Uri.DnsSafeHost, deadline.Token).ConfigureAwait(false);
            return IPAddress.TryParse(Uri.DnsSafeHost, out _)
                ? "not needed for an address"
                : $"{Uri.Host} is {string.Join(", ", addresses.Take(4).Select(a => a.ToString()))}";
        }
        catch (Exception e)
            when (e is SocketException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return null;
        }
    }
}
