using SaltEvents.Objects;

namespace SaltEvents;

/// <summary>The result of a job of event.fire at one minion.</summary>
public sealed class SaltMinionAnswer
{
    internal SaltMinionAnswer(string minionId, bool answered, bool fired, object? returned)
    {
        MinionId = SerializedValue.Text(minionId);
        Answered = answered;
        Fired = fired;
        Return = returned;
    }

    /// <summary>The minion.</summary>
    public string MinionId { get; }

    /// <summary>Whether its answer came in time.</summary>
    public bool Answered { get; }

    /// <summary>Whether it reports that it fired the event.</summary>
    public bool Fired { get; }

    /// <summary>What it returned: true, or why it did not fire; null if no answer came.</summary>
    public object? Return { get; }

    /// <inheritdoc/>
    public override string ToString() => TerminalText.OneLine($"{MinionId}: {(Fired ? "fired" : Answered ? "not fired" : "no answer")}");
}
