using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Xml;
using Markdig;
using SaltEvents.HelpBuilder;

// HelpBuilder <pages> <output> <help file>: makes what Get-Help reads of the pages: about_X.md gives about_X.help.txt, all
// others together the help file of the cmdlets.
var (pages, output, helpFile) = (args[0], args[1], args[2]);
var markdown = new MarkdownPipelineBuilder().UseYamlFrontMatter().UsePipeTables().Build();
var cmdlets = new List<HelpPage>();
var failed = false;
Directory.CreateDirectory(output);
foreach (var path in Directory.GetFiles(pages, "*.md").Order(StringComparer.Ordinal))
{
    try
    {
        var document = Markdown.Parse(File.ReadAllText(path), markdown);
        var name = Path.GetFileNameWithoutExtension(path);
        if (name.StartsWith("about_", StringComparison.Ordinal))
        {
            using var text = new StreamWriter(
                Path.Combine(output, name + ".help.txt"),
                append: false,
                new UTF8Encoding(encoderShouldEmitUTF8Identifier: true)
            );
            AboutWriter.Write(document, text);
        }
        else
        {
            var page = PageReader.Read(document);
            cmdlets.Add(page.Name == name ? page : throw new HelpPageException(1, $"The page {name}.md is about {page.Name}."));
        }
    }
    catch (HelpPageException e)
    {
        Console.Error.WriteLine($"{path}({e.Line}): error HELP: {e.Message}");
        failed = true;
    }
}

if (failed)
{
    return 1;
}

using var file = XmlWriter.Create(
    Path.Combine(output, helpFile),
    new XmlWriterSettings
    {
        Indent = true,
        NewLineChars = "\n",
        Encoding = new UTF8Encoding(false),
    }
);
MamlWriter.Write(cmdlets).Save(file);
return 0;
