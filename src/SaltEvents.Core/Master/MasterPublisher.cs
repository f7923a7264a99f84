using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Master;

/// <summary>
/// From a master to its minions: publishes <c>event.fire</c> through the request server, as <c>salt web1 event.fire</c> does
/// (salt/client/__init__.py, LocalClient.pub, and salt/master.py, ClearFuncs.publish, 3006.10). Safe for several threads.
/// </summary>
public sealed class MasterPublisher : IDisposable
{
    // The answer names the minions that match: three hundred thousand of them.
    private const int MaxAnswerBytes = 8 * MasterRequests.MaxAnswerBytes;
    private const string Unanswered = "The job may have been published; it is not sent again.";

    // What Salt reads as "name=value", a keyword argument (salt/utils/args.py, KWARG_REGEX, 3006.10).
    private static readonly Regex Keyword = new(@"^([^\d\W][\w.-]*)=(?!=)", RegexOptions.CultureInvariant);

    // Salt's is base64.
    private static readonly Regex Key = new(@"\A[A-Za-z0-9+/=_-]{1,1024}\z", RegexOptions.CultureInvariant);
    private readonly MasterChannelOptions options;
    private readonly MasterRequests requests;

    /// <summary>A publisher; nothing is opened yet.</summary>
    public MasterPublisher(MasterChannelOptions? options = null)
    {
        this.options = options ?? MasterChannelOptions.Default;
        requests = new MasterRequests(this.options.Address, this.options.Transport, this.options.Timeout, MaxAnswerBytes, this.options.Tls);
    }

    /// <summary>
    /// Whether the master is of Salt before 2016.3, which has a ZeroMQ bus: dates are sent as text in ISO 8601 then, since one
    /// that it cannot read ends one of its workers. Default false.
    /// </summary>
    public bool IsOldMaster
    {
        set => requests.IsOld = value;
    }

    /// <summary>
    /// The file with the key that a master makes at each start for its user (salt/daemons/masterapi.py, mk_key, 3006.10).
    /// </summary>
    public string KeyPath => KeyPathOf(options);

    /// <summary>Fires an event on the buses of the minions that match.</summary>
    /// <param name="target">The minions.</param>
    /// <param name="type">How <paramref name="target"/> names them.</param>
    /// <param name="tag">The event's tag.</param>
    /// <param name="data">Its payload; each minion adds its own <c>_stamp</c>. Dates before 1900, which Salt cannot write, go as text in
    /// ISO 8601.</param>
    /// <param name="token">Ends the wait for the answer.</param>
    /// <exception cref="InvalidEventException">It is not an event that Salt could carry; nothing was sent.</exception>
    /// <exception cref="MasterRequestException">The master is not there, or refused; see
    /// <see cref="MasterRequestException.Reason"/>.</exception>
    public async Task<PublishedJob> PublishAsync(
        string target,
        SaltTargetType type,
        string tag,
        PayloadMap data,
        CancellationToken token = default
    )
    {
        EventCodec.CheckTag(tag);
        var load = new PayloadMap
        {
            { "cmd", "publish" },
            { "tgt", Expression(target, type) },
            { "tgt_type", Name(type) },
            { "fun", "event.fire" },
            { "arg", Arguments(tag, EarlyDates.ToText(data)) },
            { "ret", string.Empty },
            { "jid", string.Empty },
            { "key", ReadKey() },
            { "user", options.Requester ?? options.User },
        };
        var question = new PayloadMap { { "enc", "clear" }, { "version", 3 }, { "load", load } };
        return ReadAnswer(await requests.AskAsync(question, Unanswered, token).ConfigureAwait(false), target, type);
    }

    /// <summary>Reads the key, so that a key that cannot be read shows before anything is published.</summary>
    /// <exception cref="MasterRequestException">It does not exist or may not be read.</exception>
    public void CheckKey() => _ = ReadKey();

    /// <inheritdoc/>
    public void Dispose() => requests.Dispose();

