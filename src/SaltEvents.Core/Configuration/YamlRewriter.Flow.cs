namespace SaltEvents.Core.Configuration;

/// <content>Lists and maps in brackets.</content>
internal sealed partial class YamlRewriter
{
    private void ScanFlow()
    {
        var start = position;
        var depth = 0;
        do
        {
            switch (Current)
            {
                case '"' or '\'':
                    ScanQuoted();
                    continue;
                case '#':
                    CopyComment();
                    continue;
                case '&' or '!' or '*':
                    CopyProperty();
                    continue;
                case '[' or '{':
                    depth++;
                    break;
                case ']' or '}':
                    depth--;
                    break;
                case '?':
                    Copy();
                    written.Append(' ');
                    continue;
                case not (',' or ':') when !IsBlank(Current):
                    ScanFlowPlain();
                    continue;
            }

            CopyIndented();
        }
        while (depth > 0 && !AtEnd);
        if (depth > 0)
        {
            Refuse(start, "the bracket or brace is not closed");
        }
    }

    private void ScanFlowPlain()
    {
        if (Current == '-' && position + 1 < text.Length && IsFlowSign(text[position + 1]))
        {
            written.Append("'-'");
            position++;
        }

        while (!AtEnd && !IsFlowSign(Current) && !IsComment && !IsColon)
        {
            CopyIndented();
        }
    }

    private static bool IsFlowSign(char c) => c is ',' or '[' or ']' or '{' or '}';
}
