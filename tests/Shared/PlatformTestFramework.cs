using System;
using System.Linq;
using System.Reflection;
using System.Runtime.Versioning;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace SaltEvents.Tests;

/// <summary>xunit, skipping every test of a class that is marked as not supported on this operating system.</summary>
public sealed class PlatformTestFramework(IMessageSink messageSink) : XunitTestFramework(messageSink)
{
    protected override ITestFrameworkDiscoverer CreateDiscoverer(IAssemblyInfo assemblyInfo) =>
        new Discoverer(assemblyInfo, SourceInformationProvider, DiagnosticMessageSink);

    private static string? PlatformWithout(ITypeInfo type) => type.ToRuntimeType()
        .GetCustomAttributes<UnsupportedOSPlatformAttribute>(inherit: true)
        .Select(a => a.PlatformName).FirstOrDefault(OperatingSystem.IsOSPlatform);

    private sealed class Discoverer(IAssemblyInfo assembly, ISourceInformationProvider source, IMessageSink sink)
        : XunitTestFrameworkDiscoverer(assembly, source, sink)
    {
        protected override bool FindTestsForMethod(
            ITestMethod testMethod, bool includeSourceInformation, IMessageBus messageBus, ITestFrameworkDiscoveryOptions discoveryOptions)
        {
            var platform = PlatformWithout(testMethod.TestClass.Class);
            if (platform is null || !testMethod.Method.GetCustomAttributes(typeof(FactAttribute)).Any())
            {
                return base.FindTestsForMethod(testMethod, includeSourceInformation, messageBus, discoveryOptions);
            }

            var skipped = new XunitSkippedDataRowTestCase(
                DiagnosticMessageSink,
                TestMethodDisplay.ClassAndMethod,
                TestMethodDisplayOptions.None,
                testMethod,
                $"{testMethod.TestClass.Class.ToRuntimeType().Name} is not for {platform}."
            );
            return ReportDiscoveredTestCase(skipped, includeSourceInformation, messageBus);
        }
    }
}
