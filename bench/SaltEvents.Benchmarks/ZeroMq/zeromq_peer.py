"""One part of a ZeroMQ event bus on libzmq: the peer of "zeromq".

bus                    relays in libzmq's own loop; says "ready PUB PULL"
send PULL FILE LENGTH  at "send N" sends N of the bodies in the file, over and over; says "sent N"
receive PUB FILE LENGTH  at "receive N" takes N bodies and compares each; says "received N", those that came when they were due
"""
import sys
import threading

import zmq

context = zmq.Context()


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def bodies(path, length):
    with open(path, "rb") as file:
        data = file.read()
    return [data[i:i + int(length)] for i in range(0, len(data), int(length))]


def bus():
    pull, pub = context.socket(zmq.PULL), context.socket(zmq.PUB)
    for socket in (pull, pub):
        socket.linger = socket.sndhwm = socket.rcvhwm = 0
        socket.bind("tcp://127.0.0.1:*")

    def relay():
        try:
            zmq.proxy(pull, pub)
        except zmq.ContextTerminated:
            pull.close()
            pub.close()

    thread = threading.Thread(target=relay)
    thread.start()
    say("ready " + " ".join(s.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0").decode()[len("tcp://"):] for s in (pub, pull)))
    sys.stdin.read()
    context.term()
    thread.join()


def send(pull, path, length):
    period = bodies(path, length)
    socket = context.socket(zmq.PUSH)
    socket.sndhwm = 0
    socket.connect("tcp://" + pull)
    say("ready -")
    for line in sys.stdin:
        count = int(line.split()[1])
        for i in range(count):
            socket.send(period[i % len(period)])
        say("sent %d" % count)
    socket.close()


def receive(pub, path, length):
    period = bodies(path, length)
    socket = context.socket(zmq.SUB)
    socket.rcvhwm = 0
    socket.subscribe(b"")
    socket.connect("tcp://" + pub)
    socket.recv()  # the first of the events with which the measuring process sees that all are connected
    say("ready -")
    for line in sys.stdin:
        count, expected, good = int(line.split()[1]), 0, 0
        while expected < count:
            body = socket.recv()
            if body.startswith(b"saltevents/"):
                continue
            good += body == period[expected % len(period)]
            expected += 1
        say("received %d" % good)
    socket.close()


globals()[sys.argv[1]](*sys.argv[2:])
