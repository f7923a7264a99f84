using SaltEvents.Core.Api;
using SaltEvents.Core.Protocols;
using SaltEvents.Errors;

namespace SaltEvents.Selection;

/// <summary>Selects the salt-api that -Uri names.</summary>
internal static class ApiSelector
{
    /// <summary>The salt-api that -Uri names.</summary>
    /// <exception cref="CommandErrorException">The parameters contradict each other.</exception>
    /// <exception cref="SaltApiException">The address cannot be used.</exception>
    public static SelectedBus FromUri(BusRequest request)
    {
        var command = request.Remote!;
        if (command.Credential is not null && command.Token is not null)
        {
            throw new CommandErrorException(
                ErrorRecords.ParametersDisagree(
                    "-Credential and -Token cannot be used together. Give -Credential, whose token is renewed automatically, or -Token."
                )
            );
        }

        var options = new SaltApiOptions
        {
            Uri = command.Uri![0],
            UserName = command.Credential?.UserName.TrimStart('\\'),
            Password = command.Credential?.Password,
            Eauth = command.Eauth,
            Token = command.Token,
            SkipsCertificateCheck = command.SkipCertificateCheck,
            AllowsUnencrypted = command.AllowUnencryptedAuthentication,
        };
        var address = new ApiAddress(command.Uri![0]);
        return new SelectedBus(new BusEndpoint(address, address), SaltNode.Master, "-Uri")
        {
            Api = SaltApiPool.Get(request.RemoteTimeout is { } time ? options with { Timeout = time } : options),
        };
    }
}
