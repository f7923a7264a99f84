using System;
using System.IO;
using System.Linq;
using System.Runtime.Versioning;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Configuration;

/// <summary>Broken and hostile files: an error that names file and line, soon and in little memory.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ConfigurationErrorTests : IDisposable
{
    private readonly SaltFiles files = new();

    public void Dispose() => files.Dispose();

    private SaltConfigurationException Error() => Assert.Throws<SaltConfigurationException>(files.Master);

    [Theory]
    [InlineData("a: 1\n b: 2", 2)]
    [InlineData("a: 1\nb: 'x", 2)]
    [InlineData("a: 1\nb: c: d", 2)]
    [InlineData("a: 1\nb: %x", 2)]
    [InlineData("a: 1\nb: [1, 2\nc: d", 2)]
    [InlineData("a: 1\nb: *nope", 2)]
    [InlineData("a: 1\nb: !secret x", 2)]
    [InlineData("a: 1\nb: &x [*x]", 2)]
    [InlineData("a: 1\nb: 2\na: 3", 3)]
    [InlineData("a: 1\n---\nb: 2", 2)]
    [InlineData("a: 1\n[1]: 2", 2)]
    [InlineData("a: 1\n<<: 5", 2)]
    [InlineData("a: 'x'\n  \t\nb: 2", 2)]
    [InlineData("a:\n-\tb", 2)]
    [InlineData("\t# c\na: b", 1)]
    [InlineData("a: 1\nb: [%x]", 2)]
    [InlineData("a: 1\nb: \"x\nc: d\ne: f\n", 2)]
    [InlineData("a: 1\nb: {x: [y],\nc: d\ne: f\n", 2)]
    public void Bad_YAML_names_file_and_line(string text, int line)
    {
        var error = Assert.Throws<SaltConfigurationException>(files.With("master", text).Master);

        Assert.Equal((SaltConfigurationReason.Invalid, files.In("master"), line), (error.Reason, error.Path, error.Line));
        Assert.StartsWith(files.At("master", line) + ": ", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, Func<SaltConfiguration, object?>> WrongValues =>
        new()
        {
            { "tcp_master_pub_port: [1, 2]", "tcp_master_pub_port is a list; expected is a port from 1 to 65535", c => c.PubPort },
            { "tcp_master_pub_port: auto", "tcp_master_pub_port is 'auto'; expected is a port from 1 to 65535", c => c.PubPort },
            { "tcp_master_pull_port: 0", "tcp_master_pull_port is 0; expected is a port", c => c.PullPort },
            { "ret_port: 65536", "ret_port is 65536; expected is a port", c => c.RequestPort },
            { "ret_port: yes", "ret_port is True; expected is a port", c => c.RequestPort },
            { "max_event_size: 0.5", "max_event_size is 0.5; expected is a number of bytes", c => c.MaxEventSize },
            { "max_event_size: -1", "max_event_size is -1; expected is a number of bytes", c => c.MaxEventSize },
            { "max_event_size: 0", "max_event_size is 0; expected is a number of bytes", c => c.MaxEventSize },
            {
                "event_match_type: glob",
                "event_match_type is 'glob'; expected is one of startswith, endswith, find, regex, fnmatch",
                c => c.EventMatchType
            },
            { "sock_dir: [a]", "sock_dir is a list; expected is a directory", c => c.SockDir },
            { "sock_dir: {a: b}", "sock_dir is a map; expected is a directory", c => c.SockDir },
            { "sock_dir: ''", "sock_dir is ''; expected is a directory", c => c.SockDir },
            { "sock_dir: \"/a\\0b\"", "sock_dir is '/a b'; expected is a directory", c => c.SockDir },
            { "pki_dir: \"/a\\0b\"", "pki_dir is '/a b'; expected is a directory", c => c.PkiDir },
            { "cachedir: \"/a\\0b\"", "cachedir is '/a b'; expected is a directory", c => c.CacheDir },
            { "root_dir: \"/a\\0b\"", "root_dir is '/a b'; expected is a directory", c => c.PkiDir },
            { "sock_dir: sdb://x/y", "only Salt can look up values in sdb", c => c.SockDir },
            { "pki_dir: sdb://x/y", "only Salt can look up values in sdb", c => c.PkiDir },
            { "cachedir: 5", "cachedir is 5; expected is a directory", c => c.CacheDir },
            { "user: 12", "user is 12; expected is the name of an account", c => c.User },
            { "root_dir:", "root_dir is empty; expected is a directory", c => c.PkiDir },
            { "hash_type: 256", "hash_type is 256; expected is the name of a hash", c => c.HashType },
            { "id: [a]", "id is a list; expected is text", c => c.Id },
        };

    [Theory]
    [MemberData(nameof(WrongValues))]
    public void A_wrong_value_is_an_error_where_it_is_needed_and_names_file_line_and_what_is_expected(
        string text,
        string message,
        Func<SaltConfiguration, object?> need
    )
    {
        var master = files.With("master", "# one", text).Master();
        Assert.NotNull(text.StartsWith("ipc", StringComparison.Ordinal) ? master : master.IpcMode); // what is not broken can be read
        var error = Assert.Throws<SaltConfigurationException>(() => need(master));
        Assert.StartsWith(files.At("master", 2) + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("include: [{a: b}]", "a file to include is a map; expected is a path, or a list of paths")]
    [InlineData("default_include: [3]", "a file to include is 3; expected is a path")]
    public void A_file_that_cannot_be_included_is_named_with_file_and_line(string text, string message)
    {
        files.With("master", "# one", text);
        Assert.StartsWith(files.At("master", 2) + ": ", Error().Message, StringComparison.Ordinal);
        Assert.Contains(message, Error().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("just text")]
    [InlineData("- a\n- b")]
    [InlineData("5")]
    public void A_document_that_is_not_a_map_is_refused_and_not_shown(string text)
    {
        var error = Assert.Throws<SaltConfigurationException>(files.With("master", text).Master);
        Assert.Contains("expected is a map of settings", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain($"is '{text}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ipc_mode: [")]
    [InlineData("pillar_roots:base:- /srv/pillar\n#")]
    [InlineData("user: 1\nuser: 2")]
    [InlineData("- a")]
    [InlineData("just text")]
    [InlineData("schedule:\n  job: {enabled: true,")]
    [InlineData("user: b\na: '\0'")]
    [InlineData("user: b # \u007F")]
    [InlineData("\tuser: b")]
    [InlineData("user: b\na: &one 1\nb: &one 2")]
    [InlineData("user: b\na: =")]
    [InlineData("user: b\na: [<<]")]
    [InlineData("user: b\na: !!python/tuple [1]")]
    [InlineData("user: b\na: !!str [1]")]
    [InlineData("user: b\na: !!seq {c: 1}")]
    [InlineData("<<: [{user: b}, {user: c}]")]
    public void An_included_file_that_is_not_a_configuration_is_left_out_and_named(string text)
    {
        var master = files
            .With("master", "interface: 127.0.0.2", "include: extra/*")
            .With("master.d/a.conf", "user: a")
            .With("master.d/m.conf", text)
            .With("master.d/z.conf", "ret_port: 5")
            .With("extra/x", text)
            .With("extra/y", "tcp_master_pub_port: 6")
            .Master();

        Assert.Equal(
            ("127.0.0.2", "a", 5, 6),
            (master.Interface.Value, master.User.Value, master.RequestPort.Value, master.PubPort.Value)
        );
        Assert.Equal([files.In("master.d/m.conf"), files.In("extra/x")], master.Skipped.Select(e => e.Path));
        Assert.All(master.Skipped, e => Assert.StartsWith(e.Path + ":", e.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void An_included_file_beyond_the_bounds_is_an_error()
    {
        files.With("master").With("master.d/a.conf", "a: " + new string('[', 200) + new string(']', 200));
        Assert.Contains("nested deeper than 100", Error().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_includes_itself_is_refused()
    {
        files.With("master", "include: a.conf").With("a.conf", "include: a.conf");
        Assert.Contains("include each other more than 20 deep", Error().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_alias_bomb_is_refused_and_costs_little()
    {
        var lines = Enumerable
            .Range(1, 30)
            .Select(i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat(i == 1 ? "x" : "*a" + (i - 1), 10))}]");
        files.With("master", [.. lines]);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Contains("counting the values that aliases and merge keys refer to", Error().Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 5_000_000);
    }

    [Theory]
    [InlineData("<<: *b")]
    [InlineData("<<: [*b]")]
    [InlineData("k: *b")]
    public void A_bomb_of_merge_keys_is_refused_and_costs_little(string line)
    {
        string[] lines =
        [
            "b: &b",
            .. Enumerable.Range(0, 1000).Select(i => $"  key{i}: 1"),
            .. Enumerable.Range(0, 10_000).Select(i => $"m{i}: {{{line}}}"),
        ];
        files.With("master", lines);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Contains("counting the values that aliases and merge keys", Error().Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 60_000_000); // 10 million entries would be 2 GB
    }

    [Fact]
    public void Maps_of_many_included_files_are_joined_in_little_memory()
    {
        files.With("master").With("master.d/0.conf", ["m:", .. Enumerable.Range(0, 100_000).Select(i => $"  key{i}: 1")]);
        for (var i = 1; i < 900; i++)
        {
            files.With($"master.d/{i}.conf", $"m: {{other{i}: 1}}", "l: [1, 2]");
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(100_899, files.Master().Get("m")!.Entries!.Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 300_000_000); // copied each time it would be 9 GB
    }

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public void Deep_nesting_is_refused(char open, char close)
    {
        files.With("master", "a: " + new string(open, 1_000_000) + new string(close, 1_000_000));
        Assert.Contains("nested deeper than 100", Error().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_huge_file_is_refused_unread()
    {
        using (var file = File.Create(files.In("master")))
        {
            file.SetLength(3L * 1024 * 1024 * 1024); // sparse
        }

        Assert.Contains("longer than 16 MiB", Error().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_files_are_refused()
    {
        files.With("master");
        for (var i = 0; i < 1001; i++)
        {
            files.With($"master.d/{i}.conf", "a: 1");
        }

        Assert.Contains("more than 1000 files", Error().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_refused()
    {
        File.WriteAllBytes(files.In("master"), [(byte)'a', (byte)':', (byte)' ', 0xFF, 0xFE]);
        Assert.Contains("not UTF-8", Error().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_with_no_configuration_says_what_was_looked_for()
    {
        var nowhere = Assert.Throws<SaltConfigurationException>(() => ConfigurationSearch.FindAt(files.In("nowhere")));
        Assert.Equal((SaltConfigurationReason.NotFound, files.In("nowhere")), (nowhere.Reason, nowhere.Path));
        Assert.Contains(
            "master or minion is not there",
            Assert.Throws<SaltConfigurationException>(() => ConfigurationSearch.FindAt(files.Path)).Message,
            StringComparison.Ordinal
        );
        files.With("minion", "id: web1").With("odd", "id: web1");
        Assert.Contains(
            "master is not there",
            Assert.Throws<SaltConfigurationException>(() => ConfigurationSearch.FindAt(files.Path, SaltNode.Master)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "-Node Master or -Node Minion",
            Assert.Throws<SaltConfigurationException>(() => ConfigurationSearch.FindAt(files.In("odd"))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Both_nodes_of_a_directory_are_found_the_masters_first()
    {
        files.With("master.d/a.conf", "ipc_mode: tcp").With("minion", "id: web1");

        Assert.Equal([SaltNode.Master, SaltNode.Minion], ConfigurationSearch.FindAt(files.Path).Select(c => c.Node));
        Assert.Equal(IpcMode.Tcp, ConfigurationSearch.FindAt(files.Path, SaltNode.Master).Single().IpcMode.Value);
        Assert.Equal(SaltNode.Minion, ConfigurationSearch.FindAt(files.In("minion")).Single().Node);
    }

    [NeedsFact(What = "root")]
    public void A_file_that_may_not_be_read_names_its_owner_and_mode()
    {
        Skip.IfNot(Environment.UserName == "root", "It needs root, to look as another account.");
        files.With("master");
        File.SetUnixFileMode(files.In("master"), UnixFileMode.UserRead);
        File.SetUnixFileMode(files.Path, (UnixFileMode)0b111_101_101);
        _ = ProcessState.SetFileAccount(65534);
        try
        {
            var error = Error();
            Assert.Equal(SaltConfigurationReason.Denied, error.Reason);
            Assert.Contains("it belongs to root:root, mode 0400", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            _ = ProcessState.SetFileAccount(0);
        }
    }
}
