namespace SaltEvents.Payload;

/// <summary>An object that stands for a whole payload, such as an event.</summary>
internal interface IPayloadSource
{
    /// <summary>The payload as the encoder takes it.</summary>
    object? Decode();
}
