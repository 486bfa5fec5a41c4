"""Responses that break gRPC's rules: the call fails at once and says why."""

import gzip
import json
import time
import zlib

import pytest

from peers import PROMPTLY, Userctl
from raw_server import USER, RawServer, framed
from user_protos import messages

NOT_FOUND, UNIMPLEMENTED, INTERNAL = 5, 12, 13
RESPONSES = {"GetUser": USER, "ImportUsers": messages.ImportUsersResponse(created=1),
             "ListUsers": USER, "SyncUsers": messages.SyncResult(id="1", ok=True)}
ONE_RESPONSE, KINDS = ["GetUser", "ImportUsers"], list(RESPONSES)


@pytest.fixture
def make(tmp_path):
    """Makes a call of one kind on a server, by userctl."""
    rows = tmp_path / "rows.csv"
    rows.write_text("email,name,plan\nada@example.com,Ada,free\n")
    arguments = {"GetUser": ["get", "1"], "ListUsers": ["list"], "ImportUsers": ["import", str(rows)], "SyncUsers": ["sync"]}
    return lambda method, server: Userctl(server.address).run(
        *arguments[method], "--json", stdin='{"id": "1", "delete": true}\n' if method == "SyncUsers" else "")


def respond(*data: bytes, code: int | None = 0, headers: tuple[tuple[str, str], ...] = (), apart: float = 0):
    """An answer of some messages, `apart` from one another in seconds; without a code it goes on for ever."""
    def answer(call, _):
        call.headers_of_response(*headers)
        for each in data:
            call.data(each)
            call.peer.flush()
            time.sleep(apart)
        if code is not None:
            call.status(code)
    return answer


@pytest.mark.parametrize("method", ONE_RESPONSE)
@pytest.mark.parametrize("count", [0, 2, 3, 1000])
@pytest.mark.parametrize("apart", [0, 0.3], ids=["together", "apart"])
def test_another_number_of_responses_than_one_is_an_error_at_once(make, method, count, apart):
    data = [framed(RESPONSES[method])] * min(count, 3)
    if count > 3:
        data[0] *= count
    with RawServer(respond(*data, apart=apart)) as server:
        begin = time.monotonic()
        result = make(method, server)
        assert result.returncode == UNIMPLEMENTED, result
        assert time.monotonic() - begin < PROMPTLY


@pytest.mark.parametrize("method", ONE_RESPONSE)
def test_a_second_response_without_a_status_is_an_error_at_once(make, method):
    with RawServer(respond(*[framed(RESPONSES[method])] * 2, code=None)) as server:
        begin = time.monotonic()
        result = make(method, server)
        assert result.returncode == UNIMPLEMENTED, result
        assert time.monotonic() - begin < PROMPTLY


@pytest.mark.parametrize("method", ONE_RESPONSE)
def test_a_status_long_after_the_response_is_waited_for(make, method):
    with RawServer(respond(framed(RESPONSES[method]), apart=1)) as server:
        assert make(method, server).returncode == 0
    with RawServer(respond(framed(RESPONSES[method]), code=NOT_FOUND, apart=1)) as server:
        assert make(method, server).returncode == NOT_FOUND


@pytest.mark.parametrize("method", ONE_RESPONSE)
@pytest.mark.parametrize("response", [None, b"\xff"], ids=["good", "malformed"])
def test_a_response_that_comes_with_another_status_than_ok_is_dropped(make, method, response):
    with RawServer(respond(framed(response or RESPONSES[method]), code=NOT_FOUND)) as server:
        result = make(method, server)
    assert result.returncode == NOT_FOUND and json.loads(result.stderr)["code"] == NOT_FOUND
    # An import tells its sums in any case.
    assert method == "GetUser" and result.stdout == "" or json.loads(result.stdout)["created"] == 0


@pytest.mark.parametrize("method", KINDS)
@pytest.mark.parametrize("encoding", [None, "identity", "snappy", "GZIP", "gzip, snappy", ""])
def test_a_compressed_message_of_no_known_encoding_is_refused(make, method, encoding):
    headers = () if encoding is None else (("grpc-encoding", encoding),)
    for bytes_of_message in [RESPONSES[method].SerializeToString(), b"", gzip.compress(b"\0" * 100)]:
        with RawServer(respond(framed(bytes_of_message, flag=1), headers=headers)) as server:
            result = make(method, server)
            assert result.returncode == INTERNAL and "compressed" in result.stderr, result


@pytest.mark.parametrize("method", KINDS)
@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_message_in_an_encoding_that_is_not_accepted_is_refused(make, method, encoding):
    message = {"gzip": gzip, "deflate": zlib}[encoding].compress(RESPONSES[method].SerializeToString())
    with RawServer(respond(framed(message, flag=1), headers=(("grpc-encoding", encoding),))) as server:
        result = make(method, server)
        # By the core as soon as it sees the encoding, or by ThinGRPC when it sees the message.
        assert result.returncode in {UNIMPLEMENTED, INTERNAL}, result


# In a stream the core takes such a message for the end, and keeps that to itself.
@pytest.mark.parametrize("method", ONE_RESPONSE)
@pytest.mark.parametrize("flag", [2, 3, 128, 255])
def test_a_message_with_an_unknown_flag_is_no_response(make, method, flag):
    with RawServer(respond(framed(RESPONSES[method], flag=flag))) as server:
        assert make(method, server).returncode == UNIMPLEMENTED


@pytest.mark.parametrize("method", KINDS)
def test_an_encoding_of_messages_that_are_plain_does_no_harm(make, method):
    with RawServer(respond(framed(RESPONSES[method]), headers=(("grpc-encoding", "identity"),))) as server:
        assert make(method, server).returncode == 0
