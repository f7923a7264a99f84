using System;
using System.IO;
using System.Linq;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>
/// Every target type, from the parameter to the request that the master gets: <c>tgt_type</c> and <c>tgt</c> as the salt command sends
/// them.
/// </summary>
public sealed class TargetTypeTests : IDisposable
{
    private readonly Shell shell = new();
    private readonly RecordedMaster master;

    public TargetTypeTests()
    {
        master = new RecordedMaster(shell.Directory, _ => RecordedMaster.Published("web1", "web2"));
        File.AppendAllText(Path.Combine(shell.Directory, "master"), "nodegroups:\n  edge: 'L@web1,web2 or web9*'\n");
    }

    public static TheoryData<string, string, string, object> Types => new()
    {
        { "Glob", "'web*'", "glob", "web*" },
        { "Pcre", "'web\\d+'", "pcre", "web\\d+" },
        { "List", "web1, web2", "list", new[] { "web1", "web2" } },
        { "List", "'web1, web2'", "list", new[] { "web1", "web2" } },
        { "Grain", "os:Debian", "grain", "os:Debian" },
        { "GrainPcre", "'os:Deb.*'", "grain_pcre", "os:Deb.*" },
        { "Pillar", "role:web", "pillar", "role:web" },
        { "Nodegroup", "edge", "compound", "( L@web1,web2 or web9* )" },
        { "IpCidr", "10.0.0.0/8", "ipcidr", "10.0.0.0/8" },
        { "Compound", "'G@os:Debian and not web9'", "compound", "G@os:Debian and not web9" },
    };

    public void Dispose()
    {
        master.Dispose();
        shell.Dispose();
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_target_type_reaches_the_master_as_the_salt_command_names_it(
        string type,
        string target,
        string sentType,
        object sentTarget
    )
    {
        var job = shell.Run($"Send-SaltEvent t x -Target {target} -TargetType {type} -ConfigPath $dir").Good().Single;

        var load = Assert.Single(master.Loads);
        Assert.Equal((sentType, "event.fire"), (load["tgt_type"], load["fun"]));
        Assert.Equal(sentTarget, load["tgt"] is object?[] list ? list.OfType<string>().ToArray() : load["tgt"]);
        Assert.Equal(type, job.TargetType.ToString());
    }

    [Fact]
    public void Every_target_type_is_tested_here()
    {
        var names = shell
            .Run("[enum]::GetNames((Get-Command Send-SaltEvent).Parameters['TargetType'].ParameterType)")
            .Good()
            .Output.Select(n => (string)n.BaseObject);

        Assert.Equal(Types.Select(row => (string)((object[])row)[0]).Distinct().Order(), names.Order());
    }
}
