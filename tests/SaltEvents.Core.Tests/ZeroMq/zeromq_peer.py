"""Salt's own side of a ZeroMQ event bus, on libzmq: salt/utils/event.py of 0.16.4, 0.17.5 and 2015.8.13, in Python 3.

bus PUB PULL         relays, as Salt's EventPublisher; says "ready PUB PULL"; each line on its input is answered by "ok"
listen PUB FORM [PREFIX]  subscribes, and says each event as one JSON line; says "ready" at the first of SaltEvents' probes
fire PULL FORM       sends an event for each JSON line on its input; answers each with "ok"
"""
import json
import sys
import threading

import msgpack
import zmq

TAGEND = b"\n\n"
PROBE = b"saltevents/probe/z"
context = zmq.Context()


def pack(form, tag, data):
    tag = tag.encode()
    if form == "Padded" or (form == "PaddedOrDelimited" and len(tag) <= 20):
        return tag.ljust(20, b"|") + msgpack.packb(data)
    return tag + TAGEND + msgpack.packb(data)


def unpack(form, raw):
    if form == "Padded" or (form == "PaddedOrDelimited" and raw[20] >= 0x80):
        tag, data = raw[:20].rstrip(b"|"), raw[20:]
    else:
        tag, _, data = raw.partition(TAGEND)
    return tag.decode(), msgpack.unpackb(data, raw=False)


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def bind(kind, url):
    socket = context.socket(kind)
    socket.linger = 0
    socket.sndhwm = socket.rcvhwm = 0
    socket.bind(url)
    return socket, socket.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0").decode()


def bus(pub_url, pull_url):
    pub, pub_url = bind(zmq.PUB, pub_url)
    pull, pull_url = bind(zmq.PULL, pull_url)

    def relay():
        try:
            while True:
                pub.send(pull.recv())
        except zmq.ContextTerminated:
            pub.close()
            pull.close()

    thread = threading.Thread(target=relay)
    thread.start()
    say("ready %s %s" % (pub_url, pull_url))
    for _ in sys.stdin:
        say("ok")
    context.term()
    thread.join()


def listen(pub_url, form, prefix=""):
    sub = context.socket(zmq.SUB)
    sub.linger = 0
    sub.rcvhwm = 0
    sub.subscribe(prefix.encode())
    sub.subscribe(PROBE)
    sub.connect(pub_url)

    def receive():
        ready = False
        try:
            while True:
                raw = sub.recv()
                try:
                    tag, data = unpack(form, raw)
                    if raw.startswith(PROBE):
                        ready or say("ready")
                        ready = True
                    else:
                        say(json.dumps([tag, data]))
                except Exception as error:
                    say(json.dumps(["undecodable", repr(error)]))
        except zmq.ContextTerminated:
            sub.close()

    thread = threading.Thread(target=receive)
    thread.start()
    sys.stdin.read()
    context.term()
    thread.join()


def fire(pull_url, form):
    push = context.socket(zmq.PUSH)
    push.linger = 5000
    push.sndhwm = 0
    push.connect(pull_url)
    for line in sys.stdin:
        tag, data = json.loads(line)
        push.send(pack(form, tag, data))
        say("ok")
    push.close()
    context.term()


if sys.argv[1] != "probe":
    globals()[sys.argv[1]](*sys.argv[2:])
