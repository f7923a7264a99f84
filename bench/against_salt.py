#!/usr/bin/env python3
"""Plays the same events through Salt's publisher and reader and through those of SaltEvents, and prints both and the ratio.

Run it by hand where Salt's library can be imported (Salt 3006 or later), as a user who may write to a temporary directory:

    dotnet build -c Release bench/SaltEvents.Benchmarks
    python3 bench/against_salt.py [--events N] [--runs N]

Salt's side runs in this process and its children: a plain socket writes frames that Salt's own library has made. The side of
SaltEvents is "bench throughput" of the same kind of event, in the same run. Nothing of a running Salt is touched.
"""
import argparse
import json
import multiprocessing
import os
import socket
import statistics
import subprocess
import tempfile
import time

import salt.config
import salt.utils.event

BENCHMARKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "SaltEvents.Benchmarks/bin/Release/net10.0/SaltEvents.Benchmarks.dll")
TAG = "salt/job/20261123195645000000/ret/web01"
DATA = {"cmd": "_return", "id": "web01", "success": True, "return": True, "retcode": 0, "jid": "20261123195645000000", "fun": "test.ping", "fun_args": [], "user": "root"}


def listen(path):
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen(8)
    return server


def connect(path):
    """Connects once somebody listens there."""
    deadline = time.monotonic() + 30
    while True:
        client = socket.socket(socket.AF_UNIX)
        try:
            client.connect(path)
            return client
        except (FileNotFoundError, ConnectionRefusedError):
            client.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def frame_of_salt(opts, sock_dir):
    """The bytes that Salt's own library writes for one event, whatever framing its version has."""
    server = listen(os.path.join(sock_dir, "master_event_pull.ipc"))
    fire = multiprocessing.Process(target=lambda: salt.utils.event.get_event("master", sock_dir=sock_dir, opts=opts, listen=False).fire_event(DATA, TAG))
    fire.start()
    stream, _ = server.accept()
    frame = stream.recv(65536)
    fire.join()
    server.close()
    os.unlink(os.path.join(sock_dir, "master_event_pull.ipc"))
    return frame


def write(stream, frame, events):
    block = frame * 100
    for _ in range(events // 100):
        stream.sendall(block)


def publish(ready, go, server, frame, events):
    ready.set()
    stream, _ = server.accept()
    go.wait()
    write(stream, frame, events)
    stream.recv(1)  # the reader closes when it has everything


def take(reader, events):
    for number in range(events):
        if reader.get_event(wait=30, full=True) is None:
            raise RuntimeError(f"Salt's reader has got {number} of {events} events.")


def read_by_salt(opts, sock_dir, frame, events):
    """Events a second of Salt's reader, from a plain socket."""
    path = os.path.join(sock_dir, "master_event_pub.ipc")
    server = listen(path)
    ready, go = multiprocessing.Event(), multiprocessing.Event()
    publisher = multiprocessing.Process(target=publish, args=(ready, go, server, frame, events))
    publisher.start()
    ready.wait()
    with salt.utils.event.get_event("master", sock_dir=sock_dir, opts=opts, listen=True) as reader:
        start = time.monotonic()
        go.set()
        take(reader, events)
        rate = events / (time.monotonic() - start)
    publisher.terminate()
    publisher.join()
    server.close()
    os.unlink(path)
    return rate


def through_salt(opts, sock_dir, frame, events):
    """Events a second through Salt's publisher to Salt's reader."""
    # The class's own run: that of the object sets up logging, as only Salt's daemons can.
    publisher = multiprocessing.Process(target=lambda: salt.utils.event.EventPublisher.run(salt.utils.event.EventPublisher(opts)))
    publisher.start()
    try:
        sender = connect(os.path.join(sock_dir, "master_event_pull.ipc"))
        connect(os.path.join(sock_dir, "master_event_pub.ipc")).close()
        with salt.utils.event.get_event("master", sock_dir=sock_dir, opts=opts, listen=True) as reader:
            sender.sendall(frame)
            take(reader, 1)  # it listens
            start = time.monotonic()
            writer = multiprocessing.Process(target=write, args=(sender, frame, events))
            writer.start()
            take(reader, events)
            rate = events / (time.monotonic() - start)
            writer.join()
        return rate
    finally:
        publisher.terminate()
        publisher.join()


def ours(scenario, figure, runs):
    output = subprocess.run(["dotnet", BENCHMARKS, "throughput", "--only", scenario, "--runs", str(runs)], check=True, capture_output=True, text=True).stdout
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return [line["value"] for line in lines if line["figure"] == figure]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=20_000, help="events a run of Salt's side, a multiple of 100")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    print(f"Salt {salt.version.__version__}, {os.cpu_count()} cores; job returns; medians of {arguments.runs} runs, events a second.\n")
    print(f"{'':<36}{'Salt':>12}{'SaltEvents':>14}{'ratio':>8}")
    for name, measure, scenario, figure in (
        ("read from a socket", read_by_salt, "client tag", "client, tag read"),
        ("through the bus to one reader", through_salt, "bus 1", "bus, to 1 subscriber"),
    ):
        theirs = []
        for _ in range(arguments.runs):
            with tempfile.TemporaryDirectory(prefix="se") as directory:
                opts = dict(salt.config.DEFAULT_MASTER_OPTS, sock_dir=directory, root_dir=directory, __role="master", id="bench")
                theirs.append(measure(opts, directory, frame_of_salt(opts, directory), arguments.events))
        mine, yours = statistics.median(ours(scenario, figure, arguments.runs)), statistics.median(theirs)
        print(f"{name:<36}{yours:>12,.0f}{mine:>14,.0f}{mine / yours:>8.1f}")


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    main()
