using System;
using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;
using MessagePack;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Master;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Master;

/// <summary>What a master with msgpack-python 0.3 is asked: one byte of a newer msgpack ends one of its workers.</summary>
public sealed class OldMasterTests : IDisposable
{
    private readonly TemporaryDirectory cache = new();
    private readonly MinionHome home = new();
    private readonly List<byte[]> questions = [];

    public void Dispose()
    {
        cache.Dispose();
        home.Dispose();
    }

    // The codes in a message.
    private static IEnumerable<string> Codes(byte[] message)
    {
        for (var position = 0; MessagePackToken.TryRead(message, position, out var token); position += token.HeadLength + (int)token.Bytes)
        {
            yield return MessagePackCode.ToFormatName(message[position]);
        }
    }

    private static void IsOld(byte[] question) =>
        Assert.DoesNotContain(
            Codes(question),
            c => c.StartsWith("bin", StringComparison.Ordinal) || c.Contains("ext", StringComparison.Ordinal) || c == "str 8"
        );

    // Masters of that age have only ZeroMQ.
    private FakeMasterServer Open() =>
        FakeMasterServer.Open(
            MasterTransport.ZeroMq,
            question =>
            {
                questions.Add(question);
                return FakeMaster.Pack(
                    new PayloadMap
                    {
                        { "enc", "clear" },
                        {
                            "load",
                            new PayloadMap { { "jid", "20131101120000000000" }, { "minions", new object[] { "web1" } } }
                        },
                    }
                );
            }
        );

    [Fact]
    public async Task A_job_is_published_as_old_Salt_does()
    {
        await using var server = Open();
        File.WriteAllText(cache.In(".root_key"), new string('k', 64));
        using var publisher = new MasterPublisher(
            new MasterChannelOptions
            {
                Address = server.Address,
                CacheDirectory = cache.Path,
                Timeout = Eventually.Limit,
            }
        )
        {
            IsOldMaster = true,
        };
        var data = new PayloadMap
        {
            { "text", new string('x', 100) },
            { "bytes", new byte[300] },
            { "when", new DateTime(2026, 11, 27, 13, 45, 1, DateTimeKind.Utc) },
        };

        await publisher.PublishAsync("web*", SaltTargetType.Glob, "my/tag/of/more/than/thirty-two/bytes", data).Soon();

        IsOld(Assert.Single(questions));
        var load = (PayloadMap)((PayloadMap)PayloadDecoder.Decode(questions[0])!)["load"]!;
        Assert.Equal("2026-11-27T13:45:01Z", ((PayloadMap)((object?[])load["arg"]!)[0]!)["when"]);
    }

    [Fact]
    public async Task To_a_newer_master_a_date_stays_a_date()
    {
        await using var server = Open();
        File.WriteAllText(cache.In(".root_key"), new string('k', 64));
        using var publisher = new MasterPublisher(
            new MasterChannelOptions
            {
                Address = server.Address,
                CacheDirectory = cache.Path,
                Timeout = Eventually.Limit,
            }
        );

        await publisher.PublishAsync("web*", SaltTargetType.Glob, "my/tag", new PayloadMap { { "when", DateTime.UtcNow } }).Soon();

        Assert.Contains(Codes(Assert.Single(questions)), c => c.Contains("ext", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_minion_signs_in_as_old_Salt_does()
    {
        await using var server = Open();
        home.Remember(TestKeys.Master); // so that it sends a token
        using var channel = MinionChannel.Open(
            new MinionChannelOptions("web1")
            {
                Masters = [server.Address],
                PkiDirectory = Path.GetDirectoryName(home.MasterKeyPath)!,
                Timeout = Eventually.Limit,
            }
        );

        Assert.False((await channel.FireAsync("my/tag", new PayloadMap()).Soon())[0].Delivered);

        IsOld(Assert.Single(questions));
        Assert.NotNull(((PayloadMap)((PayloadMap)PayloadDecoder.Decode(questions[0])!)["load"]!)["token"]);
    }
}
