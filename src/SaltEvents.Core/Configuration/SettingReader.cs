using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace SaltEvents.Core.Configuration;

/// <summary>Reads typed settings; a value of another type is an error that names its file and line.</summary>
internal sealed class SettingReader(IReadOnlyDictionary<string, ConfigurationValue> settings)
{
    public Setting<string> Text(string key, string byDefault, string expected = "text") =>
        OptionalText(key, expected) ?? new(byDefault, SettingOrigin.Default);

    public Setting<string>? OptionalText(string key, string expected = "text")
    {
        if (!settings.TryGetValue(key, out var value))
        {
            return null;
        }

        var text = value.Content as string;
        return string.IsNullOrEmpty(text) || text!.StartsWith("sdb://", StringComparison.Ordinal)
            ? throw Wrong(
                key,
                value,
                expected + (text is { Length: > 0 } ? " itself: only Salt can look up values in sdb" : string.Empty)
            )
            : new Setting<string>(text, value.Origin);
    }

    /// <summary>A directory. What can be in no path is an error here: .NET's own names neither the file nor the setting.</summary>
    public Setting<string> Directory(string key, string byDefault)
    {
        var setting = Text(key, byDefault, "a directory");
        return setting.Value.IndexOfAny(Path.GetInvalidPathChars()) < 0 ? setting : throw Wrong(key, settings[key], "a directory");
    }

    /// <summary>An id, which Salt also accepts as a number.</summary>
    public Setting<string>? Id(string key)
    {
        if (!settings.TryGetValue(key, out var value))
        {
            return null;
        }

        var text = value.Text ?? throw Wrong(key, value, "text");
        return text.Length == 0 ? null : new Setting<string>(text, value.Origin);
    }

    /// <summary>The text of a setting, whatever its use; null if it is not text.</summary>
    public string? Raw(string key) => settings.TryGetValue(key, out var value) ? value.Content as string : null;

    /// <summary>The texts of a list, or the keys of a map; empty if it is neither.</summary>
    public IEnumerable<string> Texts(string key) =>
        !settings.TryGetValue(key, out var value) ? [] : value.Entries?.Keys ?? value.Items?.Select(i => i.Content).OfType<string>() ?? [];

    /// <summary>Whether Python's if takes it as true.</summary>
    public bool IsOn(string key, bool byDefault) => settings.TryGetValue(key, out var value) ? value.IsTruthy : byDefault;

    /// <summary>ipc_mode: Salt checks whether it is "tcp", and uses sockets for anything else (salt/utils/event.py, 3006.10).</summary>
    public Setting<IpcMode> IpcMode(IpcMode byDefault) =>
        !settings.TryGetValue("ipc_mode", out var value) ? new(byDefault, SettingOrigin.Default)
        : value.Content is "tcp" ? new(Configuration.IpcMode.Tcp, value.Origin)
        : new(Configuration.IpcMode.Ipc, value.Content is "ipc" ? value.Origin : value.Origin with { Note = $"{value} is not 'tcp'" });

    /// <summary>A number of bytes from 1; a value beyond an int is no limit here.</summary>
    public Setting<int> Size(string key, int byDefault)
    {
        var size = Whole(key, byDefault, long.MaxValue, "a number of bytes from 1");
        return new Setting<int>((int)Math.Min(size.Value, int.MaxValue), size.Origin);
    }

    public Setting<int> Port(string key, int byDefault)
    {
        var port = Whole(key, byDefault, 65535, "a port from 1 to 65535");
        return new Setting<int>((int)port.Value, port.Origin);
    }

    /// <summary>
    /// A number from 1; also a string of digits (salt/utils/event.py takes int() of a port), or one of either in a list (salt#33740).
    /// </summary>
    private Setting<long> Whole(string key, long byDefault, long most, string expected)
    {
        if (!settings.TryGetValue(key, out var value))
        {
            return new Setting<long>(byDefault, SettingOrigin.Default);
        }

        var single = value.Items is { Count: 1 } list ? list[0] : value;
        var number = single.Content switch
        {
            long integer => integer,
            double real and >= 1 => real < long.MaxValue ? (long)real : long.MaxValue, // as Python's int()
            string { Length: > 18 } digits when digits.All(c => c is >= '0' and <= '9') => long.MaxValue,
            string digits when long.TryParse(digits.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) => parsed,
            _ => 0,
        };
        return number >= 1 && number <= most ? new Setting<long>(number, single.Origin) : throw Wrong(key, value, expected);
    }

    /// <summary>One of a few words.</summary>
    public Setting<T> Choice<T>(string key, T byDefault, params (string Word, T Meaning)[] choices)
    {
        if (!settings.TryGetValue(key, out var value))
        {
            return new Setting<T>(byDefault, SettingOrigin.Default);
        }

        foreach (var (word, meaning) in choices)
        {
            if (value.Content is string text && text == word)
            {
                return new Setting<T>(meaning, value.Origin);
            }
        }

        throw Wrong(key, value, "one of " + string.Join(", ", choices.Select(c => c.Word)));
    }

    private static SaltConfigurationException Wrong(string key, ConfigurationValue value, string expected) =>
        SaltConfigurationException.At(value.Origin, $"{key} is {value}; expected is {expected}.");
}
