using System;
using System.Collections.Generic;
using System.Runtime.Versioning;
using System.Threading;
using SaltEvents.Core.Tests.Runner;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Tests;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace SaltEvents.Core.Tests;

/// <summary>Classes that are marked as not for an operating system do not run there.</summary>
public sealed class PlatformTests
{
    [Theory]
    [InlineData(typeof(ForNone), "ForNone is not for")]
    [InlineData(typeof(ForAll), null)]
    public void A_class_is_skipped_where_it_is_not_supported(Type type, string? reason)
    {
        using var framework = new PlatformTestFramework(new Xunit.Sdk.NullMessageSink());
        using var discoverer = framework.GetDiscoverer(Reflector.Wrap(typeof(PlatformTests).Assembly));
        using var found = new Sink();
        discoverer.Find(type.FullName, includeSourceInformation: false, found, new TestOptions());
        Assert.True(found.Complete.Wait(Eventually.Limit));

        Assert.All(found.Cases, c => Assert.StartsWith(reason ?? string.Empty, c.SkipReason ?? string.Empty, StringComparison.Ordinal));
        Assert.Equal([reason is null, reason is null], found.Cases.ConvertAll(c => c.SkipReason is null));
    }

#pragma warning disable xUnit1000 // Not public, so that only the test above finds them.
    [UnsupportedOSPlatform("windows")]
    [UnsupportedOSPlatform("linux")]
    [UnsupportedOSPlatform("macos")]
    internal sealed class ForNone
    {
        [Fact]
        public void A_fact() => Assert.Fail("It has run.");

        [Theory]
        [InlineData(1)]
        public void A_theory(int value) => Assert.Fail("It has run with " + value);
    }

    internal sealed class ForAll
    {
        [Fact]
        public void A_fact()
        {
        }

        [Theory]
        [InlineData(1)]
        public void A_theory(int value) => Assert.Equal(1, value);
    }
#pragma warning restore xUnit1000

    private sealed class Sink : LongLivedMarshalByRefObject, IMessageSink, IDisposable
    {
        public List<ITestCase> Cases { get; } = [];

        public ManualResetEventSlim Complete { get; } = new();

        public bool OnMessage(IMessageSinkMessage message)
        {
            if (message is ITestCaseDiscoveryMessage found)
            {
                Cases.Add(found.TestCase);
            }
            else if (message is IDiscoveryCompleteMessage)
            {
                Complete.Set();
            }

            return true;
        }

        public void Dispose() => Complete.Dispose();
    }
}
