using System;
using System.IO;
using System.Linq;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Events, buses and sessions as tables.</summary>
public sealed class FormattingTests : FormattingTestBase
{
    [Fact]
    public void The_last_column_is_not_lost()
    {
        Wire.Send("my/tag", ("answer", 42));
        Assert.Contains("answer=42", Show("Get-SaltEvent -Session $s")[2], StringComparison.Ordinal);
    }

    [Fact]
    public void The_list_view_has_every_property_of_every_family()
    {
        var labels = System
            .Xml.Linq.XDocument.Load(Path.Combine(Repository.Binaries, "SaltEvents.Format.ps1xml"))
            .Descendants("View")
            .First(v => v.Element("Name")!.Value == "SaltEvents.SaltEvent.List")
            .Descendants("Label")
            .Select(l => l.Value)
            .ToArray();
        foreach (var tag in TagFamilyTests.Tags.Select(row => (string)row[0]))
        {
            Wire.SendBytes(tag, 0x80);
            Shell["e"] = Shell.Run("Get-SaltEvent -Session $s").Single;
            var properties = Shell
                .Run("$e.psobject.Properties.Name")
                .Output.Select(o => (string)o.BaseObject)
                .Except(["Family", "JobId", "MinionId", "Function", "Succeeded"]);
            Assert.Empty(properties.Except(labels));
        }
    }

    [Theory]
    [InlineData(new byte[] { 0xC0 }, "null")]
    [InlineData(new byte[] { 0x80 }, "")]
    [InlineData(new byte[] { 0x90 }, "[]")]
    [InlineData(new byte[] { 0xC4, 2, 1, 2 }, "(2 bytes)")]
    [InlineData(new byte[] { 0xC1, 1 }, "(2 bytes)")]
    [InlineData(new byte[] { 0xC3 }, "true")]
    [InlineData(new byte[] { 0x81, 0xA1, 97, 0x82, 0xA1, 98, 1, 0xA1, 99, 0x92, 2, 3 }, "a={b=1,c=[2,3]}")]
    public void A_payload_is_one_line(byte[] payload, string expected)
    {
        Wire.SendBytes("t", payload);
        Assert.Equal(
            expected,
            Shell.Run("[SaltEvents.SaltEventView]::GetContent((Get-SaltEvent -Session $s -WarningAction SilentlyContinue))").Value
        );
    }

    [Fact]
    public void A_long_payload_is_cut()
    {
        Wire.Send("t", ("x", new string('x', 100_000)), ("l", Enumerable.Range(0, 10_000).Select(i => (object?)i).ToArray()));
        Assert.Equal(200, ((string)Shell.Run("[SaltEvents.SaltEventView]::GetContent((Get-SaltEvent -Session $s))").Value!).Length);
    }
}
