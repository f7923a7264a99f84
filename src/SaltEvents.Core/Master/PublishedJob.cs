using System.Collections.Generic;

namespace SaltEvents.Core.Master;

/// <summary>A job that a master has published (salt/master.py, ClearFuncs.publish, 3006.10).</summary>
/// <param name="JobId">The job's id; the minions' answers carry it in their tag, <c>salt/job/JobId/ret/minion</c>.</param>
/// <param name="Minions">The minions that match, as far as the master knows: connected or not. Empty on a master of masters, whose minions
/// are known to its syndics only.</param>
/// <param name="Missing">Minions of a list that the master does not know. Counted here: masters before 2018.3 do not report them.</param>
public sealed record PublishedJob(string JobId, IReadOnlyList<string> Minions, IReadOnlyList<string> Missing);
