using System;
using System.IO;
using System.Security.Cryptography;
using SaltEvents.Core.Master;
using SaltEvents.Core.Tests.Support;

namespace SaltEvents.Core.Tests.Master;

/// <summary>A minion's pki_dir with its keys, and its options for a played master.</summary>
internal sealed class MinionHome : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public MinionHome()
    {
        File.WriteAllText(In("minion.pem"), TestKeys.Minion.ExportRSAPrivateKeyPem());
        File.WriteAllText(In("minion.pub"), FakeMaster.Pem(TestKeys.Minion) + "\n");
    }

    public string MasterKeyPath => In("minion_master.pub");

    public string In(string name) => directory.In(name);

    public void Remember(RSA master) => File.WriteAllText(MasterKeyPath, FakeMaster.Pem(master));

    public MinionChannelOptions Options(params FakeMaster[] masters) => new("web1")
    {
        Masters = Array.ConvertAll(masters, m => m.Address),
        Transport = masters[0].Transport,
        PkiDirectory = directory.Path,
        Timeout = Eventually.Limit,
    };

    public void Dispose() => directory.Dispose();
}
