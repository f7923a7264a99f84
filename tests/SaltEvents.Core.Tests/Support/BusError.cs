using System;
using System.Threading.Tasks;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Support;

/// <summary>Asserts that something fails with a <see cref="BusException"/> of one reason.</summary>
internal static class BusError
{
    public static async Task<BusException> ThrowsAsync(BusReason reason, Func<Task> action) =>
        Is(reason, await Assert.ThrowsAsync<BusException>(action));

    public static BusException Throws(BusReason reason, Action action) => Is(reason, Assert.Throws<BusException>(action));

    public static BusException Is(BusReason reason, Exception? error)
    {
        var found = Assert.IsType<BusException>(error);
        Assert.True(found.Reason == reason, found.ToString());
        return found;
    }
}
