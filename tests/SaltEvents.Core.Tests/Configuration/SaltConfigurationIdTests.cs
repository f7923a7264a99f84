using System;
using System.Linq;
using System.Runtime.Versioning;
using System.Threading.Tasks;
using Xunit;

namespace SaltEvents.Core.Tests.Configuration;

/// <summary>Which id a minion's files give it. The expected values are those that Salt 3006.10 itself made of the same files.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SaltConfigurationIdTests : SaltConfigurationTestBase
{
    [Theory]
    [InlineData("id: web1", "web1")]
    [InlineData("id: 0123", "123")]
    [InlineData("id: '0123'", "0123")]
    [InlineData("id: 08", "08")]
    [InlineData("id: 1.50", "1.5")]
    [InlineData("id: 2.0", "2.0")]
    [InlineData("id: 1.0e+20", "1e+20")]
    [InlineData("id: yes", "True")]
    [InlineData("id: 2024-01-02", "2024-01-02")]
    [InlineData("id: 0x1F", "31")]
    [InlineData("id: 1_000", "1000")]
    [InlineData("id: 1:30", "90")]
    [InlineData("id: 1e3", "1e3")]
    [InlineData("id:", "None")]
    [InlineData("id: 100000000000000000000000", "100000000000000000000000")]
    [InlineData("id: 1_000_000_000_000_000_000_000", "1000000000000000000000")]
    [InlineData("id: 0xFFFFFFFFFFFFFFFFFF", "4722366482869645213695")]
    [InlineData("id: -0123", "-83")]
    [InlineData("id: 1:30.5", "90.5")]
    [InlineData("id: .inf", "inf")]
    [InlineData("id: .NaN", "nan")]
    [InlineData("id: 1.0e+15", "1000000000000000.0")]
    [InlineData("id: 1.0e+16", "1e+16")]
    [InlineData("id: !!str 12", "12")]
    [InlineData("id: web1\nappend_domain: example.org", "web1.example.org")]
    [InlineData("id: web1.example.org\nappend_domain: example.org", "web1.example.org")]
    public void An_id_is_the_text_that_Salt_makes_of_it(string text, string expected) =>
        Assert.Equal(expected, Files.With("minion", text).Minion().Id!.Value);

    [Theory]
    [InlineData("", '9', "")]
    [InlineData("-", '9', "")]
    [InlineData("0x", 'f', "")]
    [InlineData("0b", '1', "")]
    [InlineData("1:", '1', ":1")]
    public async Task A_number_of_a_million_digits_takes_no_time(string start, char digit, string end)
    {
        var digits = end.Length > 0 ? string.Join(end[..1], Enumerable.Repeat(digit, 500_000)) : new string(digit, 1_000_000);
        var read = Task.Run(() => Files.With("minion", $"other: {start}{digits}{end}\nid: web1").Minion().Id!.Value);
        Assert.Equal("web1", await read.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void Without_an_id_the_file_beside_it_names_it()
    {
        var minion = Files.With("minion", "ipc_mode: tcp").With("minion_id", "web7 ").Minion();

        Assert.Equal("web7", minion.Id!.Value);
        Assert.Equal(Files.At("minion_id", 1), minion.Id.Origin.ToString());
        Assert.Equal("web8", Files.With("minion", "id: web8").Minion().Id!.Value);
    }

    [Fact]
    public void A_byte_order_mark_in_that_file_is_part_of_the_id_as_for_Salt()
    {
        Assert.Equal("\uFEFFweb7", Files.With("minion").With("minion_id", "\uFEFFweb7").Minion().Id!.Value);
    }

    [Theory]
    [InlineData("False", null)]
    [InlineData("0", null)]
    [InlineData("''", null)]
    [InlineData("", null)]
    [InlineData("True", "web7")]
    [InlineData("'False'", "web7")]
    public void The_file_is_not_read_where_minion_id_caching_is_off(string caching, string? expected) =>
        Assert.Equal(
            expected,
            Files.With("minion", "root_dir: " + Files.Path, "minion_id_caching: " + caching).With("minion_id", "web7").Minion().Id?.Value
        );

    [Theory]
    [InlineData("[pki_dir, cachedir]")]
    [InlineData("{pki_dir: , cachedir: 1}")]
    public void Directories_with_the_minions_id_have_it_at_their_end(string names)
    {
        var minion = Files.With("minion", "id: web1", "append_minionid_config_dirs: " + names, "pki_dir: /p").Minion();
        Assert.Equal(("/p/web1", "/var/cache/salt/minion/web1"), (minion.PkiDir.Value, minion.CacheDir.Value));
    }

    [Theory]
    [InlineData("/run/0123456789012345", "/run/0123456789012345")] // 10 characters longer than the cachedir with the id
    [InlineData("/run/01234567890123456", "/cache/web1/.salt-unix")]
    public void They_have_it_where_a_long_sock_dir_is_compared_with_them(string sock, string expected)
    {
        var minion = Files.With("minion", "id: web1", "append_minionid_config_dirs: [cachedir]", "cachedir: /cache", "sock_dir: " + sock);
        Assert.Equal(expected, minion.Minion().SockDir.Value);
    }
}
