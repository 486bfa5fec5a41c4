"""The end of a connection: what the server said last is read, though the client was sending at that moment."""

import time

import pytest

from frames import connect, frame
from peers import PROMPTLY, Userd

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, SETTINGS, PING, GOAWAY = 0, 4, 6, 7


@pytest.fixture
def daemon(tmp_path):
    with Userd(tmp_path / "users.sqlite") as daemon:
        yield daemon
        assert daemon.stop() < PROMPTLY


def ended_connection(daemon):
    """A connection that the server has ended, because there is data on the stream 0."""
    connection = connect(daemon.address)
    connection.sendall(PREFACE + frame(SETTINGS, 0, 0) + frame(DATA, 0, 0, b"x"))
    return connection


def kinds_of_frames(data: bytes) -> list[int]:
    kinds = []
    while data:
        kinds.append(data[3])
        data = data[9 + int.from_bytes(data[:3], "big") :]
    return kinds


def test_a_client_that_goes_on_sending_reads_all_that_the_server_said(daemon):
    with ended_connection(daemon) as connection:
        for _ in range(20):
            time.sleep(0.01)
            connection.sendall(frame(PING, 0, 0, bytes(8)))
        received = b""
        while data := connection.recv(65536):
            received += data
    assert GOAWAY in kinds_of_frames(received)


def test_a_client_that_never_ends_its_side_is_cut_off(daemon):
    with ended_connection(daemon) as connection, pytest.raises(ConnectionError):
        for _ in range(3_000):
            time.sleep(0.01)
            connection.sendall(frame(PING, 0, 0, bytes(8)))


def test_a_client_that_sends_without_end_is_cut_off_sooner(daemon):
    with ended_connection(daemon) as connection, pytest.raises(ConnectionError):
        begin = time.monotonic()
        while time.monotonic() - begin < 30:
            connection.sendall(frame(PING, 0, 0, bytes(8)) * 1_000)
