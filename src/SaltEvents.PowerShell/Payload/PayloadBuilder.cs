using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Security;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;

namespace SaltEvents.Payload;

/// <summary>
/// Converts what a script gives as a payload to what the bus carries. Every error names the place of the value in the
/// payload. <see cref="PayloadScalars"/> lists how single values are sent.
/// </summary>
internal sealed class PayloadBuilder(Action<string>? warn = null)
{
    private const string Wrapper = "data";

    // The containers around the present value: the same one again is a cycle.
    private readonly List<object> around = [];

    // The key in each of them, or the index of an item: a text is made of them only for an error.
    private readonly List<(object? Key, int Index)> steps = [];
    private string start = string.Empty;
    private int values;

    /// <summary>
    /// A payload: a map unchanged; anything else, such as a string, under the key "data", as Salt's own event.fire takes a message.
    /// </summary>
    /// <param name="value">What was given.</param>
    /// <param name="warn">Takes warnings about properties that could not be read and are left out.</param>
    /// <exception cref="InvalidEventException">It holds what the bus cannot carry, a secret, or itself.</exception>
    public static PayloadMap Build(object? value, Action<string>? warn = null) => new PayloadBuilder(warn).Build(value);

    /// <inheritdoc cref="Build(object?, Action{string}?)"/>
    public PayloadMap Build(object? value)
    {
        around.Clear(); // of one that was no payload
        steps.Clear();
        values = 0;
        return Convert(value) switch
        {
            PayloadMap map => map,
            var other => new PayloadMap { { Wrapper, other } },
        };
    }

    /// <summary>The .NET object that PowerShell has wrapped; anything else as it is.</summary>
    public static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    /// <summary>A part of a payload.</summary>
    /// <param name="value">The value.</param>
    /// <param name="path">Its place in the payload, for errors.</param>
    /// <exception cref="InvalidEventException">It holds what the bus cannot carry, a secret, or itself.</exception>
    public static object? BuildValue(object? value, string path) => new PayloadBuilder { start = path }.Convert(value);

    /// <summary>What a value gives that was masked when its event was exported.</summary>
    public static InvalidEventException Masked(string path) =>
        new(
            InvalidEventReason.Masked,
            $"{Place(path)} is a secret that was masked when the event was exported. Put the value in its place, remove it, or export with -IncludeSecret."
        );

    private object? Convert(object? value)
    {
        // The same object in several places counts in each.
        if (++values > FrameLimits.MaxPayloadValues)
        {
            throw PayloadEncoder.TooLarge();
        }

        var wrapped = value as PSObject;
        var plain = wrapped?.BaseObject ?? value;
        switch (plain)
        {
            case PSCustomObject when ReferenceEquals(value, AutomationNull.Value): // what a command without output gives
                return null;
            case PSCredential or SecureString or System.Net.NetworkCredential:
                throw new InvalidEventException(
                    InvalidEventReason.Secret,
                    $"{Here} is a {plain.GetType().Name}: every listener on the bus could read it. Send a name by which the receiver can find the secret, or convert it to text yourself."
                );
            case SaltConstant { IsMasked: true }:
                throw Masked(Path);
            case IPayloadSource source:
                return source.Decode();
            case PSReference reference:
                return Within(reference, reference, static (builder, inner) => builder.Convert(inner.Value));
            case string or byte[] when IsTextOrBytes(plain):
                return plain;
            case ArraySegment<byte> or Memory<byte> or ReadOnlyMemory<byte>:
                return BytesOf(plain);
            case IDictionary:
                return Within(plain, PayloadContainers.EntriesOf(plain)!, static (builder, pairs) => builder.ConvertMap(pairs, mayRepeat: false));
            case PSCustomObject:
                return Within(wrapped!, wrapped!, static (builder, properties) => builder.ConvertObject(properties));
            case not null when PayloadScalars.TryConvert(plain, out var scalar):
                return scalar;
            case not null when JsonValues.TryUnwrap(plain, out var inner):
                return Convert(inner);
            case not null when PayloadContainers.EntriesOf(plain) is { } entries:
                return Within(plain, entries, static (builder, pairs) => builder.ConvertMap(pairs, mayRepeat: true));
            case not null when PayloadContainers.ItemsOf(plain) is { } items:
                return Within(plain, items, static (builder, list) => builder.ConvertList(list));
            case not null when IsPowerShellClass(plain.GetType()):
                return Within(plain, PSObject.AsPSObject(plain), static (builder, properties) => builder.ConvertObject(properties));
        }

        return plain is null
            ? null
            : throw new InvalidEventException(
                InvalidEventReason.UnsupportedValue,
                $"{Here} is a {plain.GetType()}, which the event bus cannot carry. Choose the properties that you need, for example with Select-Object Name, Id."
            );
    }

