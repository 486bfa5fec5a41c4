"""Calls that break the rules of gRPC: each gets the status that its specification names, and no handler sees it."""

import time

import pytest

from peers import PROMPTLY, Userd, client, eventually, unique, unique_email
from raw_client import RawConnection, frame
from user_protos import FREE, SERVICE, messages

OK, INVALID_ARGUMENT, RESOURCE_EXHAUSTED, UNIMPLEMENTED = 0, 3, 8, 12

GET = frame(messages.GetUserRequest(id="42").SerializeToString())
LIST = frame(messages.ListUsersRequest(page_size=1).SerializeToString())


def create(flag: int = 0, **fields) -> bytes:
    user = {"email": unique_email(), "name": "Ada", "plan": FREE, **fields}
    return frame(messages.CreateUserRequest(**user).SerializeToString(), flag)


def update(flag: int = 0) -> bytes:
    user = messages.UserUpdate(id=unique(), email=unique_email(), name="Ada", plan=FREE)
    return frame(user.SerializeToString(), flag)


@pytest.fixture
def daemon(tmp_path):
    """userd with a line in its log for each call that a handler saw."""
    with Userd(tmp_path / "users.sqlite", "--log-level", "debug") as daemon:
        yield daemon
        assert daemon.stop() < PROMPTLY


def call(daemon, method: str, body: bytes, *headers):
    with RawConnection(daemon.address) as connection:
        return connection.call(SERVICE + method, body, *headers)


def calls_seen(daemon, method: str) -> int:
    return sum(1 for line in daemon.log if f"/{method}" in line)


def assert_no_handler_ran(daemon, method: str):
    # A call that a handler serves is logged before this one.
    assert call(daemon, "DeleteUser", frame(messages.DeleteUserRequest(id="42").SerializeToString())).code
    eventually(lambda: calls_seen(daemon, "DeleteUser"), "the log is written")
    assert calls_seen(daemon, method) == 0


@pytest.mark.parametrize("method, one", [("CreateUser", create()), ("ListUsers", LIST)])
@pytest.mark.parametrize("count", [0, 2, 3, 100])
def test_a_call_with_one_request_that_has_none_or_more_is_unimplemented(daemon, method, one, count):
    outcome = call(daemon, method, one * count)
    assert outcome.code == UNIMPLEMENTED
    assert "one request" in outcome.message
    assert_no_handler_ran(daemon, method)


@pytest.mark.parametrize("method, one", [("CreateUser", create()), ("ListUsers", LIST)])
@pytest.mark.parametrize("count", [0, 1, 2])
def test_requests_and_half_close_may_come_apart(daemon, method, one, count):
    with RawConnection(daemon.address) as connection:
        stream = connection.begin(SERVICE + method)
        for _ in range(count):
            connection.data(stream, one)
            connection.flush()
            time.sleep(0.1)
        connection.flush()
        time.sleep(0.1)
        assert calls_seen(daemon, method) == 0
        connection.data(stream, b"", ends=True)
        assert connection.outcome(stream).code == (OK if count == 1 else UNIMPLEMENTED)
    if count == 1:
        eventually(lambda: calls_seen(daemon, method) == 1, "the log is written")
    else:
        assert_no_handler_ran(daemon, method)


@pytest.mark.parametrize("method", ["CreateUser", "ListUsers"])
def test_a_second_request_is_refused_before_the_half_close(daemon, method):
    with RawConnection(daemon.address) as connection:
        stream = connection.begin(SERVICE + method)
        connection.data(stream, create() * 2)
        assert connection.outcome(stream).code == UNIMPLEMENTED
    assert_no_handler_ran(daemon, method)


def test_a_client_that_goes_before_its_half_close_leaves_nothing_behind(daemon):
    for _ in range(50):
        with RawConnection(daemon.address) as connection:
            stream = connection.begin(SERVICE + "CreateUser")
            connection.data(stream, create())
            connection.flush()
    assert_no_handler_ran(daemon, "CreateUser")
    # The stop at the end would wait for a call that was left.


@pytest.mark.parametrize("count", [0, 1, 2, 3])
@pytest.mark.parametrize("method, one", [("ImportUsers", create), ("SyncUsers", update)])
def test_a_stream_of_requests_has_any_number(daemon, method, one, count):
    outcome = call(daemon, method, b"".join(one() for _ in range(count)))
    assert outcome.code == OK


