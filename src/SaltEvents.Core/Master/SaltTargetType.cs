namespace SaltEvents;

/// <summary>How a target names minions: Salt's <c>tgt_type</c> (salt/utils/minions.py, CkMinions.check_minions, 3006.10).</summary>
public enum SaltTargetType
{
    /// <summary>Shell pattern over minion ids.</summary>
    Glob,

    /// <summary>Regular expression over minion ids.</summary>
    Pcre,

    /// <summary>Minion ids with commas between them.</summary>
    List,

    /// <summary>Grain and shell pattern, such as <c>os:Debian</c>.</summary>
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
