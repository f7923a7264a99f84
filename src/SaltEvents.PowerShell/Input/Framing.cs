using SaltEvents.Core.Framing;

namespace SaltEvents.Input;

/// <summary>SaltFraming and what Core calls it: no format for Auto.</summary>
internal static class Framing
{
    public static FrameFormat? ToFormat(this SaltFraming framing) => framing switch
    {
        SaltFraming.Map => FrameFormat.Map,
        SaltFraming.LengthPrefixed => FrameFormat.LengthPrefixed,
        _ => null,
    };

    public static SaltFraming ToFraming(this FrameFormat format) =>
        format == FrameFormat.Map ? SaltFraming.Map : SaltFraming.LengthPrefixed;
}
