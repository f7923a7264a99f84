namespace SaltEvents.Core.Framing;

/// <summary>The msgpack type that carries a frame's body.</summary>
public enum FrameBodyType
{
    /// <summary>bin, as Salt on Python 3 writes it. What a sender uses.</summary>
    Bin,

    /// <summary>str, as Salt on Python 2 and some builds of 3007 publish it. Salt loses such a frame on its pull socket.</summary>
    Str,
}
