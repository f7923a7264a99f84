using System.Collections.Generic;
using System.Linq;
using SaltEvents.Objects;

namespace SaltEvents.Completion;

/// <summary>Completes the id of a job with those that events of this session were about, the last one first.</summary>
public sealed class JobIdCompleter : ValueCompleter
{
    private protected override IEnumerable<(string Value, string About)> Offer(string command, string typed) =>
        SeenEvents.Current.Seen.Where(e => e.JobId is string).Select(e => ((string)e.JobId!, $"{e.JobId} {e.Function}".Trim()));

    // A number of 20 digits would come as one that has lost some.
    private protected override string Quote(string value) => "'" + value.Replace("'", "''") + "'";
}
