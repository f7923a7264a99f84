using System;
using System.Text;

namespace SaltEvents.Core.Metrics;

/// <summary>
/// The metrics of salt-exporter (kpetremann/salt-exporter, internal/metrics/registry.go) under their names, with their labels.
/// </summary>
public sealed class SaltMetrics
{
    private readonly MetricFamily jobs = new("salt_new_job_total", "counter", "Total number of new jobs processed", "function", "state");
    private readonly MetricFamily expected = new(
        "salt_expected_responses_total",
        "counter",
        "Total number of expected minions responses",
        "function",
        "state"
    );
    private readonly MetricFamily functions = new(
        "salt_function_responses_total",
        "counter",
        "Total number of responses per function processed",
        "function",
        "state",
        "success"
    );
    private readonly MetricFamily scheduled = new(
        "salt_scheduled_job_return_total",
        "counter",
        "Total number of scheduled job responses",
        "function",
        "state",
        "success"
    );
    private readonly MetricFamily responses = new("salt_responses_total", "counter", "Total number of responses", "minion", "success");
    private readonly MetricFamily status = new(
        "salt_function_status",
        "gauge",
        "Last function/state success, 0=Failed, 1=Success",
        "function",
        "minion",
        "state"
    );
    private readonly MetricFamily durations = new(
        "salt_job_duration_seconds",
        "gauge",
        "Last duration of a Salt job in seconds",
        "function",
        "state"
    );
    private readonly MetricFamily heartbeats = new(
        "salt_health_last_heartbeat",
        "gauge",
        "Last status beacon received. Unix timestamp",
        "minion"
    );
    private readonly MetricFamily lastEvents = new(
        "salt_responses_last_received_response",
        "gauge",
        "Last event received from minion, Unix timestamp",
        "minion"
    );
    private readonly MetricFamily minions = new("salt_health_minions_total", "gauge", "Total number of observed minions via status beacon");

    /// <summary>All of them in the text format of Prometheus.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (
            var family in new[] { expected, functions, status, heartbeats, minions, durations, jobs, lastEvents, responses, scheduled }
        )
        {
            family.Write(text);
        }

        return text.ToString();
    }

    internal void Add(ObservedEvent observed)
    {
        var minion = observed.MinionId ?? string.Empty;
        var unix = new DateTimeOffset(observed.Time).ToUnixTimeSeconds();
        if (minion.Length > 0)
        {
            lastEvents.Set(unix, minion);
        }

        switch (observed.Kind)
        {
            case EventKind.Heartbeat:
                heartbeats.Set(unix, minion);
                minions.Set(heartbeats.Count);
                break;
            case EventKind.New:
                jobs.Add(1, observed.Function, observed.State);
                expected.Add(observed.Targets, observed.Function, observed.State);
                break;
            case EventKind.Return:
                AddReturn(observed, minion);
                break;
        }
    }

    private void AddReturn(ObservedEvent observed, string minion)
    {
        var success = observed.Succeeded == false ? "false" : "true";
        (observed.IsScheduled ? scheduled : functions).Add(1, observed.Function, observed.State, success);
        responses.Add(1, minion, success);
        // As by default in salt-exporter: one series for each function and minion would be many.
        if (observed.State == "highstate")
        {
            status.Set(observed.Succeeded == false ? 0 : 1, observed.Function, minion, observed.State);
        }

        if (observed.StateSeconds is { } seconds)
        {
            durations.Set(seconds, observed.Function, observed.State);
        }
    }
}
