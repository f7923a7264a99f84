using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace SaltEvents.Core.Tests;

/// <summary>What the tests use and .NET Framework does not have.</summary>
internal static class Polyfills
{
    extension(Convert)
    {
        public static string ToHexString(byte[] bytes) => BitConverter.ToString(bytes).Replace("-", string.Empty);

        public static byte[] FromHexString(string hex) =>
            Enumerable
                .Range(0, hex.Length / 2)
                .Select(i => byte.Parse(hex.Substring(2 * i, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture))
                .ToArray();
    }

    // mono does not count what is allocated: bounds on that are not checked here.
    extension(GC)
    {
        public static long GetTotalAllocatedBytes(bool precise) => 0;

        public static long GetAllocatedBytesForCurrentThread() => 0;
    }

    extension(Enum)
    {
        public static T[] GetValues<T>() => (T[])Enum.GetValues(typeof(T));
    }

    extension(int)
    {
        public static int Parse(ReadOnlySpan<char> text, IFormatProvider provider) => int.Parse(text.ToString(), provider);
    }

    extension(double)
    {
        public static bool IsFinite(double value) => !double.IsNaN(value) && !double.IsInfinity(value);
    }

    extension(BitConverter)
    {
        public static int SingleToInt32Bits(float value) => BitConverter.ToInt32(BitConverter.GetBytes(value), 0);
    }

    extension(Directory)
    {
        public static DirectoryInfo CreateTempSubdirectory(string prefix) =>
            Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), prefix + Guid.NewGuid().ToString("N")));
    }

    extension(FileInfo file)
    {
        public string? LinkTarget
        {
            get
            {
                var target = new byte[256];
                var length = ReadLink(file.FullName, target, (IntPtr)target.Length).ToInt64();
                return length < 0 ? null : System.Text.Encoding.UTF8.GetString(target, 0, (int)length);
            }
        }
    }

    extension(Array)
    {
        public static void Fill<T>(T[] array, T value) => array.AsSpan().Fill(value);
    }

    extension(Task task)
    {
        public bool IsCompletedSuccessfully => task.Status == TaskStatus.RanToCompletion;

        public Task WaitAsync(TimeSpan limit) =>
            task.ContinueWith(t => true, TaskScheduler.Default).WaitAsync(limit).ContinueWith(_ => task, TaskScheduler.Default).Unwrap();
    }

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "readlink")]
    private static extern IntPtr ReadLink(string path, byte[] target, IntPtr size);

    public static async Task<T> WaitAsync<T>(this Task<T> task, TimeSpan limit)
    {
        using var done = new CancellationTokenSource();
        var first = await Task.WhenAny(task, Task.Delay(limit, done.Token));
        done.Cancel();
        return first == task ? await task : throw new TimeoutException();
    }

    public static Task CancelAsync(this CancellationTokenSource source) => Task.Run(source.Cancel);

    public static IEnumerable<T> Order<T>(this IEnumerable<T> items, IComparer<T>? comparer = null) => items.OrderBy(i => i, comparer);

    public static IEnumerable<T[]> Chunk<T>(this T[] items, int size) =>
        Enumerable.Range(0, (items.Length + size - 1) / size).Select(i => items.Skip(i * size).Take(size).ToArray());

    public static ValueTask<int> SendAsync(
        this Socket socket,
        ReadOnlyMemory<byte> bytes,
        SocketFlags flags = SocketFlags.None,
        CancellationToken token = default
    )
    {
        token.ThrowIfCancellationRequested();
        return new ValueTask<int>(SocketTaskExtensions.SendAsync(socket, new ArraySegment<byte>(bytes.ToArray()), flags));
    }

    public static async ValueTask<int> ReceiveAsync(this Socket socket, Memory<byte> buffer)
    {
        var bytes = new byte[buffer.Length];
        var count = await SocketTaskExtensions.ReceiveAsync(socket, new ArraySegment<byte>(bytes), SocketFlags.None);
        bytes.AsSpan(0, count).CopyTo(buffer.Span);
        return count;
    }
}
