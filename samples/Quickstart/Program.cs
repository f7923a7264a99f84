using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Microsoft.PowerShell;
using SaltEvents.Samples;

// Runs quickstart.ps1 in the PowerShell engine from NuGet, so that it needs no installed PowerShell.
var root = typeof(ConsoleHost).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;
var script = Path.Combine(root, "samples", "Quickstart", "quickstart.ps1");
var state = InitialSessionState.CreateDefault2();
if (OperatingSystem.IsWindows())
{
    state.ExecutionPolicy = ExecutionPolicy.RemoteSigned;
}

using var runspace = RunspaceFactory.CreateRunspace(new ConsoleHost(), state);
runspace.Open();
using var shell = PowerShell.Create(runspace);
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    shell.BeginStop(null, null);
};
try
{
    shell.AddCommand(script).AddCommand("Out-Default");
    shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
    shell.Invoke();
    return shell.HadErrors ? 1 : 0;
}
catch (PipelineStoppedException)
{
    return 130;
}
catch (RuntimeException e)
{
    Console.Error.WriteLine(e.ErrorRecord);
    return 1;
}
