using System;

namespace SaltEvents.Core.Connections;

/// <summary>Why a connection has ended.</summary>
/// <param name="Reason">The kind of end.</param>
/// <param name="Cause">The error behind it; null if there is none.</param>
internal sealed record ConnectionEnd(ConnectionEndReason Reason, Exception? Cause = null);
