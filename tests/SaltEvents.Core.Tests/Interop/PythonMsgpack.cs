using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace SaltEvents.Core.Tests.Interop;

/// <summary>A running Python with its own msgpack, shared by the interop tests; absent where there is none.</summary>
public sealed class PythonMsgpack : IDisposable
{
    private static readonly string[] Interpreters = ["/usr/bin/python3", "python3"];
    private readonly Process? process = Interpreters.Select(Start).FirstOrDefault(p => p is not null);

    internal JsonElement Ask(string command, params (string Name, JsonNode? Value)[] fields)
    {
        Skip.If(process is null, "No Python with msgpack: install Debian's python3-msgpack (apt-get install python3-msgpack).");
        var request = new JsonObject { ["command"] = command };
        foreach (var (name, value) in fields)
        {
            request[name] = value;
        }

        process.StandardInput.WriteLine(request.ToJsonString());
        process.StandardInput.Flush();
        var answer = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException(process.StandardError.ReadToEnd());
        return JsonDocument.Parse(answer).RootElement;
    }

    public void Dispose()
    {
        process?.StandardInput.Close();
        process?.WaitForExit();
        process?.Dispose();
    }

    private static Process? Start(string interpreter)
    {
        if (!CanImport(interpreter))
        {
            return null;
        }

        return Process.Start(new ProcessStartInfo(interpreter, [Path.Combine(AppContext.BaseDirectory, "Interop", "interop.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
        });
    }

    private static bool CanImport(string interpreter)
    {
        try
        {
            using var probe = Process.Start(new ProcessStartInfo(interpreter, ["-c", "import msgpack"]) { RedirectStandardError = true })!;
            _ = probe.StandardError.ReadToEnd();
            probe.WaitForExit();
            return probe.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
