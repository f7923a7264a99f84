using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using SaltEvents.Core.Metrics;
using Xunit;

namespace SaltEvents.Core.Tests.Metrics;

/// <summary>What is counted of events in windows of time.</summary>
public sealed class EventMeterTests
{
    private static readonly DateTime Start = new(2026, 11, 27, 10, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Windows_follow_each_other_from_the_first_event_on()
    {
        var results = Run(TimeSpan.FromSeconds(10), At(0), At(9.9), At(10), At(35));
        Assert.Equal([2L, 1L, 1L], results.Select(r => r.Events));
        Assert.Equal([0.0, 10.0, 30.0], results.Select(r => (r.Start!.Value - Start).TotalSeconds));
        Assert.All(results, r => Assert.Equal(10, r.Duration.TotalSeconds));
    }

    [Fact]
    public void Time_never_goes_back()
    {
        var results = Run(TimeSpan.FromSeconds(10), At(0), At(12), At(3), At(19));
        Assert.Equal([1L, 3L], results.Select(r => r.Events));
    }

    [Theory]
    [InlineData("9999-12-31T23:59:59.9999999Z")]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("1970-01-01T00:00:03Z")]
    [InlineData("2026-11-27T11:00:00Z")]
    public void One_sender_with_a_wrong_clock_does_not_move_the_windows(string stamp)
    {
        var wrong = At(0, 99) with { Time = DateTime.Parse(stamp, null, DateTimeStyles.RoundtripKind) };
        Assert.Equal([(0.0, 3L), (10, 1), (20, 1)], Windows(At(0), wrong, At(8), At(11), At(22)));
        Assert.Equal([(0.0, 3L), (10, 1), (20, 1)], Windows(wrong, At(0), At(8), At(11), At(22)));
        Assert.Equal([(0.0, 2L), (10, 2), (20, 1)], Windows(At(0), At(8), At(11), wrong, At(22)));
        Assert.Equal(22, Assert.Single(Run(null, At(0), wrong, wrong, At(22))).Duration.TotalSeconds);

        static IEnumerable<(double Start, long Events)> Windows(params ObservedEvent[] events) =>
            Run(TimeSpan.FromSeconds(10), events).Select(r => ((r.Start!.Value - Start).TotalSeconds, r.Events));
    }

    [Theory]
    [InlineData(0, 3600, 3600, 3600, 0)]
    [InlineData(5, 5, 5, 5, 5)]
    [InlineData(3600, 3600, 3600, 3600, 3600)]
    public void A_time_in_the_future_is_the_present_one_while_a_bus_is_measured(params int[] secondsAhead)
    {
        var present = Start;
        var meter = new EventMeter(TimeSpan.FromSeconds(10), 2, () => present);
        var results = new List<SaltEventStatistics>();
        foreach (var ahead in secondsAhead)
        {
            results.AddRange(meter.Add(At(ahead) with { Time = present.AddSeconds(ahead) }));
            present = present.AddSeconds(6);
        }

        results.AddRange(meter.Finish());
        Assert.Equal([0.0, 10.0, 20.0], results.Select(r => (r.Start!.Value - Start).TotalSeconds));
    }

    [Fact]
    public void A_quiet_bus_whose_clock_is_ahead_moves_the_windows()
    {
        var present = Start;
        var meter = new EventMeter(TimeSpan.FromMinutes(1), 2, () => present);
        var results = new List<SaltEventStatistics>();
        for (var i = 0; i < 4; i++)
        {
            results.AddRange(meter.Add(At(0) with { Time = present.AddSeconds(5) }));
            present = present.AddSeconds(90);
        }

        results.AddRange(meter.Finish());
        Assert.Equal([0.0, 1, 3, 4], results.Select(r => (r.Start!.Value - Start).TotalMinutes));
    }

    [Fact]
    public void Events_after_a_pause_are_of_their_own_time()
    {
        var results = Run(TimeSpan.FromHours(1), At(0), At(7200), At(14_400), At(14_401), At(14_402), At(28_800));
        Assert.Equal([0.0, 2, 4, 8], results.Select(r => (r.Start!.Value - Start).TotalHours));
        Assert.Equal([1L, 1, 3, 1], results.Select(r => r.Events));
    }

    [Fact]
    public void Without_an_interval_the_time_is_from_the_first_event_to_the_last()
    {
        var result = Assert.Single(Run(null, At(0), At(2), At(8)));
        Assert.Equal(8, result.Duration.TotalSeconds);
        Assert.Equal(3, result.Events);
    }

    [Fact]
    public void A_percentile_is_the_nearest_rank_of_the_returns_of_jobs_whose_start_was_seen()
    {
        var events = new List<ObservedEvent>
        {
            At(0) with
            {
                Kind = EventKind.New,
                JobId = "1",
            },
            At(1) with
            {
                Kind = EventKind.Return,
                JobId = "unknown",
            },
        };
        events.AddRange(
            Enumerable
                .Range(1, 100)
                .Select(n => At(n) with { Kind = EventKind.Return, JobId = "1", Content = (ulong)n, Succeeded = n % 10 != 0 })
        );
        var result = Assert.Single(Run(null, [.. events]));
        Assert.Equal(50, result.JobTimeP50!.Value.TotalSeconds);
        Assert.Equal(95, result.JobTimeP95!.Value.TotalSeconds);
        Assert.Equal((1, 101, 10), (result.Jobs, result.Returns, result.Failures));
        Assert.Null(Assert.Single(Run(null, At(0))).JobTimeP50);
    }

