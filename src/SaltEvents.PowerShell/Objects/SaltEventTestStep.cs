namespace SaltEvents;

/// <summary>One step of the way to a bus that was tested.</summary>
public abstract class SaltEventTestStep
{
    private protected SaltEventTestStep()
    {
    }
}
