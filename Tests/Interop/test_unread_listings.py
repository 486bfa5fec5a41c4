"""Listings that nobody reads: what they cost userd in memory."""

import socket
import struct
import time

from peers import PATIENCE, Userd, client
from user_protos import FREE, messages

# Clients that take nothing: connections, and listings on each.
CONNECTIONS, LISTINGS = 4, 500

# What the whole daemon may hold for 4,000 of them, in MiB; for those that are opened here, their share.
LIMIT_OF_4000 = 200

HEADERS = 1
SETTINGS = 4
END_HEADERS = 4
END_STREAM = 1
INITIAL_WINDOW_SIZE = 4


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def literal(name: str, value: str) -> bytes:
    """A header field that HPACK neither indexes nor compresses."""
    return b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


LIST_USERS = b"".join(
    literal(name, value) for name, value in [
        (":method", "POST"), (":scheme", "http"), (":path", "/userservice.UserService/ListUsers"),
        (":authority", "localhost"), ("te", "trailers"), ("content-type", "application/grpc")])


def open_unread_listings(address: str) -> socket.socket:
    """Asks for every user again and again, on one connection whose streams have no room for a byte."""
    host, port = address.rsplit(":", 1)
    connection = socket.create_connection((host, int(port)))
    connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    connection.sendall(frame(SETTINGS, 0, 0, struct.pack(">HI", INITIAL_WINDOW_SIZE, 0)))
    for number in range(LISTINGS):
        stream = 2 * number + 1
        connection.sendall(frame(HEADERS, END_HEADERS, stream, LIST_USERS) + frame(0, END_STREAM, stream, bytes(5)))
    return connection


def settled(daemon: Userd) -> float:
    """The daemon's memory once it no longer grows, in MiB."""
    before, end = 0.0, time.monotonic() + PATIENCE
    while (now := daemon.resident_mebibytes()) - before > 0.5 and time.monotonic() < end:
        before = now
        time.sleep(2)
    return now


def test_a_listing_that_nobody_reads_costs_little_and_holds_up_nobody(tmp_path):
    with Userd(tmp_path / "users.sqlite", "--log-level", "error") as daemon, client(daemon.address) as users:
        requests = (
            messages.CreateUserRequest(email=f"u{number}@example.com", name=f"User number {number}", plan=FREE)
            for number in range(20_000))
        assert users.ImportUsers(requests, timeout=PATIENCE * 2).created == 20_000
        assert sum(1 for _ in users.ListUsers(messages.ListUsersRequest(), timeout=PATIENCE)) == 20_000
        start = settled(daemon)
        connections = [open_unread_listings(daemon.address) for _ in range(CONNECTIONS)]
        held = settled(daemon)
        print(f"{CONNECTIONS * LISTINGS} unread listings: {start:.0f} -> {held:.0f} MiB")
        assert held - start < LIMIT_OF_4000 * CONNECTIONS * LISTINGS / 4000
        assert sum(1 for _ in users.ListUsers(messages.ListUsersRequest(), timeout=PATIENCE)) == 20_000
        for connection in connections:
            connection.close()
