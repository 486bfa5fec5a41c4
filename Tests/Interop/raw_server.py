"""A server made of HTTP/2 frames by hand, which does what no gRPC server does."""

import socket
import struct
import threading
from collections.abc import Callable

import h2.config
import h2.connection
import h2.events
import h2.exceptions

from user_protos import FREE, SERVICE, messages

HEADERS = [(":status", "200"), ("content-type", "application/grpc")]
NO_ERROR, REFUSED_STREAM = 0, 7
USER = messages.User(id="1", email="ada@example.com", name="Ada", plan=FREE)


def framed(message, flag: int = 0) -> bytes:
    """A message with the five bytes that gRPC puts before it."""
    encoded = message if isinstance(message, bytes) else message.SerializeToString()
    return bytes([flag]) + struct.pack(">I", len(encoded)) + encoded


class Call:
    """A call as it came: one stream of one connection."""

    def __init__(self, peer: "Peer", stream: int, headers: dict[str, str]):
        self.peer, self.stream, self.headers = peer, stream, headers
        self.method = headers[":path"].removeprefix(SERVICE)
        self.body = b""
        self.has_ended = self.is_answered = False

    @property
    def requests(self) -> list[bytes]:
        """The messages that have arrived whole."""
        found, rest = [], self.body
        while len(rest) >= 5 and len(rest) >= 5 + (length := struct.unpack(">I", rest[1:5])[0]):
            found.append(rest[5:5 + length])
            rest = rest[5 + length:]
        return found

    def headers_of_response(self, *more: tuple[str, str]):
        self.peer.connection.send_headers(self.stream, [*HEADERS, *more])

    def data(self, data: bytes):
        self.peer.connection.send_data(self.stream, data)

    def status(self, code: int, message: str | None = None):
        """Ends the call: with trailers, or with nothing but them where no headers have gone before."""
        trailers = [("grpc-status", str(code))] + ([] if message is None else [("grpc-message", message)])
        self.peer.connection.send_headers(self.stream, trailers, end_stream=True)

    def status_alone(self, code: int, message: str):
        headers = [*HEADERS, ("grpc-status", str(code)), ("grpc-message", message)]
        self.peer.connection.send_headers(self.stream, headers, end_stream=True)

    def reset(self, code: int):
        self.peer.connection.reset_stream(self.stream, code)

    def goaway(self, last_stream: int):
        """Says that nothing after `last_stream` was, or will be, processed; what the client says from now on is not listened to."""
        self.peer.connection.close_connection(NO_ERROR, last_stream_id=last_stream)
        self.peer.flush()
        self.peer.has_ended = True

    def answer(self):
        """The right answer to a call that is complete."""
        self.headers_of_response()
        match self.method:
            case "ListUsers": responses = [USER, USER]
            case "ImportUsers": responses = [messages.ImportUsersResponse(created=len(self.requests))]
            case "SyncUsers":
                updates = [messages.UserUpdate.FromString(each) for each in self.requests]
                responses = [messages.SyncResult(id=update.id, ok=True) for update in updates]
            case _: responses = [USER]
        for response in responses:
            self.data(framed(response))
        self.status(0)


class Peer(threading.Thread):
    """One connection of a client."""

    def __init__(self, server: "RawServer", connection: socket.socket):
        super().__init__(daemon=True)
        self.server, self.socket = server, connection
        self.connection = h2.connection.H2Connection(
            h2.config.H2Configuration(client_side=False, validate_outbound_headers=False))
        self.calls: dict[int, Call] = {}
        self.has_ended = False

    def run(self):
        try:
            self.connection.initiate_connection()
            self.flush()
            while data := self.socket.recv(65536):
                if self.has_ended:
                    continue
                for event in self.connection.receive_data(data):
                    self.handle(event)
                if not self.has_ended:
                    self.flush()
        except (OSError, h2.exceptions.ProtocolError):
            pass  # The client has gone, or says what h2 does not expect after the end of a connection.
        finally:
            self.close()

    def handle(self, event):
        match event:
            case h2.events.RequestReceived():
                headers = {name.decode(): value.decode() for name, value in event.headers}
                call = self.calls[event.stream_id] = Call(self, event.stream_id, headers)
                self.server.calls.append(call)
            case h2.events.DataReceived():
                self.calls[event.stream_id].body += event.data
                self.connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            case h2.events.StreamEnded():
                self.calls[event.stream_id].has_ended = True
            case _:
                return
        call = self.calls[event.stream_id]
        if not call.is_answered and (call.has_ended or self.server.answers_early):
            call.is_answered = True
            self.server.answer(call, len(self.server.calls))

    def flush(self):
        self.socket.sendall(self.connection.data_to_send())

    def end(self):
        """Says no more, and reads on until the client has gone: otherwise what was said last may be lost."""
        self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        """Ends the connection at once, with what was written before."""
        try:
            self.flush()
            self.socket.shutdown(socket.SHUT_RDWR)
        except (OSError, h2.exceptions.ProtocolError):
            pass
        self.socket.close()


class RawServer:
    """Calls `answer` with each call and its number among all calls, from 1: when its requests have ended, or at its beginning.

    `calls` are those that came, in order.
    """

    def __init__(self, answer: Callable[[Call, int], None], answers_early: bool = False):
        self.answer, self.answers_early = answer, answers_early
        self.calls: list[Call] = []
        self.peers: list[Peer] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for peer in self.peers:
            peer.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.peers.append(Peer(self, connection))
            self.peers[-1].start()
