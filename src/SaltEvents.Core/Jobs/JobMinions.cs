using System;
using System.Collections.Generic;
using System.Linq;

namespace SaltEvents.Core.Jobs;

/// <summary>
/// Which minions a job is for, and which of them have answered. The master names them, and each batch of a job its own; a master of
/// masters names its syndics, and these their minions (salt/client/__init__.py, LocalClient.get_iter_returns, 3006.10).
/// </summary>
internal sealed class JobMinions
{
    private readonly List<string> order = [];
    private readonly HashSet<string> named = new(StringComparer.Ordinal);
    private readonly HashSet<string> behindSyndics = new(StringComparer.Ordinal);
    private readonly HashSet<string> syndics = new(StringComparer.Ordinal);
    private readonly HashSet<string> unknown = new(StringComparer.Ordinal);
    private readonly List<string> returned = [];
    private readonly HashSet<string> answered = new(StringComparer.Ordinal);
    private readonly HashSet<string> pending = new(StringComparer.Ordinal);
    private readonly List<string> failed = [];

    /// <summary>Whether it is known which minions are to answer; false if only the later part of the job was seen.</summary>
    public bool AreNamed { get; private set; }

    /// <summary>Those that should answer, in the order in which they were named; a syndic is not a minion.</summary>
    public string[] Expected => [.. order.Where(id => !IsOnlySyndic(id))];

    /// <summary>Those that have answered, in the order of their answers, including those that were not expected.</summary>
    public string[] Returned => [.. returned];

    /// <summary>Those of them that failed.</summary>
    public string[] Failed => [.. failed];

    /// <summary>Those that are to answer and have not, and those that the master does not know.</summary>
    public string[] Missing => [.. Unanswered, .. Unknown];

    /// <summary>Those that are to answer and have not.</summary>
    public string[] Unanswered => [.. order.Where(pending.Contains)];

    /// <summary>Those of a list that the master does not know.</summary>
    public string[] Unknown => [.. unknown.Where(id => !answered.Contains(id) && !named.Contains(id))];

    /// <summary>Whether any of those that are to answer have not.</summary>
    public bool ArePending => pending.Count > 0;

    /// <summary>Whether all that are to answer have.</summary>
    public bool HaveAllReturned => AreNamed && pending.Count == 0 && order.Exists(id => !IsOnlySyndic(id));

    /// <summary>Adds the minions that are to answer.</summary>
    /// <param name="ids">The minions, or syndics.</param>
    /// <param name="syndic">The syndic that says it; null for the master.</param>
    public void Name(IEnumerable<string> ids, string? syndic)
    {
        AreNamed = true;
        if (syndic is not null)
        {
            syndics.Add(syndic);
        }

        foreach (var id in ids)
        {
            if (syndic is not null)
            {
                behindSyndics.Add(id);
            }

            Expect(id);
        }

        pending.RemoveWhere(IsOnlySyndic);
    }

    /// <summary>A minion works on the job.</summary>
    public void Expect(string id)
    {
        if (named.Add(id))
        {
            order.Add(id);
        }

        if (!answered.Contains(id) && !IsOnlySyndic(id))
        {
            pending.Add(id);
        }
    }

    /// <summary>The master does not know these, of a list.</summary>
    public void MarkMissing(IEnumerable<string> ids) => unknown.UnionWith(ids);

    /// <summary>A minion has answered. Its first answer counts.</summary>
    public void Return(string id, bool hasFailed)
    {
        if (!answered.Add(id))
        {
            return;
        }

        returned.Add(id);
        pending.Remove(id);
        if (hasFailed)
        {
            failed.Add(id);
        }
    }

    // The minion on a syndic's computer can have the syndic's id; then the syndic names it.
    private bool IsOnlySyndic(string id) => syndics.Contains(id) && !behindSyndics.Contains(id);
}
