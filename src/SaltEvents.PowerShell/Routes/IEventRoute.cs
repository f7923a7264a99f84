using System;

namespace SaltEvents.Routes;

/// <summary>The route that events take from a command: a bus, a job of a master, a sign-in to masters, or a salt-api.</summary>
internal interface IEventRoute : IDisposable
{
    /// <summary>Connects. Not called if nothing is to be sent.</summary>
    void Open();

    /// <summary>Sends one event, unless the user declines, and writes the result.</summary>
    /// <exception cref="Core.Events.InvalidEventException">Salt could not carry it; nothing was sent.</exception>
    void Send(OutgoingEvent outgoing);

    /// <summary>Waits until everything that was sent has arrived, as far as the route can tell.</summary>
    void Complete();

    /// <summary>Whether an error is about one event only, so that the command continues with the next.</summary>
    bool IsNonTerminating(Exception error);
}
