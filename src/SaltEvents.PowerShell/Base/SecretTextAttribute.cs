using System;
using System.Management.Automation;
using System.Net;

namespace SaltEvents.Base;

/// <summary>Converts text to a SecureString.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretTextAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is string { Length: > 0 } text
            ? new NetworkCredential(string.Empty, text).SecurePassword
            : inputData;
}
