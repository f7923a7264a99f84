using SaltEvents.Core.Framing;

namespace SaltEvents.Objects;

/// <summary>Converts between <see cref="SaltFraming"/> and Core's formats. Auto has no format.</summary>
internal static class SaltFramingExtensions
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
