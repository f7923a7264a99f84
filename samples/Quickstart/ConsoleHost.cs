using System;
using System.Globalization;
using System.Management.Automation.Host;

namespace SaltEvents.Samples;

/// <summary>The least host in which PowerShell can format and write to a console.</summary>
internal sealed class ConsoleHost : PSHost
{
    public override string Name => "SaltEvents Quickstart";

    public override Version Version { get; } = new(1, 0);

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override PSHostUserInterface UI { get; } = new ConsoleUI();

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override void SetShouldExit(int exitCode)
    {
    }

    public override void EnterNestedPrompt() => throw new NotSupportedException("The sample asks nothing.");

    public override void ExitNestedPrompt() => throw new NotSupportedException("The sample asks nothing.");

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
