using Xunit;

namespace SaltEvents.Tests;

/// <summary>The ways to say what to send and under which tag.</summary>
public sealed class SendBindingTests : SendPayloadTestBase
{
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
        Shell.Run(script).Good();
        var sent = Assert.Single(Wire.All());
        Assert.Equal("my/tag", sent.Tag);
        Assert.True(sent.Fields.TryGetValue("data", out var data));
        Assert.Equal("message", data);
    }

    [Theory]
    [InlineData("[pscustomobject]@{ Tag = 'my/tag'; Data = @{ n = '1' }; Other = 2 } | Send-SaltEvent")]
    [InlineData("[pscustomobject]@{ n = '1' } | Send-SaltEvent -Tag { \"my/$('tag')\" }")]
    [InlineData("New-SaltEvent my/tag @{ n = '1' } | Send-SaltEvent")]
    [InlineData("New-SaltEvent my/tag @{ n = '2' } | Send-SaltEvent -Data @{ n = '1' }")]
    [InlineData("New-SaltEvent other/tag @{ n = '1' } | Send-SaltEvent my/tag")]
    public void An_object_with_a_tag_is_fired_as_an_event(string script)
    {
        Shell.Run(script).Good();
        var sent = Assert.Single(Wire.All());
        Assert.Equal("my/tag", sent.Tag);
        Assert.Equal("1", sent.Fields.TryGet("n") ?? sent.Fields.TryGet("data"));
    }

    [Fact]
    public void With_a_tag_an_object_with_Tag_and_Data_is_a_payload()
    {
        Shell.Run("[pscustomobject]@{ Tag = 'my/tag'; Data = 1 } | Send-SaltEvent other").Good();
        Assert.Equal("my/tag", Assert.Single(Wire.All()).Fields.TryGet("Tag"));
    }

    [Fact]
    public void An_event_may_be_a_tag_without_fields()
    {
        Shell.Run("Send-SaltEvent my/tag; Send-SaltEvent other").Good();
        Assert.All(Wire.All(), e => Assert.Equal(["_stamp"], e.Fields.GetNames()));
    }
}
