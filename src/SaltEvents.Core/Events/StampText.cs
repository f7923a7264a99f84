using System;

namespace SaltEvents.Core.Events;

/// <summary>
/// Reads the text of a <c>_stamp</c>: <c>yyyy-MM-dd</c>, one of <c>T</c>, <c>t</c>, <c>_</c> and a blank, <c>HH:mm:ss</c>; then
/// perhaps a fraction of any length and <c>Z</c> or an offset (<c>+00:00</c>, <c>+0000</c>, <c>+00</c>). Salt writes UTC without
/// saying so, since 3008.0 with <c>+00:00</c>; JavaScript, Go and .NET write <c>Z</c> and other fractions; the default text of a time
/// in Ruby and Go has blanks, an offset and <c>UTC</c> after it. Only Salt 0.17 and 2014.1.0 write <c>_</c>, and local time
/// (salt/utils/event.py, fire_event, 0.17.5), which is taken for that of this computer. Salt 2014.1.1 to 2014.7.1 also wrote local
/// time, which cannot be seen.
/// </summary>
internal ref struct StampText
{
    private readonly ReadOnlySpan<char> text;
    private int position;
    private bool isBad;

    private StampText(string text) => this.text = text.AsSpan().Trim();

    public static DateTime? Parse(string text) => new StampText(text).Read();

    private DateTime? Read()
    {
        var (year, month, day) = (Number(4), Number(2, '-'), Number(2, '-'));
        var separator = Take();
        var (hour, minute, second) = (Number(2), Number(2, ':'), Number(2, ':'));
        var fraction = Fraction();
        var offset = Offset();
        if (
            isBad
            || position < text.Length
            || separator is not ('T' or 't' or '_' or ' ')
            || year == 0
            || month is 0 or > 12
            || day == 0
            || day > DateTime.DaysInMonth(year, month)
            || hour > 23
            || minute > 59
            || second > 59
        )
        {
            return null;
        }

        var isLocal = separator == '_' && offset is null;
        var time = new DateTime(year, month, day, hour, minute, second, isLocal ? DateTimeKind.Local : DateTimeKind.Utc).AddTicks(fraction);
        var ticks = time.Ticks - (offset ?? 0);
        return isLocal ? time.ToUniversalTime()
            : ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks ? null
            : new DateTime(ticks, DateTimeKind.Utc);
    }

    private readonly char Next => position < text.Length ? text[position] : '\0';

    private char Take()
    {
        var next = Next;
        position++;
        return next;
    }

    private int Number(int digits, char before = '\0')
    {
        isBad |= before != '\0' && Take() != before;
        var number = 0;
        for (var i = 0; i < digits; i++)
        {
            var digit = Take() - '0';
            isBad |= digit is < 0 or > 9;
            number = (number * 10) + digit;
        }

        return isBad ? 0 : number;
    }

    // In ticks; finer digits are cut off.
    private long Fraction()
    {
        if (Next is not ('.' or ','))
        {
            return 0;
        }

        position++;
        isBad |= Next is < '0' or > '9';
        var ticks = 0L;
        for (var unit = TimeSpan.TicksPerSecond / 10; Next is >= '0' and <= '9'; unit /= 10)
        {
            ticks += unit * (Take() - '0');
        }

        return ticks;
    }

    // In ticks; null if none is given.
    private long? Offset()
    {
        if (position >= text.Length)
        {
            return null;
        }

        if (TakeUtc())
        {
            return 0;
        }

        TakeBlanks();

        var sign = Take();
        if (sign is 'Z' or 'z')
        {
            return 0;
        }

        var hours = Number(2);
        position += Next == ':' ? 1 : 0;
        var minutes = Next is >= '0' and <= '9' ? Number(2) : 0;
        isBad |= sign is not ('+' or '-') || hours > 23 || minutes > 59;
        TakeUtc();
        return (sign == '-' ? -1 : 1) * (hours * TimeSpan.TicksPerHour + minutes * TimeSpan.TicksPerMinute);
    }

    private void TakeBlanks()
    {
        while (Next == ' ')
        {
            position++;
        }
    }

    // The name at the end, with blanks before it.
    private bool TakeUtc()
    {
        var isUtc = position < text.Length && text.Slice(position).TrimStart() is ("UTC" or "GMT");
        position = isUtc ? text.Length : position;
        return isUtc;
    }
}
