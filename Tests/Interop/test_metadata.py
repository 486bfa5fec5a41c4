"""Metadata between ThinGRPC and grpcio, both ways: bytes, repeated keys, order, early and late, with success and failure."""

import threading

import grpc
import pytest

from call_peer import calling, foreign, serving
from peers import PATIENCE

# As call-peer sends it, too.
SENT = [
    ("x-first", "1"), ("x-empty", ""), ("x-repeated", "2"), ("x-bytes-bin", b"\x00\xff,"), ("x-repeated", "1"),
    ("x-bytes-bin", b"")]


def told(entries) -> list[list[str]]:
    """Entries as call-peer tells them."""
    return [[key, value.hex() if isinstance(value, bytes) else value] for key, value in entries]


def custom(metadata) -> list[tuple]:
    return [(key, value) for key, value in metadata if key.startswith("x-")]


class TestOurServer:
    @pytest.mark.parametrize("fails", [False, True])
    def test_metadata_comes_back_in_order_before_the_first_message_and_after_the_last(self, fails):
        sent = [*SENT, ("x-fails", "1")] if fails else SENT
        has_initial = threading.Event()

        def requests():
            assert has_initial.wait(PATIENCE)
            yield b"\x0a\x05hello"

        with serving() as channel:
            call = channel.stream_stream("/test.Peer/Chat")(requests(), metadata=sent, timeout=PATIENCE)
            # Sent by the server before it has a request.
            assert custom(call.initial_metadata()) == sent
            has_initial.set()
            assert next(call) == b"\x0a\x05hello"
            if fails:
                with pytest.raises(grpc.RpcError):
                    next(call)
            else:
                assert list(call) == []
            assert call.code() == (grpc.StatusCode.ABORTED if fails else grpc.StatusCode.OK)
            assert custom(call.trailing_metadata()) == sent


class TestOurClient:
    def received(self, chat) -> dict:
        with foreign("Chat", grpc.stream_stream_rpc_method_handler(chat)) as address:
            return calling("metadata", address)

    @pytest.mark.parametrize("fails", [False, True])
    def test_metadata_comes_in_order_before_the_first_message_and_after_the_last(self, fails):
        seen = []

        def chat(requests, context):
            seen.extend(custom(context.invocation_metadata()))
            context.send_initial_metadata(seen)
            # The client has sent no request: it waits for the metadata.
            yield from requests
            context.set_trailing_metadata(seen)
            if fails:
                context.abort(grpc.StatusCode.ABORTED, "late")

        received = self.received(chat)
        assert seen == SENT
        assert received["trailing"] == told(SENT)
        if fails:
            assert received["error"] == "ABORTED: late" and received["errorMetadata"] == told(SENT)
        else:
            assert received["initial"] == told(SENT) and received["response"] == "hello"

    def test_an_error_with_nothing_before_it_ends_the_wait_for_the_metadata(self):
        def chat(requests, context):
            context.set_trailing_metadata(SENT)
            context.abort(grpc.StatusCode.NOT_FOUND, "gone")
            yield b""

        received = self.received(chat)
        assert received["error"] == "NOT_FOUND: gone" and received["initial"] == []
        assert received["errorMetadata"] == received["trailing"] == told(SENT)

    def test_success_with_nothing_before_it_ends_the_wait_too(self):
        received = self.received(lambda requests, context: iter(()))
        # What it writes then has no call any more.
        assert (received["initial"], received["response"]) == ([], "")
        assert received["error"] == "CANCELLED: The call has ended"
