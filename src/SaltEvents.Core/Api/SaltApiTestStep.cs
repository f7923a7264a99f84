namespace SaltEvents.Core.Api;

/// <summary>One step of the way to a salt-api and back.</summary>
/// <param name="Name">What was tried: name, connection, TLS, salt-api, sign-in, rights, stream, round trip or version.</param>
/// <param name="Passed">Whether it succeeded; null if it was not tried.</param>
/// <param name="Detail">What was seen, in a few words.</param>
public sealed record SaltApiTestStep(string Name, bool? Passed, string Detail);
