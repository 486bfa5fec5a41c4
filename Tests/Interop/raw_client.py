"""Calls made of HTTP/2 frames by hand: what no gRPC client sends."""

import socket
import struct
from dataclasses import dataclass, field
from urllib.parse import unquote

import h2.config
import h2.connection
import h2.events

from peers import PATIENCE


def frame(message: bytes, flag: int = 0) -> bytes:
    """A message with the five bytes that gRPC puts before it."""
    return bytes([flag]) + struct.pack(">I", len(message)) + message


@dataclass
class Outcome:
    """What came back for a call; `code` is None where the connection or the stream ended without a status."""

    code: int | None = None
    message: str = ""
    trailers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class RawConnection:
    """One connection, with one call at a time."""

    def __init__(self, address: str, acknowledges_settings: bool = True, settings: dict | None = None):
        self.address, self.acknowledges_settings = address, acknowledges_settings
        config = h2.config.H2Configuration(header_encoding="utf-8", validate_outbound_headers=False)
        self.connection = h2.connection.H2Connection(config)
        if settings:
            self.connection.local_settings.update(settings)
        self.connection.initiate_connection()
        self.socket = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.socket:
            self.socket.close()

    def begin(self, path: str, *headers: tuple[str, str], authority: str = "localhost") -> int:
        """Prepares the headers of a call."""
        stream = self.connection.get_next_available_stream_id()
        pseudo = [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", authority)]
        self.connection.send_headers(
            stream, [*pseudo, ("te", "trailers"), ("content-type", "application/grpc"), *headers])
        return stream

    def data(self, stream: int, data: bytes, ends: bool = False):
        self.connection.send_data(stream, data, end_stream=ends)

    def flush(self):
        """Sends what was prepared. Not before: to encode headers takes this side long."""
        if self.socket is None:
            host, port = self.address.rsplit(":", 1)
            self.socket = socket.create_connection((host, int(port)), timeout=PATIENCE)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(self.connection.data_to_send())

    def outcome(self, stream: int) -> Outcome:
        """Waits for the end of a call."""
        outcome = Outcome()
        try:
            self.flush()
            while data := self.socket.recv(65536):
                for event in self.connection.receive_data(data):
                    if self.take(event, stream, outcome):
                        return outcome
                if self.acknowledges_settings:
                    self.flush()
        except ConnectionError:
            pass
        return outcome

    def take(self, event, stream: int, outcome: Outcome) -> bool:
        """Takes an event down; whether it is the end of the call, or of the connection."""
        if isinstance(event, h2.events.ConnectionTerminated):
            return event.error_code != 0
        if getattr(event, "stream_id", None) != stream:
            return False
        match event:
            case h2.events.ResponseReceived() | h2.events.TrailersReceived():
                headers = dict(event.headers)
                if "grpc-status" in headers:
                    outcome.code = int(headers["grpc-status"])
                    outcome.message = unquote(headers.get("grpc-message", ""))
                    outcome.trailers = headers
            case h2.events.DataReceived():
                outcome.body += event.data
                self.connection.acknowledge_received_data(event.flow_controlled_length, stream)
            case h2.events.StreamEnded() | h2.events.StreamReset():
                return True
        return False

    def call(self, path: str, body: bytes, *headers: tuple[str, str]) -> Outcome:
        """Makes a call whose messages and half-close go out in one piece."""
        stream = self.begin(path, *headers)
        self.data(stream, body, ends=True)
        return self.outcome(stream)
