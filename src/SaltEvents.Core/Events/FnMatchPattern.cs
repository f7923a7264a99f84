using System.Text;
using System.Text.RegularExpressions;

namespace SaltEvents.Core.Events;

/// <summary>Shell patterns as Python's fnmatch.translate reads them: *, ?, [seq], [!seq]; a bracket that is not closed is itself.</summary>
internal static class FnMatchPattern
{
    public static string ToRegex(string pattern)
    {
        var regex = new StringBuilder("\\A(?:");
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '*':
                    regex.Append(".*");
                    break;
                case '?':
                    regex.Append('.');
                    break;
                case '[' when EndOfSet(pattern, i) is var end and > 0:
                    AppendSet(regex, pattern.Substring(i + 1, end - i - 1));
                    i = end;
                    break;
                default:
                    regex.Append(Regex.Escape(pattern[i].ToString()));
                    break;
            }
        }

        return regex.Append(")\\z").ToString();
    }

    // A ] right after [ or [! is a member of the set.
    private static int EndOfSet(string pattern, int open)
    {
        var first = open + 1;
        if (first < pattern.Length && pattern[first] == '!')
        {
            first++;
        }

        return first + 1 < pattern.Length ? pattern.IndexOf(']', first + 1) : -1;
    }

    private static void AppendSet(StringBuilder regex, string members)
    {
        regex.Append('[');
        if (members[0] == '!')
        {
            regex.Append('^');
            members = members.Substring(1);
        }

        foreach (var c in members)
        {
            // '-' keeps its meaning of a range; all else that means something to .NET in a set is escaped.
            _ = c is '\\' or '[' or ']' or '^' ? regex.Append('\\').Append(c) : regex.Append(c);
        }

        regex.Append(']');
    }
}
