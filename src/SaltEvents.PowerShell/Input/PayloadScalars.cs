using System;
using System.Globalization;
using System.Management.Automation;
using System.Net;
using System.Numerics;
using SaltEvents.Core.Events;

namespace SaltEvents.Input;

/// <summary>
/// Single values and their form on the bus. DateTime and DateTimeOffset: Salt's datetime, in UTC. TimeSpan: seconds. An
/// enum: its name. Guid, decimal, BigInteger, char, Uri, Version, IPAddress: their text (of a number, with all its digits).
/// </summary>
internal static class PayloadScalars
{
    /// <summary>False for what has no form on the bus.</summary>
    public static bool TryConvert(object? value, out object? converted)
    {
        converted = Convert(value);
        return converted is not null || value is null or DBNull;
    }

    private static object? Convert(object? value) => value switch
    {
        bool or string or double or float or sbyte or byte or short or ushort or int or uint or long or ulong or DateTime => value,
        DateTimeOffset time => time.UtcDateTime,
        TimeSpan time => time.TotalSeconds,
        Enum or Guid or char or Version or IPAddress => value.ToString(),
        decimal or BigInteger => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        SwitchParameter flag => flag.IsPresent,
        Uri uri => uri.OriginalString,
        SaltConstant constant => new PayloadConstant(constant.Name, constant.Value),
        SaltExtension extension => new PayloadExtension((sbyte)extension.Code, extension.Data),
        _ => null,
    };
}
