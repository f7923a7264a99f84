using System;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Objects;
using SaltEvents.Payload;
using SaltEvents.Payload.Lazy;
using CoreEvent = SaltEvents.Core.Events.SaltEvent;

namespace SaltEvents;

/// <summary>
/// An event of a Salt bus. In a runspace that has imported the module it also has the other properties of its family
/// (ReturnCode, Target, ...) and the payload's top-level fields; Data has them everywhere. Nothing is decoded before it is asked for.
/// </summary>
public sealed class SaltEvent : IPayloadSource, IWireEvent
{
    // Of an event that a test has made without a constructor, to mock one.
    private static readonly CoreEvent Nothing = EventCodec.Decode([(byte)'\n', (byte)'\n', 0x80], takesEmptyTag: true);

    private readonly CoreEvent? given;
    private bool? isSerializable;
    private object? root;
    private bool hasRoot;
    private TagFamily? family;
    private object? stamp;
    private DateTime? timestamp;

    internal SaltEvent(CoreEvent source) => given = source;

    /// <summary>The tag.</summary>
    public string Tag => Source.Tag;

    /// <summary>When it was fired, by its sender's clock, UTC; null if it does not say.</summary>
    public DateTime? Timestamp
    {
        get
        {
            if (Map is not { } map)
            {
                return Source.GetTimestamp();
            }

            if (map.FindKey(EventCodec.StampKey) is var at and >= 0 && LazyNode.DataOf(map.GetValue(at)) is { } value)
            {
                if (!ReferenceEquals(value, stamp))
                {
                    (timestamp, stamp) = (SaltTime.ParseStamp(value), value);
                }

                return timestamp;
            }

            return null;
        }
    }

    /// <summary>
    /// The payload: an object for a map, otherwise the value. A payload that is not msgpack stays a byte array. Changes in it are sent.
    /// </summary>
    public object? Data => Shown(LazyNode.DataOf(Root));

    /// <summary>The name of its family; empty if its tag belongs to none.</summary>
    public string Family => TagFamily.Name;

    /// <summary>The id of the job that it is about; null if it does not say.</summary>
    public object? JobId => Shown(TagFamily.Get(nameof(JobId), this));

    /// <summary>The id of the minion that it is about; null if it does not say.</summary>
    public object? MinionId => Shown(TagFamily.Get(nameof(MinionId), this));

    /// <summary>The function of its job; null if it does not say.</summary>
    public object? Function => Shown(TagFamily.Get(nameof(Function), this));

    /// <summary>Whether what it reports has succeeded; null if it does not say.</summary>
    public object? Succeeded => Shown(TagFamily.Get(nameof(Succeeded), this));

    /// <summary>The states that failed in the return that it reports; empty if there are none.</summary>
    public object? FailedStates => Shown(TagFamily.Get(nameof(FailedStates), this));

    byte[] IWireEvent.WireBody => GetWireEvent().Body.ToArray();

    /// <summary>
    /// The syndic that has sent this copy of an event to a master of masters, beside the event itself; null for what is not a copy.
    /// </summary>
    internal string? Syndic => SyndicTag.Split(Tag).Syndic;

    /// <summary>
    /// The master of the same cluster on which it was fired (salt/channel/server.py, extract_cluster_event, 3007.0); null if it was fired
    /// on this one.
    /// </summary>
    internal string? Peer => Map?.TryGetValue("__peer_id") as string;

    /// <summary>
    /// The payload with its original keys: an ordered, case-sensitive dictionary for a map. Scripts have it from the adapter.
    /// </summary>
    internal object? Raw => LazyNode.RawOf(Root);

    /// <summary>The site whose relay has published it; null for an event that was read from a bus.</summary>
    internal string? Site => Source.Site;

    internal TagFamily TagFamily => family ??= FindFamily();

    /// <summary>The tag, of a copy that came through a syndic the tag of the event itself.</summary>
    internal string PlainTag => SyndicTag.Split(Tag).Tag;

    /// <summary>Whether it is an event; false for a substitute in a test, which has no tag and no fields.</summary>
    internal bool IsLive => given is not null;

    /// <summary>How many bytes arrived.</summary>
    internal int ReceivedSize => Source.Body.Length;

    /// <summary>
    /// Whether the payload can be decoded; otherwise Data has its bytes. The fields of a small map are found on the way: for an event
    /// that has just arrived, while its bytes are in the processor's cache.
    /// </summary>
    internal bool IsDecodable => LazyMap.IsSmall(Source.Payload.Span) ? Map is not null : Source.Fields.IsDecodable;

