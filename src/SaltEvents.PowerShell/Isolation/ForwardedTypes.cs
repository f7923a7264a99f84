using System.Runtime.CompilerServices;
using SaltEvents;

// PowerShell finds the types of an imported assembly only. These are in Core and are part of what a script sees.
[assembly: TypeForwardedTo(typeof(SaltConstant))]
[assembly: TypeForwardedTo(typeof(SaltEventCount))]
[assembly: TypeForwardedTo(typeof(SaltEventDialect))]
[assembly: TypeForwardedTo(typeof(SaltEventStatistics))]
[assembly: TypeForwardedTo(typeof(SaltEventSubscriber))]
[assembly: TypeForwardedTo(typeof(SaltExtension))]
[assembly: TypeForwardedTo(typeof(SaltMasterDelivery))]
[assembly: TypeForwardedTo(typeof(SaltNode))]
[assembly: TypeForwardedTo(typeof(SaltOverflow))]
[assembly: TypeForwardedTo(typeof(SaltTagForm))]
[assembly: TypeForwardedTo(typeof(SaltTagMatch))]
[assembly: TypeForwardedTo(typeof(SaltTargetType))]
[assembly: TypeForwardedTo(typeof(SaltTransport))]
[assembly: TypeForwardedTo(typeof(StreamStatus))]
