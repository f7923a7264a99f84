using System.Text;

namespace SaltEvents.Core.Configuration;

/// <summary>
/// Indents the lines in which a list or map in brackets, or text in quotes, continues. libyaml, and so Salt, accepts them at any
/// column; YamlDotNet requires them to be further right than what contains them. The blanks do not become part of a value.
/// </summary>
internal sealed class YamlContinuation
{
    private const int Blanks = 200;
    private readonly string text;
    private readonly StringBuilder indented = new();
    private int position;
    private int column; // of the start of the line, after its "- "

    private YamlContinuation(string text) => this.text = text;

    private bool AtEnd => position >= text.Length;

    private char Current => text[position];

    private bool AtLineEnd => AtEnd || Current is '\n' or '\r';

    private bool IsAfterBlank => position == 0 || text[position - 1] is ' ' or '\t' or '\n' or '\r';

    /// <summary>The document with those lines indented.</summary>
    public static string Indent(string text)
    {
        var document = new YamlContinuation(text);
        while (!document.AtEnd)
        {
            document.ScanLine();
        }

        return document.indented.ToString();
    }

    private void ScanLine()
    {
        column = CopyWhile(' ');
        while (!AtLineEnd)
        {
            if (Current is '-' or '?' && (position + 1 == text.Length || text[position + 1] is ' ' or '\n' or '\r'))
            {
                Copy();
                column += 1 + CopyWhile(' ');
            }
            else if (Current == '#' && IsAfterBlank)
            {
                CopyRestOfLine();
            }
            else if (!ScanValue())
            {
                return;
            }
        }

        CopyLineEnd();
    }

    // One value, or the name before one; false if it has copied whole lines.
    private bool ScanValue()
    {
        switch (Current)
        {
            case '"' or '\'':
                ScanQuoted();
                return true;
            case '[' or '{':
                ScanFlow();
                return true;
            case '&' or '!' or '*':
                while (!AtLineEnd && Current is not (' ' or '\t'))
                {
                    Copy();
                }

                return true;
            case ' ' or '\t' or ':':
                Copy();
                return true;
            case '|' or '>':
                CopyRestOfLine();
                CopyLineEnd();
                CopyDeeperLines();
                return false;
            default:
                return ScanPlain();
        }
    }

    private bool ScanPlain()
    {
        while (!AtLineEnd && !(Current == '#' && IsAfterBlank))
        {
            if (Current == ':' && (position + 1 == text.Length || text[position + 1] is ' ' or '\t' or '\n' or '\r'))
            {
                return true;
            }

            Copy();
        }

        CopyRestOfLine();
        CopyLineEnd();
        CopyDeeperLines();
        return false;
    }

    // The lines in which a block scalar or plain text continues, which have no structure.
    private void CopyDeeperLines()
    {
        while (!AtEnd)
        {
            var start = position;
            while (start < text.Length && text[start] == ' ')
            {
                start++;
            }

            if (start < text.Length && text[start] is not ('\n' or '\r') && start - position <= column)
            {
                return;
            }

            CopyRestOfLine();
            CopyLineEnd();
        }
    }

    private void ScanQuoted()
    {
        var quote = Current;
        Copy();
        while (!AtEnd && Current != quote)
        {
            if (Current == '\\' && quote == '"' && position + 1 < text.Length && text[position + 1] is not ('\n' or '\r'))
            {
                Copy();
            }

            CopyIndented();
        }

        if (!AtEnd)
        {
            Copy();
        }
    }

    private void ScanFlow()
    {
        var depth = 0;
        var isStart = true; // of a value: only there does a quote begin text
        do
        {
            switch (Current)
            {
                case '"' or '\'' when isStart:
                    ScanQuoted();
                    continue;
                case '#' when isStart || IsAfterBlank:
                    CopyRestOfLine();
                    continue;
                case '[' or '{':
                    depth++;
                    isStart = true;
                    break;
                case ']' or '}':
                    depth--;
                    break;
                case ',' or ':':
                    isStart = true;
                    break;
                case not (' ' or '\t' or '\n' or '\r'):
                    isStart = false;
                    break;
            }

            CopyIndented();
        }
        while (depth > 0 && !AtEnd);
    }

    private void CopyIndented()
    {
        var isLineEnd = Current is '\n';
        Copy();
        if (isLineEnd && !AtLineEnd)
        {
            indented.Append(' ', Blanks);
        }
    }

    private int CopyWhile(char blank)
    {
        var start = position;
        while (!AtEnd && Current == blank)
        {
            Copy();
        }

        return position - start;
    }

    private void CopyRestOfLine()
    {
        while (!AtLineEnd)
        {
            Copy();
        }
    }

    private void CopyLineEnd()
    {
        if (!AtEnd)
        {
            Copy();
        }
    }

    private void Copy() => indented.Append(text[position++]);
}
