using System;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Objects;
using SaltEvents.Selection;

namespace SaltEvents.Base;

/// <summary>What a command that listens has opened.</summary>
/// <param name="Bus">The bus.</param>
/// <param name="Source">The events that match.</param>
/// <param name="Losses">What of them was lost.</param>
/// <param name="Overruns">Where tags took too long to compare.</param>
/// <param name="Owned">What has to be closed; nothing of a session.</param>
internal sealed record OpenedSource(SelectedBus Bus, IEventSource Source, DropCounter Losses, MatchOverrun[] Overruns, IDisposable[] Owned);
