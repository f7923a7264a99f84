using System.Globalization;
using System.Linq;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Configuration;

/// <summary>What the version of a Salt determines about its bus.</summary>
internal static class SaltVersions
{
    private static readonly (int Major, int Minor, SaltTagForm Form)[] Before =
    [
        (0, 17, SaltTagForm.Padded),
        (2015, 5, SaltTagForm.PaddedOrDelimited),
        (2016, 3, SaltTagForm.Delimited),
    ];

    /// <summary>How that version marks the end of a tag; null if it has no ZeroMQ bus: since 2016.3.</summary>
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

    /// <summary>
    /// How that version writes the time of firing; of a series named without its last number, the last release. Null where it writes none:
    /// before 0.17.
    /// </summary>
    public static StampForm? StampFormOf(string version)
    {
        var numbers = Numbers(version);
        var release = (numbers[0], numbers[1], numbers.Length > 3 ? numbers[2] : int.MaxValue);
        return release.CompareTo((0, 17, 0)) < 0 ? null
            : release.CompareTo((2014, 1, 1)) < 0 ? StampForm.LocalWithUnderscore
            : release.CompareTo((2014, 7, 2)) < 0 ? StampForm.Local
            : release.CompareTo((3008, 0, 0)) < 0 ? StampForm.Utc
            : StampForm.UtcWithOffset;
    }

    /// <summary>Whether Salt has had a series of this number: 0, 2014 to 2019, and from 3000 on.</summary>
    public static bool IsSeries(string version) => Numbers(version)[0] is 0 or (>= 2014 and <= 2019) or >= 3000;

    /// <summary>Whether the module speaks to that version: since 0.9.10.</summary>
    public static bool IsSupported(string version) =>
        Numbers(version) is var numbers
        && (numbers[0] > 0 || numbers[1] > 9 || (numbers[1] == 9 && (numbers.Length < 4 || numbers[2] >= 10)));

    /// <summary>Whether a version comes before another.</summary>
    public static bool IsBefore(string version, int major, int minor)
    {
        var numbers = Numbers(version);
        return numbers[0] < major || (numbers[0] == major && numbers[1] < minor);
    }

    /// <summary>
    /// Whether a minion of that version has its id in the names of its sockets: since 0.10.3 (salt/utils/event.py, MinionEvent).
    /// </summary>
    public static bool HasHashedSockets(string version) =>
        Numbers(version) is var numbers
        && (numbers[0] > 0 || numbers[1] > 10 || (numbers[1] == 10 && numbers.Length > 3 && numbers[2] >= 3));

    /// <summary>The numbers of a version, at least two: 0.17.0-rc1 is 0, 17, 0, 0.</summary>
    public static int[] Numbers(string version) => version.TrimStart('v').Split('.').Select(Number).Append(0).ToArray();

    private static int Number(string part) =>
        int.TryParse(new string(part.TakeWhile(char.IsDigit).ToArray()), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;
}
