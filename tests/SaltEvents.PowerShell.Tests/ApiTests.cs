using System;
using System.Linq;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>The commands over salt-api.</summary>
public sealed class ApiTests : IDisposable
{
    private readonly Shell shell = new();
    private readonly FakeSaltApi api = new();

    public ApiTests() =>
        shell
            .Run(
                $$"""
                $uri = '{{api.Uri}}'
                $credential = [pscredential]::new('joe', [Net.NetworkCredential]::new('', 'secret').SecurePassword)
                $api = @{ Uri = $uri; Credential = $credential }
                """
            )
            .Good();

    [Fact]
    public void An_event_with_bytes_is_named_in_a_warning()
    {
        using var run = shell.Start("Watch-SaltEvent @api -Count 2 -Timeout 20");
        Until.True(() => api.Streams == 1, "a stream");
        api.Emit("my/a", "{}");
        api.EmitRaw("tag: my/bytes\n");
        api.EndStreams(inOrder: false);
        Until.True(() => api.Streams == 1, "a stream");
        api.Emit("my/b", "{}");
        var result = run.Finish();
        Assert.Equal(["my/a", "my/b"], result.Output.Select(e => (string)((dynamic)e).Tag));
        Assert.Contains(result.Warnings, w => w.Contains("my/bytes, which contains bytes or a date", StringComparison.Ordinal));
    }

    [Fact]
    public void A_job_is_published_and_its_answers_come_over_the_stream()
    {
        api.Minions = ["web01", "web02"];
        var job = shell.Run("Send-SaltEvent my/tag @{ a = 1 } -Target 'web*' -Wait 20 @api").Good().Single;
        Assert.Equal("web01: fired, web02: fired", string.Join(", ", ((System.Collections.IEnumerable)job.Answers).Cast<object>()));
        Assert.Contains("\"arg\":[{\"a\":1},\"my/tag\"]", api.Requests.Last(r => r.Method == "POST").Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_data_the_payload_has_no_fields()
    {
        api.Minions = ["web01"];
        shell.Run("Send-SaltEvent my/tag -Target 'web*' @api").Good();
        Assert.Contains("\"arg\":[{},\"my/tag\"]", api.Requests.Last(r => r.Method == "POST").Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-SaltEvent -Uri $uri", "ApiSignInRefused")]
    [InlineData("Get-SaltEvent -Uri $uri -Credential $credential -Eauth ldap", "ApiSignInRefused")]
    [InlineData("Get-SaltEvent -Uri $uri -Token '0123456789'", "ApiTokenRefused")]
    [InlineData("Get-SaltEvent -Uri $uri -Token '0123456789' -Credential $credential", "ParametersDisagree")]
    [InlineData("Get-SaltEvent @api -SockDir .", "AmbiguousParameterSet")]
    [InlineData("Get-SaltEvent @api -Transport Stream", "AmbiguousParameterSet")]
    [InlineData("Get-SaltEvent -Uri master:8000", "NotASaltApi")]
    [InlineData("Get-SaltEvent -Uri https://joe:hidden@localhost", "NotASaltApi")]
    [InlineData("Get-SaltEvent -Uri joe:hidden@localhost:8000", "NotASaltApi")]
    [InlineData("Get-SaltEvent -Uri ftp://joe:hidden@localhost", "NotASaltApi")]
    [InlineData("Get-SaltEvent -Uri ${uri}/?token=hidden -Credential $credential", "NotASaltApi")]
    [InlineData("Send-SaltEvent my/tag -Uri ${uri}/#hidden", "NotASaltApi")]
    [InlineData("Get-SaltEvent -Uri http://192.0.2.1", "ApiNotEncrypted")]
    [InlineData("Get-SaltEvent -Uri http://localhost:1 -Credential $credential", "ApiUnreachable")]
    [InlineData("Watch-SaltEvent @api -Overflow Block", "ParametersDisagree")]
    [InlineData("Send-SaltEvent my/tag @{ a = [byte[]]1 } @api", "UnsupportedValue")]
    [InlineData("Send-SaltEvent \"a`n`nb\" @{ a = 1 } @api", "TagHasBlankLine")]
    [InlineData("Send-SaltEvent my/tag @{ a = 1 } @api -KeepTimestamp", "AmbiguousParameterSet")]
    public void A_use_that_is_not_possible_is_an_error(string script, string id)
    {
        var error = shell.Fails(script + " -ErrorAction Stop");
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(api.Requests, r => r.Method == "POST" && r.Path == "/");
    }

    [Theory]
    [InlineData(401, "Authentication failure of type \"token\" occurred for user joe.", "ApiNotAuthorized", "@runner")]
    [InlineData(401, "Authorization error occurred.", "ApiNotAuthorized", "external_auth")]
    [InlineData(
        400,
        "Client disabled: 'runner'. Add to 'netapi_enable_clients' master config option to enable.",
        "ApiClientDisabled",
        "netapi_enable_clients"
    )]
    public void A_use_that_salt_api_does_not_allow_names_the_setting(int status, string text, string id, string words)
    {
        api.Override = r => r.Method == "POST" && r.Path == "/" ? FakeSaltApi.Error(status, text) : null;
        var error = shell.Fails("Send-SaltEvent my/tag @{ a = 1 } @api -ErrorAction Stop");
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(words, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_at_rest_takes_no_processor_time()
    {
        var child = ChildProcess
            .RunPwsh(
                $$"""
                [cultureinfo]::CurrentCulture = [cultureinfo]::InvariantCulture
                function Measure-Rest($seconds, $enough) {
                    $least = [double]::MaxValue # the compiler works on in some seconds
                    for ($second = 0; $second -lt $seconds -and $least -ge $enough; $second++) {
                        $before = [Diagnostics.Process]::GetCurrentProcess().TotalProcessorTime
                        Start-Sleep 1
                        $least = [Math]::Min($least, ([Diagnostics.Process]::GetCurrentProcess().TotalProcessorTime - $before).TotalMilliseconds)
                    }
                    $least
                }
                $without = Measure-Rest 5 0
                $session = New-SaltEventSession -Uri {{api.Uri}} -Credential ([pscredential]::new('joe', [Net.NetworkCredential]::new('', 'secret').SecurePassword))
                $without
                Measure-Rest 20 ($without + 10)
                """
            )
            .Good();
        var used = child.Lines[^2..].Select(l => double.Parse(l, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.True(used[1] - used[0] < 10, $"{used[0]} ms of a second without a stream, {used[1]} ms with one."); // asking every 10 ms takes more
        Assert.Equal(["/login", "/events"], api.Requests.Select(r => r.Path));
    }

    [Theory]
    [InlineData("-Credential $credential")]
    [InlineData("-Token abc")]
    public void A_salt_api_that_is_not_running_yet_is_waited_for(string user)
    {
        api.Tokens["abc"] = true;
        api.Override = _ => "close";
        using var run = shell.Start($"Watch-SaltEvent -Uri $uri {user} -WaitForBus -Count 1 -Timeout 20");
        Until.True(() => api.Requests.Count > 1, "two attempts");
        api.Override = _ => null;
        Until.True(() => api.Streams == 1, "a stream");
        api.Emit("my/tag", "{}");
        Assert.Equal("my/tag", (string)((dynamic)run.Finish().Good().Single).Tag);
    }

    public void Dispose()
    {
        shell.Dispose();
        api.Dispose();
    }
}