    private PayloadMap ConvertMap(IEnumerable<(object? Key, object? Value)> entries, bool mayRepeat)
    {
        var map = new PayloadMap();
        foreach (var (key, value) in entries)
        {
            steps.Add((key, -1));
            mayRepeat |= PayloadKeys.MayChange(key);
            map.Add(key is string ? key : BuildKey(key, Path), Convert(value));
            steps.RemoveAt(steps.Count - 1);
        }

        return mayRepeat ? WithoutDuplicates(map) : map;
    }

    private object?[] ConvertList(IEnumerable<object?> items)
    {
        var list = new List<object?>();
        foreach (var item in items)
        {
            steps.Add((null, list.Count));
            list.Add(Convert(item));
            steps.RemoveAt(steps.Count - 1);
        }

        return [.. list];
    }

    private PayloadMap ConvertObject(PSObject wrapped)
    {
        var map = new PayloadMap();
        var mayRepeat = false;
        foreach (var property in wrapped.Properties.Where(p => p.IsGettable))
        {
            steps.Add((property.Name, -1));
            mayRepeat |= PayloadKeys.MayChange(property.Name);
            if (TryRead(property, out var value))
            {
                map.Add(property.Name, Convert(value));
            }

            steps.RemoveAt(steps.Count - 1);
        }

        return mayRepeat ? WithoutDuplicates(map) : map;
    }

    private PayloadMap WithoutDuplicates(PayloadMap map) =>
        PayloadKeys.FindDuplicate(map) is { } duplicate
            ? throw new InvalidEventException(
                InvalidEventReason.UnsupportedValue,
                $"{Here} has two keys that are both {duplicate} on the event bus, where the receiver sees only the last one. Give them different names."
            )
            : map;

    private bool TryRead(PSPropertyInfo property, out object? value)
    {
        try
        {
            value = property.Value;
            return true;
        }
        catch (GetValueException e)
        {
            warn?.Invoke($"{Here} cannot be read and is omitted from the event: {e.Clause()}.");
            value = null;
            return false;
        }
    }

    // For .NET an array of sbyte, or of an enum of bytes, is also a byte[].
    private static bool IsTextOrBytes(object? value) => value is string || value?.GetType() == typeof(byte[]);

    private static byte[] BytesOf(object bytes) => bytes switch
    {
        Memory<byte> memory => memory.ToArray(),
        ReadOnlyMemory<byte> memory => memory.ToArray(),
        _ => ((IEnumerable<byte>)bytes).ToArray(),
    };

    // A class of a script: it has no other form than its properties. Any other type has methods and properties that are no data.
    private static bool IsPowerShellClass(Type type) =>
        type.Assembly.IsDynamic && type.Assembly.GetName().Name!.StartsWith("PowerShell Class Assembly", StringComparison.Ordinal);

    /// <summary>A key of a map in a payload.</summary>
    /// <exception cref="InvalidEventException">The bus cannot carry it.</exception>
    public static object? BuildKey(object? key, string path)
    {
        var plain = key is PSObject wrapped ? wrapped.BaseObject : key;
        return IsTextOrBytes(plain) || PayloadScalars.TryConvert(plain, out plain)
            ? plain
            : throw new InvalidEventException(
                InvalidEventReason.UnsupportedValue,
                $"The key {path} is a {key!.GetType()}, which cannot be a key on the event bus. Use text or a number as the key."
            );
    }

    private object? Within<T>(object container, T content, Func<PayloadBuilder, T, object?> convert)
    {
        if (around.Any(c => ReferenceEquals(c, container)))
        {
            throw new InvalidEventException(
                InvalidEventReason.TooDeep,
                $"{Here} contains itself. Remove the circular reference."
            );
        }

        if (around.Count >= FrameLimits.MaxPayloadDepth)
        {
            throw new InvalidEventException(
                InvalidEventReason.TooDeep,
                $"The payload is nested deeper than {FrameLimits.MaxPayloadDepth} levels. Send fewer levels."
            );
        }

        var depth = steps.Count;
        around.Add(container);
        try
        {
            return convert(this, content);
        }
        catch (Exception e) when (e is not (InvalidEventException or PipelineStoppedException))
        {
            // A collection of a script that throws while it is read.
            steps.RemoveRange(depth, steps.Count - depth);
            throw new InvalidEventException(
                InvalidEventReason.UnsupportedValue,
                $"{Here} cannot be read: {e.Clause()}.",
                e
            );
        }
        finally
        {
            around.RemoveAt(around.Count - 1);
        }
    }

    private string Here => Place(Path);

    // Where the present value is in the payload, such as list[2].name.
    private string Path =>
        steps.Aggregate(
            start,
            (path, step) =>
                step.Index >= 0 ? $"{path}[{step.Index}]"
                : path.Length == 0 ? $"{step.Key}"
                : $"{path}.{step.Key}"
        );

    private static string Place(string path) => path.Length == 0 ? "The payload" : $"The payload's {path}";
}
