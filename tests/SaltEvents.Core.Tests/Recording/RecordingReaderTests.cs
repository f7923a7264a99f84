using System;
using System.IO;
using System.Linq;
using System.Text;
using SaltEvents.Core.Recording;
using Xunit;

namespace SaltEvents.Core.Tests.Recording;

/// <summary>Where events start and end in the text of a recording.</summary>
public sealed class RecordingReaderTests
{
    private const string A = "{\"tag\":\"a\",\"data\":{\"x\":\"}]{[\\\"\"}}";
    private const string B = "{\"tag\":\"b\",\"data\":{}}";

    [Theory]
    [InlineData(A + "\n" + B + "\n", "a b")]
    [InlineData(A + "\r\n" + B, "a b")]
    [InlineData("\uFEFF" + A + "\n\n\n" + B + "\n", "a b")]
    [InlineData("[" + A + "," + B + "]", "a b")]
    [InlineData(
        "[\n  {\n    \"tag\": \"a\",\n    \"data\": {\n      \"x\": [\n        1\n      ]\n    }\n  },\n  {\n    \"tag\": \"b\",\n    \"data\": {}\n  }\n]\n",
        "a b"
    )]
    [InlineData("{\n  \"tag\": \"a\",\n  \"data\": {}\n}\n{\n  \"tag\": \"b\",\n  \"data\": {}\n}\n", "a b")]
    [InlineData("a\t{\"x\": 1}\nb/c\t{\"y\": {}}\n", "a b/c")]
    [InlineData("a\t{\n    \"x\": [\n        1\n    ]\n}\nb\t{}\n", "a b")]
    [InlineData("a b\t{}\n", "a b")]
    public void Every_event_is_found(string text, string tags)
    {
        var items = Read(text);
        Assert.DoesNotContain(items, i => i.IsTorn);
        Assert.Equal(tags, string.Join(" ", items.Select(i => EventLine.Read(i.Json, i.Tag, out _).Tag)));
    }

    [Fact]
    public void A_recording_that_is_cut_off_anywhere_loses_its_last_event_at_most()
    {
        var text = A + "\n" + B + "\n";
        for (var length = 0; length <= text.Length; length++)
        {
            var items = Read(text.Substring(0, length));
            Assert.Equal(length >= A.Length ? 1 + (length >= text.Length - 1 ? 1 : 0) : 0, items.Count(i => !i.IsTorn));
            Assert.Equal(
                length is 0 || length == A.Length || length == A.Length + 1 || length >= text.Length - 1 ? 0 : 1,
                items.Count(i => i.IsTorn)
            );
        }
    }

    [Fact]
    public void Lines_after_a_torn_line_are_read()
    {
        for (var length = 1; length < A.Length; length++)
        {
            var items = Read(A.Substring(0, length) + "\n" + B + "\n" + A + "\n");
            Assert.Equal([true, false, false], items.Select(i => i.IsTorn));
            Assert.Equal([1L, 2L, 3L], items.Select(i => i.Line));
            Assert.Equal("b", EventLine.Read(items[1].Json, null, out _).Tag);
        }
    }

    [Fact]
    public void Numbers_as_Python_writes_them_outside_JSON_are_read()
    {
        var item = Read("t\t{\"a\": NaN, \"b\": [Infinity, -Infinity], \"c\": \"NaN Infinity\"}\n").Single();
        var read = EventLine.Read(item.Json, item.Tag, out _);
        Assert.True(read.Fields.TryGetValue("a", out var a) && a is double.NaN);
        Assert.True(read.Fields.TryGetValue("b", out var b));
        Assert.Equal([double.PositiveInfinity, double.NegativeInfinity], ((object?[])b!).Cast<double>());
        Assert.True(read.Fields.TryGetValue("c", out var c));
        Assert.Equal("NaN Infinity", c);
    }

    [Theory]
    [InlineData(" 1,")] // one line
    [InlineData(" 1,\n")] // many lines
    public void A_value_that_never_ends_is_an_error_before_it_takes_all_memory(string repeated)
    {
        const int MaxLength = 1 << 20;
        var endless = "{\"tag\":\"c\",\"data\":[\n" + string.Concat(Enumerable.Repeat(repeated, MaxLength));
        using var text = new MemoryStream(Encoding.UTF8.GetBytes(A + "\n" + endless));
        var error = Assert.Throws<IOException>(() => RecordingReader.Read(text, MaxLength).Count());
        Assert.Contains("more than 1048576 ", error.Message, StringComparison.Ordinal);
    }

    private static RecordingItem[] Read(string text) => RecordingReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text))).ToArray();
}
