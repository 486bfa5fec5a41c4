"""Calls that a server has certainly not processed are made again, and no others are."""

import json
import signal
import time

import pytest

from peers import PATIENCE, Userctl, eventually
from raw_server import REFUSED_STREAM, RawServer
from user_protos import messages

UNAVAILABLE = 14
KINDS = ["GetUser", "ListUsers", "ImportUsers", "SyncUsers"]
ROWS = 20


@pytest.fixture
def make(tmp_path):
    """Makes a call of one kind on a server, by userctl."""
    def make(method: str, server: RawServer, *flags: str):
        match method:
            case "GetUser": arguments, stdin = ["get", "1"], ""
            case "ListUsers": arguments, stdin = ["list"], ""
            case "ImportUsers":
                rows = tmp_path / "rows.csv"
                lines = [f"user-{row}@example.com,User {row},free" for row in range(ROWS)]
                rows.write_text("\n".join(["email,name,plan", *lines, ""]))
                arguments, stdin = ["import", str(rows)], ""
            case _:
                updates = [{"id": str(row), "email": f"{row}@example.com", "name": "Ada"} for row in range(ROWS)]
                arguments, stdin = ["sync"], "".join(json.dumps(update) + "\n" for update in updates)
        return Userctl(server.address).run(*arguments, "--json", *flags, stdin=stdin)
    return make


def assert_complete(method: str, result, server: RawServer):
    """The call succeeded, and its last attempt had every request once."""
    assert result.returncode == 0, result.stderr
    requests = server.calls[-1].requests
    match method:
        case "ImportUsers":
            emails = [messages.CreateUserRequest.FromString(each).email for each in requests]
            assert emails == [f"user-{row}@example.com" for row in range(ROWS)]
        case "SyncUsers":
            ids = [messages.UserUpdate.FromString(each).id for each in requests]
            assert ids == [str(row) for row in range(ROWS)]
            assert len(result.stdout.splitlines()) == ROWS
        case _:
            assert len(requests) == 1 and '"email":"ada@example.com"' in result.stdout


def goaway_before(call):
    """The server leaves, and has not processed the call."""
    call.goaway(call.stream - 1 if call.stream > 1 else 0)


def goaway_before_and_end(call):
    goaway_before(call)
    call.peer.end()


def refuse(call):
    call.reset(REFUSED_STREAM)


@pytest.mark.parametrize("method", KINDS)
@pytest.mark.parametrize("answers_early", [False, True], ids=["at the end", "at the beginning"])
@pytest.mark.parametrize("failures", [1, 3])
@pytest.mark.parametrize("fail", [goaway_before, goaway_before_and_end, refuse])
def test_a_call_that_was_not_processed_is_made_again(make, method, fail, failures, answers_early):
    def answer(call, number):
        if number <= failures:
            fail(call)
        else:
            server.answers_early = False
            call.is_answered = call.has_ended
            if call.has_ended:
                call.answer()

    with RawServer(answer, answers_early) as server:
        result = make(method, server)
        assert_complete(method, result, server)
        assert len(server.calls) == failures + 1


def goaway_after_and_close(call):
    """The server may have processed the call."""
    call.goaway(call.stream)
    call.peer.close()


def goaway_after_and_reset(call):
    call.goaway(call.stream + 2)
    call.reset(8)


def close(call):
    call.peer.close()


def goaway_after_headers(call):
    call.headers_of_response()
    call.peer.flush()
    goaway_before(call)


def refuse_after_headers(call):
    call.headers_of_response()
    refuse(call)


def refuse_after_message(call):
    call.headers_of_response()
    call.data(b"\0\0\0\0\0")
    refuse(call)


def lie_in_trailers(call):
    call.headers_of_response()
    call.status(UNAVAILABLE, "GOAWAY received")


def lie_alone(call):
    call.status_alone(UNAVAILABLE, "GOAWAY received")


def lie_of_refusal(call):
    call.status_alone(UNAVAILABLE, "Received RST_STREAM with error code 7")


@pytest.mark.parametrize("method", KINDS)
@pytest.mark.parametrize("fail", [
    goaway_after_and_close, goaway_after_and_reset, close, goaway_after_headers, refuse_after_headers,
    refuse_after_message, lie_in_trailers, lie_alone, lie_of_refusal])
def test_a_call_that_may_have_been_processed_is_not_made_again(make, method, fail):
    with RawServer(lambda call, _: fail(call)) as server:
        result = make(method, server)
        assert result.returncode != 0, result.stdout
        assert len(server.calls) == 1


@pytest.mark.parametrize("method", KINDS)
def test_a_server_that_always_refuses_is_asked_a_few_times(make, method):
    with RawServer(lambda call, _: refuse(call)) as server:
        result = make(method, server)
        assert result.returncode == UNAVAILABLE, result.stderr
        assert len(server.calls) == 5


@pytest.mark.parametrize("method", KINDS)
def test_a_server_that_always_leaves_is_asked_until_the_deadline_ever_less_often(make, method):
    with RawServer(lambda call, _: goaway_before_and_end(call)) as server:
        begin = time.monotonic()
        result = make(method, server, "--timeout", "2")
        assert result.returncode == UNAVAILABLE, result.stderr
        assert time.monotonic() - begin < 20
        # The waits double from 10 ms: nine of them are over 2 s.
        assert 3 <= len(server.calls) <= 12


@pytest.mark.parametrize("count, attempts", [(400, 2), (700, 1)])
def test_many_small_requests_are_not_kept_without_end(count, attempts):
    """Each request that is kept takes memory beside its bytes."""
    updates = "".join(json.dumps({"id": str(row), "delete": True}) + "\n" for row in range(count))

    def answer(call, number):
        if number == 1:
            goaway_before_and_end(call)
        else:
            call.answer()

    with RawServer(answer) as server:
        result = Userctl(server.address).run("sync", "--json", stdin=updates)
        assert len(server.calls) == attempts
        assert result.returncode == (0 if attempts == 2 else UNAVAILABLE), result.stderr


@pytest.mark.parametrize("method", KINDS)
def test_an_interruption_ends_the_wait_for_another_call(method, tmp_path):
    rows = tmp_path / "rows.csv"
    rows.write_text("email,name,plan\nada@example.com,Ada,free\n")
    arguments = {"GetUser": ["get", "1"], "ListUsers": ["list"], "ImportUsers": ["import", str(rows)], "SyncUsers": ["sync"]}
    with RawServer(lambda call, _: goaway_before_and_end(call)) as server:
        process = Userctl(server.address).start(*arguments[method])
        if method == "SyncUsers":
            process.stdin.write('{"id": "1", "delete": true}\n')
        process.stdin.close()
        process.stdin = None
        # The wait after the eleventh call is two and a half seconds at least.
        eventually(lambda: len(server.calls) >= 11, "eleven calls")
        time.sleep(0.3)
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
        assert process.returncode != 0
        assert time.monotonic() - begin < 2
        assert len(server.calls) == 11
