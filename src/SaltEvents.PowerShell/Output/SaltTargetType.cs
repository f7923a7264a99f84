namespace SaltEvents;

/// <summary>How -Target names minions: the target types of the salt command.</summary>
public enum SaltTargetType
{
    /// <summary>Shell pattern over minion ids.</summary>
    Glob,

    /// <summary>Regular expression over minion ids.</summary>
    Pcre,

    /// <summary>Minion ids.</summary>
    List,

    /// <summary>Grain and shell pattern, such as os:Debian.</summary>
    Grain,

    /// <summary>Grain and regular expression.</summary>
    GrainPcre,

    /// <summary>Pillar value and shell pattern.</summary>
    Pillar,

    /// <summary>The name of a node group in the master's configuration.</summary>
    Nodegroup,

    /// <summary>An IP address or a subnet.</summary>
    IpCidr,

    /// <summary>Several of these, with and, or, not.</summary>
    Compound,
}
