using System.Threading.Tasks;
using SaltEvents.Core.Tests.Load;

namespace SaltEvents.Core.Tests.Support;

/// <summary>This assembly as a program of its own, for tests that need another process.</summary>
internal static class Program
{
    public static Task<int> Main(string[] arguments) => FiringProcess.RunAsync(arguments);
}
