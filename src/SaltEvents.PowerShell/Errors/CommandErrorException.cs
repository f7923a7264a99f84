using System;
using System.Management.Automation;

namespace SaltEvents.Errors;

/// <summary>Carries a ready ErrorRecord from a helper to the cmdlet that throws it.</summary>
internal sealed class CommandErrorException(ErrorRecord record) : Exception(record.Exception.Message, record.Exception)
{
    public ErrorRecord Record { get; } = record;
}
