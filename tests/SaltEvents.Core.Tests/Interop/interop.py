"""The other side of the interop tests: Python's own msgpack. One JSON request a line, one JSON answer a line."""
import base64
import datetime
import fnmatch
import json
import math
import sys

import msgpack


def ext_hook(code, data):
    if code == 78:
        return datetime.datetime.strptime(data.decode(), "%Y%m%dT%H:%M:%S.%f")
    return msgpack.ExtType(code, data)


def default(value):
    if isinstance(value, datetime.datetime):
        return msgpack.ExtType(78, value.strftime("%Y%m%dT%H:%M:%S.%f").encode())
    raise TypeError(type(value))


def loads(data, **options):
    return msgpack.unpackb(data, raw=False, strict_map_key=False, ext_hook=ext_hook, **options)


def dumps(value):
    return msgpack.packb(value, use_bin_type=True, default=default)


def tag(value):
    if isinstance(value, list):
        return [tag(v) for v in value]
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime.datetime):
        return {"$datetime": value.isoformat()}
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": repr(value)}
    if isinstance(value, msgpack.ExtType):
        return {"$ext": [value.code, base64.b64encode(value.data).decode()]}
    if isinstance(value, Map):
        return {"$map": [[tag(k), tag(v)] for k, v in value.pairs]}
    return value


def untag(value):
    if isinstance(value, list):
        return [untag(v) for v in value]
    if not isinstance(value, dict):
        return value
    (kind, inner), = value.items()
    if kind == "$bytes":
        return base64.b64decode(inner)
    if kind == "$datetime":
        return datetime.datetime.fromisoformat(inner)
    if kind == "$float":
        return float(inner)
    if kind == "$ext":
        return msgpack.ExtType(inner[0], base64.b64decode(inner[1]))
    return {untag(k): untag(v) for k, v in inner}


class Map:
    """A map as its pairs: 1, True and 1.0 are one key of a dict."""

    def __init__(self, pairs):
        self.pairs = pairs


def trim_in(data, max_val_size):
    for key in data:
        if isinstance(data[key], dict):
            trim_in(data[key], max_val_size)
        elif sys.getsizeof(data[key]) > max_val_size:
            data[key] = "VALUE_TRIMMED"


def trim(packed, max_bytes):
    """What Salt does where a packed event is above max_event_size."""
    percent = 50.0
    data = loads(packed)
    while sys.getsizeof(packed) > max_bytes and percent > 0:
        trim_in(data, max_bytes * (percent / 100))
        packed = dumps(data)
        percent -= 10
    return packed


def frames(data, size):
    """Reads a stream as Salt's subscriber does."""
    unpacker = msgpack.Unpacker(raw=False)
    found = []
    for start in range(0, len(data), size):
        unpacker.feed(data[start:start + size])
        found += [[tag(f["head"]), base64.b64encode(f["body"]).decode()] for f in unpacker]
    return found


def yaml_tree(text):
    """A document as Salt's rules have it: no date, no key twice, no zeros before a number; None where it is no YAML."""
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        def construct_mapping(self, node, deep=False):
            self.flatten_mapping(node)
            mapping = {}
            for key_node, value_node in node.value:
                key = self.construct_object(key_node, deep=True)
                if key in mapping:
                    raise yaml.YAMLError("twice: %s" % key)
                mapping[key] = self.construct_object(value_node, deep=True)
            return mapping

        def construct_yaml_int(self, node):
            text = node.value
            if text.startswith("0") and not text.startswith(("0b", "0x")):
                node.value = text.lstrip("0") or "0"
            return super().construct_yaml_int(node)

    Loader.add_constructor("tag:yaml.org,2002:int", Loader.construct_yaml_int)
    Loader.add_constructor("tag:yaml.org,2002:timestamp", Loader.construct_scalar)
    try:
        return yaml_shape(yaml.load(text, Loader=Loader))
    except (yaml.YAMLError, ValueError, IndexError, TypeError):
        return None


def yaml_shape(value):
    if isinstance(value, set):
        value = dict.fromkeys(value)
    if isinstance(value, list):
        return [yaml_shape(v) for v in value]
    if isinstance(value, dict):
        return {str(k): yaml_shape(value[k]) for k in sorted(value, key=lambda k: isinstance(k, str))}
    if isinstance(value, int) and not isinstance(value, bool) and not -2**63 <= value < 2**63:
        value = str(value)
    return "%s %s" % (type(value).__name__, value)


COMMANDS = {
    "yaml": lambda r: yaml_tree(r["text"]),
    "decode": lambda r: tag(loads(base64.b64decode(r["data"]), object_pairs_hook=Map)),
    "encode": lambda r: base64.b64encode(dumps(untag(r["value"]))).decode(),
    "trim": lambda r: base64.b64encode(trim(base64.b64decode(r["data"]), r["max"])).decode(),
    "fnmatch": lambda r: fnmatch.fnmatchcase(r["name"], r["pattern"]),
    "frames": lambda r: frames(base64.b64decode(r["data"]), r["size"]),
    "body": lambda r: base64.b64encode(msgpack.packb({"head": {}, "body": base64.b64decode(r["data"])}, use_bin_type=True)).decode(),
}

for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(COMMANDS[request["command"]](request)), flush=True)
