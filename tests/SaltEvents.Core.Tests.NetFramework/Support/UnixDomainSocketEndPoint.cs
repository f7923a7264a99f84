using System;
using System.Net;

namespace SaltEvents.Core.Tests.Support;

/// <summary>.NET Framework has no Unix sockets; the tests that use them are skipped.</summary>
internal sealed class UnixDomainSocketEndPoint : EndPoint
{
    public UnixDomainSocketEndPoint(string path) => throw new PlatformNotSupportedException(path);
}
