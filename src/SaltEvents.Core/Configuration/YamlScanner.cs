using System.IO;
using YamlDotNet.Core;
using YamlDotNet.Core.Tokens;

namespace SaltEvents.Core.Configuration;

/// <summary>
/// YamlDotNet's scanner, which shows a token until it is consumed. Its own goes on when it is asked twice, as its parser does behind
/// a text with an anchor: that refuses <c>{a: &amp;x 1, b: 2}</c>.
/// </summary>
internal sealed class YamlScanner(TextReader text) : IScanner
{
    private readonly Scanner scanner = new(text);
    private bool isShown;

    public Mark CurrentPosition => scanner.CurrentPosition;

    public Token? Current => scanner.Current;

    public bool MoveNext()
    {
        ConsumeCurrent();
        return MoveNextWithoutConsuming();
    }

    // At the end the parser asks once more to see that nothing follows.
    public bool MoveNextWithoutConsuming() =>
        (isShown && Current is not StreamEnd) || (isShown = scanner.MoveNextWithoutConsuming());

    public void ConsumeCurrent()
    {
        isShown = false;
        scanner.ConsumeCurrent();
    }
}
