using System;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Core.Connections;
using SaltEvents.Core.Framing;
using Xunit;

namespace SaltEvents.Core.Tests.Support;

/// <summary>Messages to and from a connection of ZeroMQ.</summary>
internal static class FrameConnectionExtensions
{
    public static async Task SendMessagesAsync(this FrameConnection connection, params byte[][] bodies)
    {
        var batch = new FrameBatch(bodies.Sum(b => b.Length));
        Array.ForEach(bodies, b => batch.AddMessage(b));
        Assert.Null(await connection.SendAsync([batch.All], default));
    }

    /// <summary>The next message; null at the end.</summary>
    public static async Task<byte[]?> ReadMessageAsync(this FrameConnection connection)
    {
        while (true)
        {
            if (connection.TryRead(out var body))
            {
                return body.ToArray();
            }

            if (!await connection.FillAsync(default))
            {
                return null;
            }
        }
    }
}
