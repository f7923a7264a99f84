using System.Linq;

namespace SaltEvents.Core.Tests.Runner;

/// <summary>Tests that .NET Framework or mono cannot pass, with the reason.</summary>
internal static class Unsupported
{
    private const string NoUnixSockets = "net472 has no Unix sockets";
    private const string WaitNeedsSocket =
        "on .NET Framework the wait for bytes ends only with its socket: a bus that stops loses what it has not read, and the sender gets an error";

    private const string NoFlush = "on .NET Framework compressed data reach a file in pieces (the page of Export-SaltEvent says it)";

    private static readonly (string Name, string Reason)[] Tests =
    [
        ("OverUnixTests.", NoUnixSockets),
        (".UnixFramingTests.", NoUnixSockets),
        (".A_missing_bus_is_a_result_and_no_error", NoUnixSockets),
        (".An_event_fired_right_before_the_stop_is_relayed", WaitNeedsSocket),
        (".Events_of_senders_that_had_to_wait_are_relayed", WaitNeedsSocket),
        (
            ".A_big_frame_in_small_pieces_costs_a_few_times_its_size",
            "mono does not count what is allocated (other tests go without that bound)"
        ),
        (
            ".A_bus_that_sends_ever_longer_frames_costs_the_longest_and_no_more",
            "mono's collector keeps large arrays that are no longer used"
        ),
        (".Two_hundred_starts_and_stops_leave_no_file_and_no_thread", "mono tells Linux no names of threads"),
        (".A_line_is_on_the_disk_once_it_was_written(name: \"run.jsonl.gz\")", NoFlush),
        (".A_full_file_is_set_aside_and_nothing_is_lost(name: \"run.jsonl.gz\")", NoFlush),
        (
            ".An_event_that_fails_for_an_unforeseen_reason_is_counted_as_dropped_and_the_next_is_tried",
            "mono looks for a host of any name; .NET refuses a long one"
        ),
        (".A_frame_is_read_where_it_is_cut_at_any_position", "it takes mono 20 s; other tests cut in fewer places"),
    ];

    /// <summary>The names that no test has any longer.</summary>
    public static string[] Stale(string[] displayNames) =>
        Tests.Select(t => t.Name).Where(n => !displayNames.Any(d => d.Contains(n))).ToArray();

    /// <summary>Why a test is left out; null where it is not.</summary>
    public static string? ReasonFor(string displayName) => Tests.FirstOrDefault(t => displayName.Contains(t.Name)).Reason;
}
