using System;
using System.IO;
using System.Linq;
using System.Runtime.Versioning;
using SaltEvents.Core.Configuration;
using Xunit;

namespace SaltEvents.Core.Tests.Configuration;

/// <summary>What Salt's files say. The expected values are those that Salt 3006.10 itself made of the same files.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SaltConfigurationTests : SaltConfigurationTestBase
{
    [Fact]
    public void An_empty_master_has_Salts_defaults()
    {
        var master = Files.With("master", "# nothing").Master();

        Assert.Equal("/var/run/salt/master", master.SockDir.Value);
        Assert.Equal("/etc/salt/pki/master", master.PkiDir.Value);
        Assert.Equal("/var/cache/salt/master", master.CacheDir.Value);
        Assert.Equal((IpcMode.Ipc, 4512, 4513), (master.IpcMode.Value, master.PubPort.Value, master.PullPort.Value));
        Assert.Equal(
            ("0.0.0.0", 4506, "zeromq"),
            (master.Interface.Value, master.RequestPort.Value, master.Transport.Value)
        );
        Assert.Equal(
            (1_048_576, SaltTagMatch.StartsWith, "sha256", "root"),
            (master.MaxEventSize.Value, master.EventMatchType.Value, master.HashType.Value, master.User.Value)
        );
        Assert.True(master.SockDir.Origin.IsDefault);
        Assert.Equal("default", master.PubPort.Origin.ToString());
        Assert.Equal([Files.In("master")], master.Files);
    }

    [Fact]
    public void A_minion_has_its_own_defaults()
    {
        var minion = Files.With("minion", "id: web1", "master_port: 4606").Minion();

        Assert.Equal("/var/run/salt/minion", minion.SockDir.Value);
        Assert.Equal((4510, 4511, 4606), (minion.PubPort.Value, minion.PullPort.Value, minion.RequestPort.Value));
    }

    [Fact]
    public void Each_setting_knows_its_file_and_line()
    {
        var master = Files
            .With("master", "", "ipc_mode: tcp", "tcp_master_pub_port: 5000")
            .With("master.d/a.conf", "# x", "max_event_size: 2048")
            .Master();

        Assert.Equal(Files.At("master", 2), master.IpcMode.Origin.ToString());
        Assert.Equal(Files.At("master", 3), master.PubPort.Origin.ToString());
        Assert.Equal(new SettingOrigin(Files.In("master.d/a.conf"), 2), master.MaxEventSize.Origin);
        Assert.Equal("default", master.PullPort.Origin.ToString());
    }

    [Fact]
    public void Files_of_the_directory_come_over_the_main_file_in_alphabetical_order()
    {
        Files
            .With("master", "user: main", "ipc_mode: ipc")
            .With("master.d/b.conf", "user: b")
            .With("master.d/a.conf", "user: a", "ipc_mode: tcp")
            .With("master.d/.hidden.conf", "user: hidden")
            .With("master.d/c.txt", "user: text")
            .With("minion.d/x.conf", "user: minion");
        var master = Files.Master();

        Assert.Equal("b", master.User.Value);
        Assert.Equal(IpcMode.Tcp, master.IpcMode.Value);
        Assert.Equal(["master", "a.conf", "b.conf"], master.Files.Select(Path.GetFileName));
    }

    [Fact]
    public void Included_files_come_last_and_may_include_others()
    {
        Files
            .With("master", "include: [extra/*.conf, more.conf]", "max_event_size: 10")
            .With("master.d/a.conf", "max_event_size: 15", "interface: 127.0.0.2")
            .With("extra/1.conf", "max_event_size: 20", "include: deep.conf", "m: {a: 1, b: {c: 2}}", "l: [1, 2]")
            .With("extra/deep.conf", "max_event_size: 30", "user: bob")
            .With("more.conf", "m: {b: {d: 3}}", "l: [2, 3]");
        var master = Files.Master();

        Assert.Equal((30, "bob", "127.0.0.2"), (master.MaxEventSize.Value, master.User.Value, master.Interface.Value));
        Assert.Equal([1L, 2L, 3L], master.Get("l")!.Items!.Select(i => i.Content!));
        Assert.Equal(["c", "d"], master.Get("m")!.Entries!["b"].Entries!.Keys.Order());
        Assert.Equal(Files.At("more.conf", 1), master.Get("m")!.Entries!["b"].Entries!["d"].Origin.ToString());
    }

    [Theory]
    [InlineData("{a.conf: , b.conf: x}")]
    [InlineData("\n  a.conf:\n  b.conf:")]
    public void The_keys_of_a_map_are_included(string text)
    {
        var master = Files.With("master", "include: " + text).With("a.conf", "user: a").With("b.conf", "ret_port: 5").Master();
        Assert.Equal(("a", 5), (master.User.Value, master.RequestPort.Value));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("{}")]
    [InlineData("a.conf/")]
    public void Nothing_and_the_name_of_a_directory_include_no_file(string text) =>
        Assert.Equal("root", Files.With("master", "include: " + text).With("a.conf", "user: a").Master().User.Value);

    [Fact]
    public void A_file_above_a_directory_that_is_a_link_is_above_what_the_link_leads_to()
    {
        Files.With("shared/a.conf", "user: shared").With("a.conf", "user: beside").With("shared/etc/master", "include: ../a.conf");
        Directory.CreateSymbolicLink(Files.In("etc"), Files.In("shared/etc"));
        Assert.Equal("shared", SaltConfiguration.Read(Files.In("etc/master"), SaltNode.Master, Files.In("etc/master")).User.Value);
        Assert.Equal("root", Files.With("master", "include: gone/../a.conf").Master().User.Value);
    }

    [Fact]
    public void Default_include_replaces_the_directory()
    {
        var master = Files
            .With("master", "default_include: foo/*.cnf")
            .With("foo/a.cnf", "sock_dir: /one")
            .With("master.d/a.conf", "sock_dir: /two")
            .Master();
        Assert.Equal("/one", master.SockDir.Value);
    }

    [Theory]
    [InlineData("sock_dir: /opt/x/run", "/opt/x/run")]
    [InlineData("sock_dir: /run/salt", "/opt/x/run/salt")]
    [InlineData("sock_dir: here", "/opt/x/here")]
    [InlineData("sock_dir: /opt/xy", "/opt/x/opt/xy")]
    [InlineData("", "/opt/x/var/run/salt/master")]
    public void Root_dir_comes_before_what_does_not_lie_under_it(string line, string expected)
    {
        foreach (var root in new[] { "/opt/x", "/opt/x/", "/opt/x//", "/opt/./x", "/opt/y/../x/" })
        {
            var sock = Files.With("master", "root_dir: " + root, line).Master().SockDir;

            Assert.Equal(expected, sock.Value);
            Assert.Equal(
                expected != "/opt/x/run",
                sock.Origin.ToString().Contains("under root_dir: " + Files.At("master", 1), StringComparison.Ordinal)
            );
        }
    }

    [Theory]
    [InlineData("/opt/x", "/opt/x/run/", "/opt/x/run")]
    [InlineData("/opt/x/", "/opt/x//run//salt", "/opt/x/run/salt")]
    [InlineData("/", "/run/salt/", "/run/salt")]
    [InlineData("//", "/run/salt", "/run/salt")]
    [InlineData("/opt/x", "../run", "/opt/run")]
    [InlineData("/opt/x", "../../../run/.", "/run")]
    [InlineData("/opt/x", "/a/../../run", "/opt/x/run")]
    [InlineData("/opt/x", "/opt/x/", "/opt/x")]
    [InlineData("/opt/x", "/opt/x/../../../run", "/opt/x/run")]
    [InlineData("/", "/", "/")]
    public void Paths_are_normalized_as_Salt_does(string root, string sock, string expected) =>
        Assert.Equal(expected, Files.With("master", "root_dir: " + root, "sock_dir: " + sock).Master().SockDir.Value);

    [Theory]
    [InlineData(@"C:\Salt", @"D:\run", @"D:\run")]
    [InlineData(@"E:\x", @"C:\Salt\var\run", @"E:\x\var\run")]
    [InlineData(@"E:\x", @"run\salt", @"E:\x\run\salt")]
    [InlineData(@"E:\x", @"\run", @"E:\x\run")]
    [InlineData(@"C:\Salt\sub", @"C:\Salt\sub\run", @"C:\Salt\sub\run")]
    [InlineData(@"C:\Salt\sub\", @"C:\Salt\sub\run\", @"C:\Salt\sub\run")]
    [InlineData(@"E:\x\", @"run", @"E:\x\run")]
    [InlineData(@"E:\x", @"\\server\share\run", @"\\server\share\run")]
    [InlineData(@"E:\x", @"//server/share/run", @"//server/share/run")]
    public void On_Windows_root_dir_comes_before_relative_paths_and_in_place_of_Salts_root(string root, string path, string expected) =>
        Assert.Equal(expected, RootDirectory.Prepend(root, @"C:\Salt", path, isWindows: true));

    [Fact]
    public void A_long_sock_dir_is_replaced_as_Salt_does()
    {
        var sock = Files.With("master", "sock_dir: /a/very/long/path/of/a/socket/directory", "cachedir: /c").Master().SockDir;

        Assert.Equal("/c/.salt-unix", sock.Value);
        Assert.StartsWith(Files.At("master", 1), sock.Origin.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcp", IpcMode.Tcp, "")]
    [InlineData("ipc", IpcMode.Ipc, "")]
    [InlineData("IPC", IpcMode.Ipc, ", 'IPC' is not 'tcp'")]
    [InlineData("TCP", IpcMode.Ipc, ", 'TCP' is not 'tcp'")]
    [InlineData("", IpcMode.Ipc, ", empty is not 'tcp'")]
    public void An_ipc_mode_that_is_not_tcp_is_sockets(string text, IpcMode expected, string note)
    {
        var mode = Files.With("master", "ipc_mode: " + text).Master().IpcMode;
        Assert.Equal((expected, Files.At("master", 1) + note), (mode.Value, mode.Origin.ToString()));
    }

    [Theory]
    [InlineData("10737418240")]
    [InlineData("'10737418240'")]
    [InlineData("100000000000000000000000")]
    [InlineData("1.0e+20")]
    [InlineData(".inf")]
    public void A_max_event_size_beyond_an_int_is_unlimited(string size) =>
        Assert.Equal(int.MaxValue, Files.With("master", "max_event_size: " + size).Master().MaxEventSize.Value);

    [Theory]
    [InlineData(@"D:\salt", true, @"D:\salt")]
    [InlineData("", true, @"C:\salt")]
    [InlineData(null, true, @"C:\salt")]
    [InlineData(null, false, @"C:\ProgramData\Salt Project\Salt")]
    public void On_Windows_the_registry_comes_before_a_directory_that_anyone_can_make(string? registered, bool hasOld, string expected) =>
        Assert.Equal(expected, SaltPaths.WindowsRoot(registered, "C:", @"C:\ProgramData", path => hasOld && path == @"C:\salt\conf"));

    [Fact]
    public void Variables_in_the_registry_are_expanded() =>
        Assert.Equal(Environment.GetEnvironmentVariable("PATH") + @"\x", SaltPaths.WindowsRoot(@"%PATH%\x", "C:", "P", _ => true));

    [Fact]
    public void Else_the_file_in_Salts_directory_under_root_dir()
    {
        var minion = Files.With("conf/minion", "root_dir: " + Files.Path).With("etc/salt/minion_id", "web9");
        Assert.Equal("web9", new ConfigurationPlace(Files.In("conf/minion"), SaltNode.Minion).Read().Id!.Value);
        Assert.Equal("web9", new ConfigurationPlace(minion.With("conf/minion_id", "web8").In("conf/minion"), SaltNode.Minion).Read().Id!.Value);
        File.Delete(Files.In("conf/minion_id"));
        Assert.Null(new ConfigurationPlace(minion.With("etc/salt/minion_id", "localhost").In("conf/minion"), SaltNode.Minion).Read().Id);
    }

    [Theory]
    [InlineData("4600", 4600)]
    [InlineData("'4600'", 4600)]
    [InlineData("[4600]", 4600)]
    [InlineData("['4600']", 4600)]
    [InlineData("\n  - 4600", 4600)]
    [InlineData("65535", 65535)]
    [InlineData("4600.0", 4600)]
    [InlineData("46.007e+2", 4600)]
    public void A_port_is_a_number_digits_or_one_of_them_in_a_list(string text, int expected) =>
        Assert.Equal(expected, Files.With("minion", "tcp_pub_port: " + text).Minion().PubPort.Value);

    [Fact]
    public void Merge_keys_and_aliases_work()
    {
        var master = Files.With("master", "base: &base {user: alice, ipc_mode: tcp}", "<<: *base", "user: bob", "again: *base").Master();

        Assert.Equal(("bob", IpcMode.Tcp), (master.User.Value, master.IpcMode.Value));
        Assert.Equal("alice", master.Get("again")!.Entries!["user"].Content);
        Assert.Equal(Files.At("master", 1), master.IpcMode.Origin.ToString());
    }

    [Theory]
    [InlineData("foo: \"a\nb\"")]
    [InlineData("foo: [a,\nb]")]
    [InlineData("foo: {\na: 1,\n'b\nc': 2 # [\n}")]
    [InlineData("nodegroups: {1: a, \"1\": b}")]
    [InlineData("foo: {a: &x 1, b: *x}")]
    public void YAML_that_Salt_takes_is_taken(string text) =>
        Assert.Equal("web1", Files.With("minion", text, "id: web1").Minion().Id!.Value);

    [Fact]
    public void A_setting_without_a_property_can_be_read()
    {
        var master = Files.With("master", "publisher_acl:", "  bob: [test.ping]", "auto_accept: True", "timeout: 1.5", "empty:").Master();

        Assert.Equal("test.ping", master.Get("publisher_acl")!.Entries!["bob"].Items![0].Content);
        Assert.Equal((true, 1.5, null), (master.Get("auto_accept")!.Content, master.Get("timeout")!.Content, master.Get("empty")!.Content));
        Assert.Null(master.Get("nothing"));
    }

    [Fact]
    public void A_file_with_a_byte_order_mark_or_nothing_in_it_is_read()
    {
        File.WriteAllText(Files.In("master"), "\uFEFFuser: bob\n");
        Assert.Equal("bob", Files.Master().User.Value);
        File.WriteAllText(Files.In("master"), string.Empty);
        Assert.Equal("root", Files.Master().User.Value);
    }
}
