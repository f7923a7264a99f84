using System;

namespace SaltEvents.Core.Client;

/// <summary>A change of a subscription's connection, at its place between the events.</summary>
/// <param name="State">What happened.</param>
/// <param name="Time">When, by this computer's clock, UTC.</param>
/// <param name="Gap">How long the bus was away: for <see cref="StreamState.Reconnected"/>; else zero.</param>
/// <param name="Message">The same in words, with the address and the reason.</param>
public sealed record StreamStatus(StreamState State, DateTime Time, TimeSpan Gap, string Message);
