using System.Linq;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Nats;
using SaltEvents.Core.Protocols;
using SaltEvents.Errors;

namespace SaltEvents.Selection;

/// <summary>Selects the NATS servers that -Uri names.</summary>
internal static class NatsSelector
{
    /// <summary>Whether -Uri names NATS servers.</summary>
    public static bool IsNats(IUriParameters command) => command.Uri is { Length: > 0 } uris && uris[0].Scheme is "nats" or "tls";

    /// <summary>The servers that -Uri names; nothing is opened yet.</summary>
    /// <exception cref="CommandErrorException">The parameters contradict each other.</exception>
    /// <exception cref="NatsBusException">This edition of PowerShell has no NATS client.</exception>
    public static SelectedBus FromUri(BusRequest request)
    {
        var command = request.Remote!;
        var options = Options(command) with { };
        if (request.RemoteTimeout is { } time)
        {
            options = options with { Timeout = time };
        }

        var address = new NatsAddress(options.ServerList);
        return new SelectedBus(new BusEndpoint(address, address), SaltNode.Master, "-Uri")
        {
            Nats = NatsClients.Create(options),
            KeyRisks = [.. BusTrust.NewKeyRisks(options.NKeyFile, options.CredentialFile)],
        };
    }

    private static NatsBusOptions Options(IUriParameters command)
    {
        if (new object?[] { command.Credential, command.Token, command.NKeyFile, command.CredentialFile }.Count(p => p is not null) > 1)
        {
            throw new CommandErrorException(
                ErrorRecords.ParametersDisagree(
                    "-Credential, -Token, -NKeyFile and -CredentialFile cannot be used together: each specifies who connects. Give only one of them."
                )
            );
        }

        return new NatsBusOptions
        {
            Servers = command.Uri!,
            Stream = command.Stream,
            UserName = command.Credential?.UserName.TrimStart('\\'),
            Password = command.Credential?.Password,
            Token = command.Token,
            NKeyFile = command.NKeyFile,
            CredentialFile = command.CredentialFile,
            SkipsCertificateCheck = command.SkipCertificateCheck,
            AllowsUnencrypted = command.AllowUnencryptedAuthentication,
        };
    }
}
