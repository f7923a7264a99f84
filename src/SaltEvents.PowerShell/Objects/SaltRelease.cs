using SaltEvents.Core.Configuration;
using SaltEvents.Core.Events;

namespace SaltEvents.Objects;

/// <summary>What the version of Salt determines about its bus.</summary>
internal static class SaltRelease
{
    /// <summary>How that version writes the time of firing; as in most versions if it is not known, or writes no time.</summary>
    public static StampForm StampFormOf(string? version) =>
        version is null ? StampForm.Utc : SaltVersions.StampFormOf(version) ?? StampForm.Utc;

    /// <summary>
    /// Whether a minion of that version forwards the content of fire_master events (salt/minion.py, Minion.handle_event, since 2014.1.0).
    /// </summary>
    public static bool ForwardsToMaster(string version) => !SaltVersions.IsBefore(version, 2014, 1);

    /// <summary>Whether the version determines how frames are read: that changed within 3006, 3007 and 3008, so "3006" does not.</summary>
    public static bool DeterminesFraming(string version) =>
        FirstPrefixed(SaltVersions.Numbers(version)[0]) is 0 or int.MaxValue
        || (version.Split('.') is { Length: > 1 } parts && parts[1].Length > 0 && char.IsDigit(parts[1][0]));

    /// <summary>How that version takes frames, since it has a stream.</summary>
    public static SaltFraming FramingOf(string version)
    {
        var numbers = SaltVersions.Numbers(version);
        return numbers[1] >= FirstPrefixed(numbers[0]) ? SaltFraming.LengthPrefixed : SaltFraming.Map;
    }

    /// <summary>
    /// Whether a tag with non-ASCII characters is lost on that version. On Python 2.7, Salt joins its text and bytes, which ends
    /// the process that reads it (salt/utils/event.py, unpack, 2018.3.5 to 3000.9).
    /// </summary>
    public static bool LosesOtherThanAscii(string version) =>
        !SaltVersions.IsBefore(version, 2018, 3) && SaltVersions.IsBefore(version, 3001, 0);

    // The first release of a series that takes a length before each frame: 3006.26, 3007.15, 3008.2, and all that follow 3008.
    private static int FirstPrefixed(int series) => series switch
    {
        < 3006 => int.MaxValue,
        3006 => 26,
        3007 => 15,
        3008 => 2,
        _ => 0,
    };
}
