using System.Globalization;
using System.Linq;

namespace SaltEvents.Input;

/// <summary>What the version of a Salt says about its bus.</summary>
internal static class SaltRelease
{
    private static readonly (int Major, int Minor, SaltTagForm Form)[] Before =
    [
        (0, 17, SaltTagForm.Padded),
        (2015, 5, SaltTagForm.PaddedOrDelimited),
        (2016, 3, SaltTagForm.Delimited),
    ];

    /// <summary>How that version marks the end of a tag on its ZeroMQ bus; null where it has none: since 2016.3.</summary>
    public static SaltTagForm? TagFormOf(string version)
    {
        foreach (var (major, minor, form) in Before)
        {
            if (IsBefore(version, major, minor))
            {
                return form;
            }
        }

        return null;
    }

    /// <summary>Whether a minion of that version sends on what it finds in fire_master events (salt/minion.py, Minion.handle_event, since 2014.1.0).</summary>
    public static bool ForwardsToMaster(string version) => !IsBefore(version, 2014, 1);

    /// <summary>Whether the version says how frames are taken: of 3006, 3007 and 3008 that changed in the midst, so 3006 alone does not.</summary>
    public static bool SaysFraming(string version) =>
        FirstPrefixed(Numbers(version)[0]) is 0 or int.MaxValue || (version.Split('.') is { Length: > 1 } parts && parts[1].Length > 0 && char.IsDigit(parts[1][0]));

    /// <summary>How that version takes frames, since it has a stream.</summary>
    public static SaltFraming FramingOf(string version)
    {
        var numbers = Numbers(version);
        return numbers[1] >= FirstPrefixed(numbers[0]) ? SaltFraming.LengthPrefixed : SaltFraming.Map;
    }

    /// <summary>
    /// Whether a tag outside ASCII is lost on that version: on Python 2.7, where Salt joins the tag's text and its bytes, it ends
    /// the process that reads it (salt/utils/event.py, unpack, 2018.3.5 to 3000.9).
    /// </summary>
    public static bool LosesOtherThanAscii(string version) => !IsBefore(version, 2018, 3) && IsBefore(version, 3001, 0);

    // The first release of a series that takes a length before each frame: 3006.26, 3007.15, 3008.2, and all that follow 3008.
    private static int FirstPrefixed(int series) => series switch
    {
        < 3006 => int.MaxValue,
        3006 => 26,
        3007 => 15,
        3008 => 2,
        _ => 0,
    };

    private static bool IsBefore(string version, int major, int minor)
    {
        var numbers = Numbers(version);
        return numbers[0] < major || (numbers[0] == major && numbers[1] < minor);
    }

    private static int[] Numbers(string version) => version.TrimStart('v').Split('.').Select(Number).Append(0).ToArray();

    private static int Number(string part) =>
        int.TryParse(new string(part.TakeWhile(char.IsDigit).ToArray()), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
