using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Xunit.Abstractions;

namespace SaltEvents.Core.Tests.Runner;

/// <summary>Takes what xunit reports: the tests that it finds, and how each one ends.</summary>
internal sealed class TestSink : Xunit.LongLivedMarshalByRefObject, IMessageSink, IDisposable
{
    public List<ITestCase> Cases { get; } = [];

    public int Passed { get; private set; }

    public int Failed { get; private set; }

    public int Skipped { get; private set; }

    public ManualResetEventSlim Finished { get; } = new();

    public bool OnMessage(IMessageSinkMessage message)
    {
        switch (message)
        {
            case ITestCaseDiscoveryMessage found:
                Cases.Add(found.TestCase);
                break;
            case ITestPassed:
                Passed++;
                break;
            case ITestSkipped skipped:
                Skipped++;
                Console.WriteLine($"Skipped {skipped.Test.DisplayName}: {skipped.Reason}");
                break;
            case ITestFailed failed:
                Failed++;
                Console.WriteLine(
                    $"Failed {failed.Test.DisplayName}: {string.Join(" <- ", failed.ExceptionTypes.Zip(failed.Messages, (type, text) => $"{type}: {text}"))}"
                );
                Console.WriteLine(failed.StackTraces[0]);
                break;
            case IDiscoveryCompleteMessage or ITestAssemblyFinished:
                Finished.Set();
                break;
        }

        return true;
    }

    public void Dispose() => Finished.Dispose();
}
