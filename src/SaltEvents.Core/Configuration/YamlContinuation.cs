using System.Text;

namespace SaltEvents.Core.Configuration;

/// <summary>
/// Indents the lines in which a list or map in brackets, or text in quotes, goes on. libyaml, and so Salt, takes them at any
/// column; YamlDotNet wants them further right than what they are in. The blanks are no part of any value.
/// </summary>
internal sealed class YamlContinuation
{
    private const int Blanks = 200;
    private readonly string text;
    private readonly StringBuilder indented = new();
    private int position;
    private int column; // of what the line began with, behind its "- "

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
            document.Line();
        }

        return document.indented.ToString();
    }

    private void Line()
    {
        column = Skip(' ');
        while (!AtLineEnd)
        {
            if (Current is '-' or '?' && (position + 1 == text.Length || text[position + 1] is ' ' or '\n' or '\r'))
            {
                Take();
                column += 1 + Skip(' ');
            }
            else if (Current == '#' && IsAfterBlank)
            {
                TakeLine();
            }
            else if (!Value())
            {
                return;
            }
        }

        TakeLineEnd();
    }

    // One value, or the name before one; false where it has taken whole lines.
    private bool Value()
    {
        switch (Current)
        {
            case '"' or '\'':
                Quoted();
                return true;
            case '[' or '{':
                Flow();
                return true;
            case '&' or '!' or '*':
                while (!AtLineEnd && Current is not (' ' or '\t'))
                {
                    Take();
                }

                return true;
            case ' ' or '\t' or ':':
                Take();
                return true;
            case '|' or '>':
                TakeLine();
                TakeLineEnd();
                Deeper();
                return false;
            default:
                return Plain();
        }
    }

    private bool Plain()
    {
        while (!AtLineEnd && !(Current == '#' && IsAfterBlank))
        {
            if (Current == ':' && (position + 1 == text.Length || text[position + 1] is ' ' or '\t' or '\n' or '\r'))
            {
                return true;
            }

            Take();
        }

        TakeLine();
        TakeLineEnd();
        Deeper();
        return false;
    }

    // The lines in which a block scalar or plain text goes on, which are no structure.
    private void Deeper()
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

            TakeLine();
            TakeLineEnd();
        }
    }

    private void Quoted()
    {
        var quote = Current;
        Take();
        while (!AtEnd && Current != quote)
        {
            if (Current == '\\' && quote == '"' && position + 1 < text.Length && text[position + 1] is not ('\n' or '\r'))
            {
                Take();
            }

            TakeInside();
        }

        if (!AtEnd)
        {
            Take();
        }
    }

    private void Flow()
    {
        var depth = 0;
        var isStart = true; // of a value: only there a quote begins text
        do
        {
            switch (Current)
            {
                case '"' or '\'' when isStart:
                    Quoted();
                    continue;
                case '#' when isStart || IsAfterBlank:
                    TakeLine();
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

            TakeInside();
        }
        while (depth > 0 && !AtEnd);
    }

    private void TakeInside()
    {
        var isLineEnd = Current is '\n';
        Take();
        if (isLineEnd && !AtLineEnd)
        {
            indented.Append(' ', Blanks);
        }
    }

    private int Skip(char blank)
    {
        var start = position;
        while (!AtEnd && Current == blank)
        {
            Take();
        }

        return position - start;
    }

    private void TakeLine()
    {
        while (!AtLineEnd)
        {
            Take();
        }
    }

    private void TakeLineEnd()
    {
        if (!AtEnd)
        {
            Take();
        }
    }

    private void Take() => indented.Append(text[position++]);
}