@pytest.mark.parametrize("encoding", [[], [("grpc-encoding", "snappy")], [("grpc-encoding", "identity")],
                                      [("grpc-encoding", "")], [("grpc-encoding", "gzip")], [("grpc-encoding", "deflate")]])
@pytest.mark.parametrize("method, body", [
    ("CreateUser", create(1)), ("ListUsers", frame(LIST[5:], 1)), ("ImportUsers", create(1)),
    ("ImportUsers", create() + create() + create(1)), ("SyncUsers", update(1)), ("SyncUsers", update() + update(1))])
def test_a_message_that_says_it_is_compressed_is_refused(daemon, method, body, encoding):
    outcome = call(daemon, method, body, *encoding)
    assert outcome.code == UNIMPLEMENTED
    assert "ompress" in outcome.message
    if method in {"CreateUser", "ListUsers"}:
        assert_no_handler_ran(daemon, method)


@pytest.mark.parametrize("method, body", [("CreateUser", create()), ("ListUsers", LIST), ("SyncUsers", update())])
def test_an_encoding_that_no_message_uses_does_no_harm(daemon, method, body):
    assert call(daemon, method, body, ("grpc-encoding", "snappy")).code == OK


# Many headers, for to encode a large one takes the library of this side seconds.
def metadata(byte_count: int) -> list[tuple[str, str]]:
    entry = 1_000
    return [(f"x-{number:04}", "a" * (entry - 38)) for number in range(byte_count // entry)]


@pytest.mark.parametrize("kilobytes, is_taken", [(15, True), (17, False), (64, False), (300, False)])
@pytest.mark.parametrize("method, body", [
    ("CreateUser", create()), ("ListUsers", LIST), ("ImportUsers", create()), ("SyncUsers", update())])
def test_metadata_over_the_limit_reaches_no_handler_before_the_settings_are_acknowledged(
        daemon, method, body, kilobytes, is_taken):
    with RawConnection(daemon.address, acknowledges_settings=False) as connection:
        outcome = connection.call(SERVICE + method, body, *metadata(kilobytes * 1_000))
    assert outcome.code == (OK if is_taken else RESOURCE_EXHAUSTED)
    if not is_taken:
        assert_no_handler_ran(daemon, method)


def test_two_binary_values_in_one_header_end_the_connection_and_no_other(daemon):
    with RawConnection(daemon.address) as other:
        assert other.call(SERVICE + "CreateUser", create()).code == OK
        with RawConnection(daemon.address) as connection:
            assert connection.call(SERVICE + "CreateUser", create(), ("x-a-bin", "AAE,AgM")).code in {None, 14}
        assert other.call(SERVICE + "CreateUser", create()).code == OK
    assert call(daemon, "CreateUser", create(), ("x-a-bin", "AAE"), ("x-a-bin", "AgM")).code == OK


@pytest.mark.parametrize("byte_count", [100, 7_000, 15_000])
def test_the_name_of_an_unknown_method_fits_into_its_status(daemon, byte_count):
    outcome = call(daemon, "x" * byte_count, frame(b""))
    assert outcome.code == UNIMPLEMENTED
    assert len(outcome.message) < 8_192


# The core takes such a message for the end of the stream, or for one without content, and does not tell.
@pytest.mark.parametrize("flag", [2, 3, 128, 255])
@pytest.mark.parametrize("method, outcomes", [
    ("CreateUser", {INVALID_ARGUMENT, UNIMPLEMENTED}), ("ListUsers", {OK, UNIMPLEMENTED}),
    ("ImportUsers", {OK}), ("SyncUsers", {OK})])
def test_the_content_of_a_message_with_an_unknown_flag_is_never_taken(daemon, method, outcomes, flag):
    body = create(flag) if method != "ListUsers" else frame(LIST[5:], flag)
    outcome = call(daemon, method, body)
    assert outcome.code in outcomes
    assert_no_user_was_created(daemon)


def assert_no_user_was_created(daemon):
    with client(daemon.address) as users:
        assert list(users.ListUsers(messages.ListUsersRequest(), timeout=PROMPTLY)) == []