    [Fact]
    public void A_copy_counts_once_whichever_comes_first_and_two_events_count_twice()
    {
        var result = Assert.Single(Run(
            null,
            At(0, 7), At(0, 7, "syndic/s"), // the event, then its copy
            At(1, 8, "syndic/s"), At(1, 8), // the copy first
            At(2, 9), At(2, 9), // two events that are alike
            At(3, 10, "peer/a"), At(3, 10, "peer/b"), // by two ways, and not by the bus's own
            At(4, 11, "syndic/s"))); // only the copy came
        Assert.Equal(6, result.Events);
        Assert.Equal(3, result.Copies);
    }

    [Fact]
    public void The_most_frequent_come_first_and_too_many_names_count_together()
    {
        var events = Enumerable
            .Range(0, 12_000)
            .Select(n => At(0, (ulong)n) with { Tag = $"tag/{n}" })
            .Concat(Enumerable.Range(0, 3).Select(n => At(0, (ulong)(20_000 + n)) with { Tag = "tag/5" }));
        var result = Assert.Single(Run(null, [.. events]));
        Assert.Equal(["(others)", "tag/5"], result.TopTags.Select(t => t.Name));
        Assert.Equal([2000L, 4L], result.TopTags.Select(t => t.Count));
    }

    [Fact]
    public void Too_many_labels_for_Prometheus_count_together()
    {
        var meter = new EventMeter(null, 0);
        foreach (var n in Enumerable.Range(0, 100_002).Append(0))
        {
            _ = meter.Add(At(0, (ulong)n + 1) with { Kind = EventKind.New, Function = $"f{n}" }).Count();
        }

        _ = meter.Finish().Count();
        var lines = meter.Metrics.ToString().Split('\n');
        Assert.Contains("salt_new_job_total{function=\"f1\",state=\"\"} 1", lines);
        Assert.Contains("salt_new_job_total{function=\"(others)\",state=\"(others)\"} 2", lines);
        Assert.Equal(100_001, lines.Count(l => l.StartsWith("salt_new_job_total{", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_text_for_Prometheus_shows_no_control_characters_and_no_labels_twice()
    {
        var meter = new EventMeter(null, 0);
        foreach (var minion in new[] { "a\u001b[31m", "a\u009b[31m", "b\r\nc" })
        {
            _ = meter.Add(At(0, 1) with { Kind = EventKind.Return, Function = "test.ping\u0007", MinionId = minion, Succeeded = true }).Count();
        }

        _ = meter.Finish().Count();
        var lines = meter.Metrics.ToString().Split('\n');
        Assert.Contains("salt_responses_total{minion=\"a [31m\",success=\"true\"} 2", lines);
        Assert.Contains("salt_responses_total{minion=\"b \\nc\",success=\"true\"} 1", lines);
        Assert.DoesNotContain(lines, l => l.Any(char.IsControl));
    }

    [Fact]
    public void The_text_for_Prometheus_has_the_names_of_salt_exporter()
    {
        var meter = new EventMeter(null, 0);
        ObservedEvent[] events =
        [
            At(0, 1) with
            {
                Kind = EventKind.New,
                Function = "state.apply",
                State = "highstate",
                Targets = 2,
            },
            At(1, 2) with
            {
                Kind = EventKind.Return,
                Function = "state.apply",
                State = "highstate",
                MinionId = "we\"b\\1",
                Succeeded = false,
                StateSeconds = 1.5,
            },
            At(2, 3) with
            {
                Kind = EventKind.Return,
                Function = "test.ping",
                MinionId = "b",
                Succeeded = true,
                IsScheduled = true,
            },
            At(3, 4) with
            {
                Kind = EventKind.Heartbeat,
                MinionId = "b",
            },
        ];
        foreach (var observed in events)
        {
            _ = meter.Add(observed).Count();
        }

        _ = meter.Finish().Count();
        var lines = meter.Metrics.ToString().Split('\n');
        Assert.Equal(string.Empty, lines[^1]);
        Assert.Equal(
            [
                "salt_expected_responses_total{function=\"state.apply\",state=\"highstate\"} 2",
                "salt_function_responses_total{function=\"state.apply\",state=\"highstate\",success=\"false\"} 1",
                "salt_function_status{function=\"state.apply\",minion=\"we\\\"b\\\\1\",state=\"highstate\"} 0",
                "salt_health_last_heartbeat{minion=\"b\"} 1795773603",
                "salt_health_minions_total 1",
                "salt_job_duration_seconds{function=\"state.apply\",state=\"highstate\"} 1.5",
                "salt_new_job_total{function=\"state.apply\",state=\"highstate\"} 1",
                "salt_responses_last_received_response{minion=\"b\"} 1795773603",
                "salt_responses_last_received_response{minion=\"we\\\"b\\\\1\"} 1795773601",
                "salt_responses_total{minion=\"b\",success=\"true\"} 1",
                "salt_responses_total{minion=\"we\\\"b\\\\1\",success=\"false\"} 1",
                "salt_scheduled_job_return_total{function=\"test.ping\",state=\"\",success=\"true\"} 1",
            ],
            lines.Where(l => l.Length > 0 && l[0] != '#'));
        Assert.Contains("# TYPE salt_function_status gauge", lines);
        Assert.Contains("# TYPE salt_new_job_total counter", lines);
    }

    private static ObservedEvent At(double seconds, ulong content = 0, string origin = "") =>
        new()
        {
            Time = Start.AddSeconds(seconds),
            Tag = "t",
            Bytes = 10,
            Content = content == 0 ? (ulong)(seconds * 1000) + 1_000_000 : content,
            Origin = origin,
        };

    private static List<SaltEventStatistics> Run(TimeSpan? interval, params ObservedEvent[] events)
    {
        var meter = new EventMeter(interval, 2, () => Start.AddDays(1));
        return [.. events.SelectMany(meter.Add).ToList(), .. meter.Finish()];
    }
}
