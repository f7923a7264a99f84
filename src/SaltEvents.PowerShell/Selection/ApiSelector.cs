using System;
using System.Management.Automation;
using SaltEvents.Core.Api;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Protocols;
using SaltEvents.Errors;

namespace SaltEvents.Selection;

/// <summary>Makes the salt-api that parameters name the bus of a command.</summary>
internal static class ApiSelector
{
    /// <summary>The parameter set of -Uri.</summary>
    public const string Set = "Uri";

    /// <summary>The salt-api that -Uri names.</summary>
    /// <param name="command">The command.</param>
    /// <param name="isGiven">Whether a parameter was given.</param>
    /// <param name="timeout">How long one answer may take; null for the default.</param>
    /// <exception cref="CommandErrorException">The parameters do not go together.</exception>
    /// <exception cref="SaltApiException">The address may not be used so.</exception>
    public static SelectedBus Select(IApiCommand command, Func<string, bool> isGiven, TimeSpan? timeout)
    {
        if (command.Credential is not null && command.Token is not null)
        {
            throw new CommandErrorException(ErrorRecords.ParametersDisagree("-Credential and -Token cannot be used together. Give -Credential, with which a token is renewed, or a -Token that you have."));
        }

        var options = new SaltApiOptions
        {
            Uri = command.Uri!,
            UserName = command.Credential?.UserName.TrimStart('\\'),
            Password = command.Credential?.Password,
            Eauth = command.Eauth,
            Token = command.Token,
            SkipsCertificateCheck = command.SkipCertificateCheck,
            AllowsUnencrypted = command.AllowUnencryptedAuthentication,
        };
        var address = new ApiAddress(command.Uri!);
        return new SelectedBus(new BusEndpoint(address, address), SaltNode.Master, "-Uri")
        {
            Api = SaltApiPool.Get(timeout is { } time ? options with { Timeout = time } : options),
        };
    }
}