    internal static string KeyPathOf(MasterChannelOptions options) =>
        Path.Combine(options.CacheDirectory, "." + options.User.Replace('\\', '_') + "_key");

    // By place, as the salt command; by name if Salt would misread one of them.
    private static object?[] Arguments(string tag, PayloadMap data) => Keyword.IsMatch(tag) || data.TryGetValue("__kwarg__", out _)
        ? [new PayloadMap { { "__kwarg__", true }, { "data", data }, { "tag", tag } }]
        : [data, tag];

    internal static string Name(SaltTargetType type) => type switch
    {
        SaltTargetType.GrainPcre => "grain_pcre",
        SaltTargetType.Nodegroup => "compound",
        _ => type.ToString().ToLowerInvariant(),
    };

    private static string[] Texts(object? value) => (value as object?[])?.OfType<string>().ToArray() ?? [];

    private static string[] Ids(string list) => list.Split(',').Select(id => id.Trim()).Where(id => id.Length > 0).ToArray();

    private object Expression(string target, SaltTargetType type) => type switch
    {
        SaltTargetType.List => Ids(target),
        SaltTargetType.Nodegroup => Nodegroups.Expand(target, options.Nodegroups),
        _ => target,
    };

    // It goes to the master in clear text. Another file, such as the target of a link that the master's account has made, must not.
    private string ReadKey()
    {
        var key = KeyFile
            .Read(
                KeyPath,
                MasterRequestReason.KeyFileNotFound,
                MasterRequestReason.KeyFileNotReadable,
                PlatformText.Current.MissingMasterKey(options.User)
            )
            .Trim();
        requests.Secret = key;
        return Key.IsMatch(key)
            ? key
            : throw new MasterRequestException(
                MasterRequestReason.InvalidKey,
                $"The file {KeyPath} does not hold the key of a Salt master. Nothing was sent."
            );
    }

    private PublishedJob ReadAnswer(object? answer, string target, SaltTargetType type)
    {
        if (answer is not PayloadMap map)
        {
            throw requests.Unexpected(answer);
        }

        if (map.TryGetValue("error", out var error))
        {
            throw Refused(error);
        }

        if (map["load"] is not PayloadMap load)
        {
            throw requests.Unexpected(map["msg"]); // Salt 3005 and later answer {"msg": "bad load"}
        }

        if (load["jid"] is string jid && jid.Length > 0)
        {
            var minions = Texts(load["minions"]);
            return new PublishedJob(
                jid,
                minions,
                type == SaltTargetType.List ? [.. Ids(target).Except(minions, StringComparer.Ordinal)] : Texts(load["missing"])
            );
        }

        throw load["minions"] is object?[] { Length: 0 }
            ? new MasterRequestException(
                MasterRequestReason.NoMinionMatches,
                $"The master at {requests.Master} does not know a minion that matches {target} ({type}), so nothing was published. Check the target, and that the keys of its minions are accepted (salt-key -L)."
            )
            : Refused(load["error"]);
    }

    private MasterRequestException Refused(object? error)
    {
        var name = (error as PayloadMap)?["name"] as string;
        var message = (error as PayloadMap)?["message"] as string ?? error as string ?? "no reason given";
        return name switch
        {
            "AuthenticationError" => new MasterRequestException(
                MasterRequestReason.AuthenticationFailed,
                $"The master at {requests.Master} does not know the key in {KeyPath}. Is it this master's, and is the user {options.User} right? A master makes a new key at each start."
            ),
            "AuthorizationError" => new MasterRequestException(
                MasterRequestReason.NotAuthorized,
                $"The master at {requests.Master} does not let the user {options.Requester ?? options.User} publish event.fire (see publisher_acl in its configuration)."
            ),
            _ => new MasterRequestException(
                MasterRequestReason.Refused,
                $"The master at {requests.Master} refused to publish: {requests.Printable(name is null ? message : name + ": " + message)}"
            ),
        };
    }
}
