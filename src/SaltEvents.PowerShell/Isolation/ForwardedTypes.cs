using System.Runtime.CompilerServices;
using SaltEvents;

// PowerShell finds the types of an imported assembly only. These are in Core and are part of what a script sees.
[assembly: TypeForwardedTo(typeof(SaltEventDialect))]
[assembly: TypeForwardedTo(typeof(SaltNode))]
[assembly: TypeForwardedTo(typeof(SaltOverflow))]
[assembly: TypeForwardedTo(typeof(SaltTagForm))]
[assembly: TypeForwardedTo(typeof(SaltTagMatch))]
[assembly: TypeForwardedTo(typeof(SaltTargetType))]
