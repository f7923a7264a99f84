using System;
using System.Text;

namespace SaltEvents.Core.Configuration;

/// <summary>
/// Rewrites what libyaml, and so Salt, reads and YamlDotNet refuses or reads otherwise: lists and maps in brackets, and text in quotes,
/// that continue at any column; a comment right behind them; blanks in the empty first lines of text; text that starts with a colon; in
/// brackets a question mark right before a key, and a dash as a value. No value changes.
/// </summary>
internal sealed partial class YamlRewriter
{
    private const int MaxIndentation = 200;
    private readonly string text;
    private readonly StringBuilder written = new();
    private int position;
    private (int Line, string Problem)? problem;
    private int column; // of the start of the line, after its "- "
    private int parent; // lines that are further right than this column continue the value

    private YamlRewriter(string text) => this.text = text;

    private bool AtEnd => position >= text.Length;

    private char Current => text[position];

    private bool AtLineEnd => AtEnd || IsLineEnd(Current);

    private bool IsAfterBlank => position == 0 || IsBlank(text[position - 1]);

    private int EndOfBlanks
    {
        get
        {
            var end = position;
            while (end < text.Length && text[end] == ' ')
            {
                end++;
            }

            return end;
        }
    }

    private bool IsBeforeBlank => position + 1 == text.Length || IsBlank(text[position + 1]);

    private bool IsComment => Current == '#' && IsAfterBlank;

    // Between a name and its value.
    private bool IsColon => Current == ':' && IsBeforeBlank;

    // Of a document's start or end.
    private bool IsMarker(string marker) =>
        string.CompareOrdinal(text, position, marker, 0, marker.Length) == 0
        && (position + marker.Length == text.Length || IsBlank(text[position + marker.Length]));

    /// <summary>The document as YamlDotNet reads it alike. Its lines stay.</summary>
    /// <param name="text">The document.</param>
    /// <param name="problem">The first thing that libyaml refuses, and its line; null if nothing was found.</param>
    public static string Rewrite(string text, out (int Line, string Problem)? problem)
    {
        var document = new YamlRewriter(text);
        while (!document.AtEnd)
        {
            document.ScanLine();
        }

        problem = document.problem;
        return document.written.ToString();
    }

    private void ScanLine()
    {
        column = CopyIndentation();
        parent = column - 1;
        if (column == 0 && (IsMarker("---") || IsMarker("...")))
        {
            CopyProperty();
        }
        else if (column == 0 && !AtEnd && Current == '%')
        {
            CopyRestOfLine();
        }

        while (!AtLineEnd)
        {
            if (Current is '-' or '?' && IsBeforeBlank)
            {
                parent = column;
                Copy();
                column += 1 + CopyIndentation();
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
            case '#':
                CopyComment();
                return true;
            case '&' or '!' or '*':
                CopyProperty();
                return true;
            case ':' when IsColon:
                parent = column;
                Copy();
                return true;
            case ' ' or '\t':
                Copy();
                return true;
            case '|' or '>':
                CopyBlockText();
                return false;
            default:
                return ScanPlain();
        }
    }

    private bool ScanPlain()
    {
        var start = written.Length;
        while (!AtLineEnd && !IsComment && !IsColon)
        {
            Copy();
        }

        if (written[start] == ':')
        {
            Quote(start);
        }

        if (!AtLineEnd && IsColon)
        {
            return true;
        }

        CopyRestOfLine();
        CopyLineEnd();
        CopyDeeperLines();
        return false;
    }

    // After a list or map in brackets YamlDotNet may lose a colon that text starts with.
    private void Quote(int start)
    {
        var plain = written.ToString(start, written.Length - start).TrimEnd(' ', '\t');
        written.Length = start;
        written.Append('\'').Append(plain.Replace("'", "''")).Append("' ");
    }

    // YamlDotNet refuses blanks in empty first lines. They only say something where the header says how far the text is indented.
    private void CopyBlockText()
    {
        var isMeasured = false;
        for (; !AtLineEnd && Current != '#'; Copy())
        {
            isMeasured |= char.IsDigit(Current);
        }

        CopyComment();
        CopyLineEnd();
        while (!isMeasured && EndOfBlanks is var end && end < text.Length && IsLineEnd(text[end]))
        {
            position = end;
            Copy();
        }

        CopyDeeperLines();
    }

    // The lines in which a block scalar or plain text continues, which have no structure.
    private void CopyDeeperLines()
    {
        while (!AtEnd && EndOfBlanks is var start && (start == text.Length || IsLineEnd(text[start]) || start - position > parent))
        {
            CopyRestOfLine();
            CopyLineEnd();
        }
    }

    private void ScanQuoted()
    {
        var start = position;
        var quote = Current;
        Copy();
        while (!AtEnd && Current != quote)
        {
            if (Current == '\\' && quote == '"' && position + 1 < text.Length && !IsLineEnd(text[position + 1]))
            {
                Copy();
            }

            CopyIndented();
        }

        if (AtEnd)
        {
            Refuse(start, "the quote is not closed");
        }
        else
        {
            Copy();
        }
    }

    private void Refuse(int at, string why) => problem ??= (YamlRules.LineOf(text, at), why);

    private void CopyIndented()
    {
        var isLineEnd = AtLineEnd;
        Copy();
        if (isLineEnd && !AtLineEnd)
        {
            written.Append(' ', Math.Min(parent + 1, MaxIndentation));
        }
    }

    // An anchor, a tag or an alias.
    private void CopyProperty()
    {
        do
        {
            Copy();
        }
        while (!AtEnd && !IsBlank(Current) && !IsFlowSign(Current));
    }

    private void CopyComment()
    {
        if (!AtLineEnd && !IsAfterBlank)
        {
            written.Append(' ');
        }

        CopyRestOfLine();
    }

    private int CopyIndentation()
    {
        var blanks = EndOfBlanks - position;
        written.Append(' ', blanks);
        position += blanks;
        if (!AtEnd && Current == '\t')
        {
            Refuse(position, "a tab is no indentation");
        }

        return blanks;
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

    private static bool IsLineEnd(char c) => c is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029';

    private static bool IsBlank(char c) => c is ' ' or '\t' || IsLineEnd(c);

    private void Copy() => written.Append(text[position++]);
}
