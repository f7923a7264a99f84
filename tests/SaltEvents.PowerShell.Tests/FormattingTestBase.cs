using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Events on a screen of 80 columns.</summary>
public abstract partial class FormattingTestBase : EventTestBase
{
    private protected const int Width = 80;

    protected FormattingTestBase()
        : this(new ScreenHost(Width))
    {
    }

    private FormattingTestBase(ScreenHost screen)
        : base(new Shell(host: screen)) => Screen = screen;

    private protected ScreenHost Screen { get; }

    /// <summary>What the views show of an event; the views themselves are tested in tests/Pester, where there is a Format-List.</summary>
    public static TheoryData<string> Views =>
        [
            "Out-Default",
            "ForEach-Object { \"$_\" }",
            "ForEach-Object { [SaltEvents.SaltEventView]::GetContent($_) }",
            "ForEach-Object { [SaltEvents.SaltEventView]::GetText($_) }",
            "ForEach-Object { [SaltEvents.SaltEventView]::GetTag($_) }",
            "ForEach-Object { [SaltEvents.SaltEventView]::GetData($_) }",
            "ForEach-Object { foreach ($name in $_.psobject.Properties.Name) { [SaltEvents.SaltEventView]::GetProperty($_, $name) } }",
        ];

    private protected string Shown(string script)
    {
        var output = Shell.Run(script).Good().Output;
        return string.Join('\n', output.Select(o => o.ToString()).Concat(Screen.Lines));
    }

    private protected string[] Show(string script)
    {
        var before = Screen.Lines.Length - 1;
        Shell.Run($"{script} | Out-Default").Good();
        return Screen.Lines.Skip(before).Where(l => l.Trim().Length > 0).Select(l => Colour().Replace(l, string.Empty).TrimEnd()).ToArray();
    }

    [GeneratedRegex("\e\\[[0-9;]*m")]
    private protected static partial Regex Colour();
}
