using System;
using System.Linq;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>The ways to say what to send and under which tag.</summary>
public sealed class SendBindingTests : IDisposable
{
    private readonly Shell shell = new();
    private readonly RawBusClient wire;

    public SendBindingTests()
    {
        shell.StartBus();
        wire = RawBusClient.Listen(shell.Directory);
    }

    [Theory]
    [InlineData("Send-SaltEvent 'my/tag' 'message'")]
    [InlineData("Send-SaltEvent -Data 'message' -Tag 'my/tag'")]
    [InlineData("Send-SaltEvent -Tag 'my/tag' 'message'")]
    [InlineData("Send-SaltEvent 'message' -Tag 'my/tag'")]
    [InlineData("'message' | Send-SaltEvent 'my/tag'")]
    [InlineData("'message' | Send-SaltEvent -Tag 'my/tag'")]
    [InlineData("Send-SaltEvent -InputObject 'message' 'my/tag'")]
    [InlineData("Send-SaltEvent -InputObject 'message' -Tag 'my/tag'")]
    [InlineData("Send-SaltEvent -Tag 'my/tag' -InputObject 'message'")]
    [InlineData("1 | ForEach-Object { Send-SaltEvent 'my/tag' 'message' }")]
    [InlineData("function Send { process { Send-SaltEvent 'my/tag' 'message' } }; 1 | Send")]
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
        Assert.Equal(
            Enumerable.Range(1, 50).Select(i => (object)(long)i),
            wire.All().Select(e => e.Fields.TryGetValue("data", out var n) ? n! : -1)
        );
    }

    [Fact]
    public void An_array_given_as_a_parameter_is_one_event()
    {
        shell.Run("Send-SaltEvent 'my/tag' (1, 2, 3)").Good();
        Assert.Equal([1L, 2L, 3L], (object?[])Assert.Single(wire.All()).Fields.TryGet("data")!);
    }

    [Theory]
    [InlineData("'a' | Send-SaltEvent -Data 'b' -Tag 'my/tag'")]
    [InlineData("'a' | Send-SaltEvent 'my/tag' 'b'")]
    public void Data_beside_a_piped_object_is_an_error_and_nothing_is_sent(string script)
    {
        Assert.StartsWith("InputObjectNotBound,", shell.Run(script).Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(wire.All());
    }

    [Theory]
    [InlineData("Send-SaltEvent @{ a = 1 } 'my/tag'")]
    [InlineData("Send-SaltEvent ([ordered]@{ a = 1 }) 'my/tag'")]
    [InlineData("Send-SaltEvent -Data 'my/tag' -Tag ([pscustomobject]@{ a = 1 })")]
    [InlineData("Send-SaltMasterEvent @{ a = 1 } 'my/tag'")]
    [InlineData("Send-SaltEvent (1, 2) 'my/tag'")]
    [InlineData("'a' | Send-SaltEvent @{ b = 1 }")]
    [InlineData("'a' | Send-SaltEvent 'b', 'c'")]
    [InlineData("Send-SaltEvent (Send-SaltEvent -Tag t -PassThru -WhatIf), (Get-Command Get-Command)")]
    public void A_payload_in_the_place_of_the_tag_is_refused_and_nothing_is_sent(string script)
    {
        var error = shell.Fails(script);
        Assert.StartsWith("ParameterArgumentTransformationError,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Send-SaltEvent 'my/tag' $data", error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(wire.All());
    }

    [Theory]
    [InlineData("Send-SaltEvent 'Message to be sent' my/tag", true)]
    [InlineData("Send-SaltEvent '{\"a\":1}' salt/custom/tag-1", true)]
    [InlineData("Send-SaltEvent my/tag 'Message to be sent'", false)]
    [InlineData("Send-SaltEvent 'a tag' 'and words'", false)]
    [InlineData("Send-SaltEvent 'a tag' @{ a = 1 }", false)]
    [InlineData("Send-SaltEvent done my/path", false)]
    public void Arguments_in_Salts_own_order_are_a_warning(string script, bool warns)
    {
        var result = shell.Run(script);
        Assert.Empty(result.Errors);
        Assert.Equal(warns, result.Warnings.Any(w => w.Contains("The tag comes first", StringComparison.Ordinal)));
        Assert.Single(wire.All()); // it may be meant
    }

    [Theory]
    [InlineData("Send-SaltEvent '' 'message'", "EmptyTag")]
    [InlineData("'message' | Send-SaltEvent ''", "EmptyTag")]
    [InlineData("Send-SaltEvent \"a`n`nb\" 'message'", "TagHasBlankLine")]
    [InlineData("Send-SaltMasterEvent \"a`n`nb\" 'message'", "WrongNode", "TagHasBlankLine")]
    public void A_tag_that_Salt_refuses_ends_the_command(string script, params string[] ids)
    {
        var error = shell.Fails(script);
        Assert.Contains(error.FullyQualifiedErrorId.Split(',')[0], ids);
        Assert.Empty(wire.All());
    }

    [Theory]
    [InlineData("'message' | Send-SaltEvent")]
    [InlineData("@{ Tag = 'my/tag'; Data = 1 } | Send-SaltEvent")]
    [InlineData("Send-SaltEvent $null 'message'")]
    [InlineData("[pscustomobject]@{ Tag = 'my/tag'; n = 1 } | Send-SaltEvent")]
    [InlineData("[pscustomobject]@{ Tag = ''; Data = 1 } | Send-SaltEvent")]
    public void An_object_without_a_tag_is_an_error(string script)
    {
        Assert.Matches(
            "^(EmptyTag|InputObjectMissingMandatory|InputObjectNotBound|ParameterArgumentValidationErrorNullNotAllowed),",
            shell.Run(script).Error.FullyQualifiedErrorId
        );
        Assert.Empty(wire.All());
    }

    [Fact]
    public void A_null_from_the_pipeline_is_a_binding_error_and_the_others_are_sent()
    {
        Assert.StartsWith(
            "ParameterArgumentValidationError",
            shell.Run("1, $null, 2 | Send-SaltEvent 'my/tag'").Error.FullyQualifiedErrorId,
            StringComparison.Ordinal
        );
        Assert.Equal(2, wire.All().Count);
    }

    [Theory]
    [InlineData("[pscustomobject]@{ Tag = 'my/tag'; Data = @{ n = '1' }; Other = 2 } | Send-SaltEvent")]
    [InlineData("[pscustomobject]@{ n = '1' } | Send-SaltEvent -Tag { \"my/$('tag')\" }")]
    [InlineData("New-SaltEvent my/tag @{ n = '1' } | Send-SaltEvent")]
    [InlineData("New-SaltEvent my/tag @{ n = '2' } | Send-SaltEvent -Data @{ n = '1' }")]
    [InlineData("New-SaltEvent other/tag @{ n = '1' } | Send-SaltEvent my/tag")]
    public void An_object_with_a_tag_is_fired_as_an_event(string script)
    {
        shell.Run(script).Good();
        var sent = Assert.Single(wire.All());
        Assert.Equal("my/tag", sent.Tag);
        Assert.Equal("1", sent.Fields.TryGet("n") ?? sent.Fields.TryGet("data"));
    }

    [Fact]
    public void With_a_tag_an_object_with_Tag_and_Data_is_a_payload()
    {
        shell.Run("[pscustomobject]@{ Tag = 'my/tag'; Data = 1 } | Send-SaltEvent other").Good();
        Assert.Equal("my/tag", Assert.Single(wire.All()).Fields.TryGet("Tag"));
    }

    [Fact]
    public void An_event_may_be_a_tag_without_fields()
    {
        shell.Run("Send-SaltEvent my/tag; Send-SaltEvent other").Good();
        Assert.All(wire.All(), e => Assert.Equal(["_stamp"], e.Fields.GetNames()));
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
        Assert.StartsWith(
            "ParameterArgumentValidationError",
            shell.Fails("Send-SaltEvent 'my/tag' $null").FullyQualifiedErrorId,
            StringComparison.Ordinal
        );
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
