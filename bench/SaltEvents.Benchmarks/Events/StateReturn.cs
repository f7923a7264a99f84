using System;
using System.Buffers;
using System.Globalization;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;

namespace SaltEvents.Benchmarks.Events;

/// <summary>The return of a run of five states, about 1 KB, as Salt 3006.10 sends it (a recorded one is in tests/vectors).</summary>
internal static class StateReturn
{
    public const string Tag = "salt/job/20261123200830367547/ret/web01";
    private const int States = 5;

    /// <summary>The event's frame on the wire.</summary>
    public static byte[] Frame()
    {
        var output = new ArrayBufferWriter<byte>();
        FrameWriter.Write(output, EventCodec.Encode(Tag, Payload(), new DateTime(2026, 11, 23, 20, 8, 30, DateTimeKind.Utc)));
        return output.WrittenSpan.ToArray();
    }

    private static PayloadMap Payload()
    {
        var states = new PayloadMap();
        for (var i = 0; i < States; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"web_{i}");
            states.Add(
                $"pkg_|-{id}_|-nginx_|-installed",
                new PayloadMap
                {
                    { "name", "nginx" },
                    { "changes", new PayloadMap() },
                    { "result", true },
                    { "comment", "All specified packages are already installed" },
                    { "__sls__", "web" },
                    { "__run_num__", (long)i },
                    { "start_time", "20:08:30.869248" },
                    { "duration", 12.482 },
                    { "__id__", id },
                }
            );
        }

        return new PayloadMap
        {
            { "cmd", "_return" },
            { "id", "web01" },
            { "success", true },
            { "return", states },
            { "retcode", 0L },
            { "jid", "20261123200830367547" },
            { "fun", "state.apply" },
            { "fun_args", new object[] { "web" } },
            { "user", "root" },
        };
    }
}
