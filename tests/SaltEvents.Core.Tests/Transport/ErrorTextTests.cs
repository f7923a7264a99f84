using System.IO;
using SaltEvents.Core.Compat;
using Xunit;

namespace SaltEvents.Core.Tests.Transport;

/// <summary>What the system says of an error becomes part of a sentence of ours.</summary>
public sealed class ErrorTextTests
{
    [Theory]
    [InlineData("Access to the path '/a/b' is denied.", "Access to the path '/a/b' is denied")]
    [InlineData("No space left on device : '/a/run.jsonl'", "No space left on device")]
    [InlineData("Connection refused", "Connection refused")]
    [InlineData("The name 'x'", "The name 'x'")]
    [InlineData("", "")]
    public void The_reason_has_no_period_and_no_path_at_its_end(string message, string clause) =>
        Assert.Equal(clause, new IOException(message).Clause());
}
