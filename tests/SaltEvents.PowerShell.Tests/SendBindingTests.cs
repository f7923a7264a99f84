using System;
using System.Linq;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>The ways to say what to send and under which tag.</summary>
public sealed class SendBindingTests : IDisposable
{
    private readonly Shell shell = new();
    private readonly Wire wire;

    public SendBindingTests()
    {
        shell.StartBus();
        wire = Wire.Listen(shell.Directory);
    }

    [Theory]
    [InlineData("Send-SaltEvent 'message' 'my/tag'")]
    [InlineData("Send-SaltEvent -Data 'message' -Tag 'my/tag'")]
    [InlineData("Send-SaltEvent -Tag 'my/tag' 'message'")]
    [InlineData("Send-SaltEvent 'message' -Tag 'my/tag'")]
    [InlineData("'message' | Send-SaltEvent 'my/tag'")]
    [InlineData("'message' | Send-SaltEvent -Tag 'my/tag'")]
    [InlineData("Send-SaltEvent -InputObject 'message' 'my/tag'")]
    [InlineData("Send-SaltEvent -InputObject 'message' -Tag 'my/tag'")]
    [InlineData("Send-SaltEvent -Tag 'my/tag' -InputObject 'message'")]
    [InlineData("1 | ForEach-Object { Send-SaltEvent 'message' 'my/tag' }")]
    [InlineData("function Send { process { Send-SaltEvent 'message' 'my/tag' } }; 1 | Send")]
    [InlineData("function Send { $input | Send-SaltEvent 'my/tag' }; 'message' | Send")]
    [InlineData("$p = @{ Data = 'message'; Tag = 'my/tag' }; Send-SaltEvent @p")]
    public void A_message_and_a_tag_bind(string script)
    {
        shell.Run(script).Good();
        var sent = Assert.Single(wire.All());
        Assert.Equal("my/tag", sent.Tag);
        Assert.True(sent.Fields.TryGetValue("data", out var data));
        Assert.Equal("message", data);
    }

    [Fact]
    public void Each_piped_object_is_one_event_in_order()
    {
        shell.Run("1..50 | Send-SaltEvent 'my/tag'").Good();
        Assert.Equal(Enumerable.Range(1, 50).Select(i => (object)(long)i), wire.All().Select(e => e.Fields.TryGetValue("data", out var n) ? n! : -1));
    }

    [Fact]
    public void An_array_given_as_a_parameter_is_one_event()
    {
        shell.Run("Send-SaltEvent (1, 2, 3) 'my/tag'").Good();
        Assert.Equal([1L, 2L, 3L], (object?[])Assert.Single(wire.All()).Fields.TryGet("data")!);
    }

    [Theory]
    [InlineData("'a' | Send-SaltEvent -Data 'b' -Tag 'my/tag'")]
    [InlineData("'a' | Send-SaltEvent 'b' 'my/tag'")]
    [InlineData("'a' | Send-SaltEvent -Data @{ b = 1 }")]
    [InlineData("'a' | Send-SaltEvent @{ b = 1 }")]
    [InlineData("'a' | Send-SaltEvent 'b', 'c'")]
    [InlineData("Send-SaltEvent -InputObject 'a' -Data 'b' -Tag 'my/tag'")]
    public void Data_beside_a_piped_object_is_refused_and_nothing_is_sent(string script)
    {
        var error = shell.Fails(script);
        Assert.StartsWith("ParametersDisagree,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("-Data", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(wire.All());
    }

    [Theory]
    [InlineData("Send-SaltEvent 'my/tag' @{ a = 1 }")]
    [InlineData("Send-SaltEvent 'my/tag' ([ordered]@{ a = 1 })")]
    [InlineData("Send-SaltEvent -Data 'my/tag' -Tag ([pscustomobject]@{ a = 1 })")]
    [InlineData("Send-SaltMasterEvent 'my/tag' @{ a = 1 }")]
    public void A_payload_in_the_place_of_the_tag_is_refused_and_nothing_is_sent(string script)
    {
        var error = shell.Fails(script);
        Assert.StartsWith("ParameterArgumentTransformationError,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Send-SaltEvent $data 'my/tag'", error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(wire.All());
    }

    [Theory]
    [InlineData("Send-SaltEvent 'message' ''", "EmptyTag")]
    [InlineData("'message' | Send-SaltEvent ''", "EmptyTag")]
    [InlineData("Send-SaltEvent 'message' \"a`n`nb\"", "TagHasBlankLine")]
    [InlineData("Send-SaltMasterEvent 'message' \"a`n`nb\"", "WrongNode", "TagHasBlankLine")]
    public void A_tag_that_Salt_refuses_ends_the_command(string script, params string[] ids)
    {
        var error = shell.Fails(script);
        Assert.Contains(error.FullyQualifiedErrorId.Split(',')[0], ids);
        Assert.Empty(wire.All());
    }

    [Theory]
    [InlineData("Send-SaltEvent 'message'")]
    [InlineData("'message' | Send-SaltEvent")]
    [InlineData("Send-SaltEvent 'message' $null")]
    public void An_object_without_a_tag_is_an_error_that_shows_how_to_give_one(string script)
    {
        var error = shell.Run(script).Error;
        Assert.StartsWith("EmptyTag,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Send-SaltEvent 'my/tag'", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(wire.All());
    }

    [Fact]
    public void A_null_from_the_pipeline_is_a_binding_error_and_the_others_are_sent()
    {
        Assert.StartsWith("ParameterArgumentValidationError", shell.Run("1, $null, 2 | Send-SaltEvent 'my/tag'").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(2, wire.All().Count);
    }

    [Fact]
    public void Nothing_piped_sends_nothing()
    {
        shell.Run("@() | Send-SaltEvent 'my/tag'").Good();
        Assert.Empty(wire.All());
    }

    [Fact]
    public void Null_as_data_is_a_binding_error()
    {
        Assert.StartsWith("ParameterArgumentValidationErrorNullNotAllowed", shell.Fails("Send-SaltEvent $null 'my/tag'").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(wire.All());
    }

    [Fact]
    public void An_event_that_is_piped_keeps_its_tag_and_payload()
    {
        wire.Send("first/tag", ("n", 1));
        var first = wire.Next();
        shell.Run("$s = New-SaltEventSession").Good();
        wire.SendBody(first.Body.ToArray());
        shell.Run("Get-SaltEvent -Session $s | Send-SaltEvent").Good();
        var all = wire.All();
        Assert.Equal(["first/tag", "first/tag"], all.Select(e => e.Tag));
        Assert.Equal(1L, all[1].Fields.TryGet("n"));
        Assert.NotEqual(first.Fields.TryGet("_stamp"), all[1].Fields.TryGet("_stamp"));
    }

    public void Dispose()
    {
        wire.Dispose();
        shell.Dispose();
    }
}