    /// <summary>The payload if it is a map: its fields, to be read without making objects for scripts.</summary>
    internal LazyMap? Map => Root as LazyMap;

    private CoreEvent Source => given ?? Nothing;

    // A thread without a runspace serializes events that a .NET collection holds, with these properties (SaltEvents.Types.ps1xml).
    private object? Shown(object? value) => Runspace.DefaultRunspace is null ? SerializedValue.From(this, value) : value;

    private TagFamily FindFamily()
    {
        var found = TagFamilies.Find(PlainTag);
        return found.OfReturn is { } ofReturn && Map?.Find("return") >= 0 ? ofReturn : found;
    }

    private object? Root
    {
        get
        {
            if (!hasRoot)
            {
                // Two threads may both get here; the value that one of them shows to a script must be the one that is sent.
                System.Threading.Interlocked.CompareExchange(ref root, LazyNode.ReadPayload(Source.Payload), null);
                hasRoot = true;
            }

            return root;
        }
    }

    /// <summary>The time of firing on this computer's clock, for tables.</summary>
    internal string GetLocalTime() => Timestamp?.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture) ?? string.Empty;

    /// <summary>The tag, as a terminal can show it.</summary>
    public override string ToString() => TerminalText.OneLine(Tag);

    /// <summary>The event as a body for the bus: its own bytes, except for changes in Data or Raw.</summary>
    /// <exception cref="InvalidEventException">The payload is not a map, or holds what the bus cannot carry.</exception>
    internal byte[] Encode(string tag, EventStamp? stamp, int maxEventBytes = EventCodec.DefaultMaxEventBytes, bool takesText = false)
    {
        if (!IsEdited)
        {
            return EventCodec.Encode(tag, Source, stamp, takesText);
        }

        var edited = EventCodec.Decode(EncodeEdited(tag));
        // An event of its own bytes is never trimmed, as Salt relays it; what a script has made larger is.
        return edited.Body.Length > maxEventBytes && edited.Fields.Decode() is PayloadMap whole
            ? EventCodec.Encode(tag, whole, stamp, maxEventBytes)
            : EventCodec.Encode(tag, edited, stamp, takesText);
    }

    /// <summary>The event as it is on the bus, with what a script has changed. As it came if that cannot be encoded.</summary>
    internal CoreEvent GetWireEvent()
    {
        try
        {
            return EncodeWireEvent();
        }
        catch (InvalidEventException)
        {
            return Source;
        }
    }

    /// <summary>The event as it is on the bus, with what a script has changed.</summary>
    /// <exception cref="InvalidEventException">A script has put something there that the bus cannot carry.</exception>
    internal CoreEvent EncodeWireEvent() => IsEdited ? EventCodec.Decode(EncodeEdited(Tag), takesEmptyTag: true, Site) : Source;

    /// <summary>The payload as the encoder takes it; bytes if it is not msgpack.</summary>
    /// <exception cref="InvalidEventException">A script has put something there that the bus cannot carry.</exception>
    internal object? Decode() =>
        IsEdited ? EventCodec.Decode(EncodeEdited(Tag)).Fields.Decode()
        : Source.Fields.IsDecodable ? Source.Fields.Decode()
        : Source.Payload.ToArray();

    /// <summary>Whether the payload is the one that came, and PowerShell's serializer writes it as it is.</summary>
    internal bool IsSerializable => !IsEdited && (isSerializable ??= SerializedValue.IsSerializable(Source.Payload.Span));

    /// <summary>The payload's top-level fields, as Data has them.</summary>
    internal IEnumerable<PSPropertyInfo> GetFields() => Map is { } map ? ((PSObject)map.Data).Properties : [];

    /// <summary>One top-level field, by a name in any case; decodes only that field.</summary>
    internal bool TryGetField(string name, out object? value)
    {
        value = null;
        return Map?.TryGetData(name, out value) == true;
    }

    object? IPayloadSource.Decode() =>
        IsLive
            ? Decode()
            : throw new InvalidEventException(
                InvalidEventReason.UnsupportedValue,
                "This event is a substitute, such as New-MockObject makes, without a payload. Make an event with New-SaltEvent."
            );

    private byte[] EncodeEdited(string tag) => EventCodec.EncodeValue(tag, ((LazyNode)root!).ToPayload(string.Empty));

    // What has not been read cannot have been edited.
    private bool IsEdited => hasRoot && root is LazyNode node && node.Settle();
}
