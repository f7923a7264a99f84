using System;

namespace SaltEvents.Routes;

/// <summary>The way that events take from a command: a bus, a job of a master, a sign-in to masters, or a salt-api.</summary>
internal interface IEventRoute : IDisposable
{
    /// <summary>Connects. Not called if nothing is to be sent.</summary>
    void Open();

    /// <summary>Sends one event, unless the user does not want it, and writes what became of it.</summary>
    /// <exception cref="Core.Events.InvalidEventException">Salt could not carry it; nothing was sent.</exception>
    void Send(OutgoingEvent outgoing);

    /// <summary>Waits until all that was sent has arrived, as far as the route can show it.</summary>
    void Complete();

    /// <summary>Whether an error is about one event only, so that the command goes on with the next.</summary>
    bool IsNonTerminating(Exception error);
}
