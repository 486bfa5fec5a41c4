"""A foreign client, grpcio, calls every method and gets every status that the service promises."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from grpc import StatusCode

from peers import CHANNEL_OPTIONS, PATIENCE, client, unique, unique_email
from user_protos import ENTERPRISE, FREE, PRO, SERVICE, messages


def refusal(call, request, **options) -> grpc.RpcError:
    """The error that a unary call ends with."""
    with pytest.raises(grpc.RpcError) as caught:
        call(request, timeout=PATIENCE, **options)
    return caught.value


def create(users, email=None, name="Ada", plan=PRO):
    return users.CreateUser(
        messages.CreateUserRequest(email=email or unique_email(), name=name, plan=plan), timeout=PATIENCE)


def create_requests(emails):
    return [messages.CreateUserRequest(email=email, name="Ada", plan=FREE) for email in emails]


class TestUnary:
    def test_a_created_user_can_be_got_updated_and_deleted(self, users):
        before = int(time.time()) - 1
        email = unique_email()
        created = create(users, email, "Ada Lovelace", PRO)
        assert created.id and (created.email, created.name, created.plan) == (email, "Ada Lovelace", PRO)
        assert before <= created.created_at.seconds <= time.time() + 1
        by_id = messages.GetUserRequest(id=created.id)
        assert users.GetUser(by_id, timeout=PATIENCE) == created

        updated = users.UpdateUser(
            messages.UpdateUserRequest(id=created.id, plan=ENTERPRISE), timeout=PATIENCE)
        assert (updated.email, updated.name, updated.plan) == (email, "Ada Lovelace", ENTERPRISE)
        assert updated.created_at == created.created_at
        assert users.GetUser(by_id, timeout=PATIENCE) == updated

        deleted = users.DeleteUser(messages.DeleteUserRequest(id=created.id), timeout=PATIENCE)
        assert deleted == messages.DeleteUserResponse()
        assert refusal(users.GetUser, by_id).code() == StatusCode.NOT_FOUND

    def test_text_of_any_language_and_length_comes_back_as_it_went(self, users):
        for name in ["Zoë", "李白", "👩🏽‍🚀 O'Hara", "a%b_c\\d\"e'; --", "x" * 200]:
            user = create(users, name=name)
            assert users.GetUser(messages.GetUserRequest(id=user.id), timeout=PATIENCE).name == name

    @pytest.mark.parametrize("method, request_type", [
        ("GetUser", messages.GetUserRequest),
        ("UpdateUser", messages.UpdateUserRequest),
        ("DeleteUser", messages.DeleteUserRequest),
    ])
    def test_an_unknown_id_is_not_found_and_an_empty_one_invalid(self, users, method, request_type):
        error = refusal(getattr(users, method), request_type(id="no-such-user"))
        assert error.code() == StatusCode.NOT_FOUND and "no-such-user" in error.details()
        error = refusal(getattr(users, method), request_type())
        assert error.code() == StatusCode.INVALID_ARGUMENT and "id" in error.details()

    def test_an_email_address_that_is_taken_already_exists(self, users):
        taken = create(users).email
        request = messages.CreateUserRequest(email=taken, name="Eve", plan=FREE)
        assert refusal(users.CreateUser, request).code() == StatusCode.ALREADY_EXISTS
        other = create(users)
        error = refusal(users.UpdateUser, messages.UpdateUserRequest(id=other.id, email=taken))
        assert error.code() == StatusCode.ALREADY_EXISTS
        assert users.GetUser(messages.GetUserRequest(id=other.id), timeout=PATIENCE) == other

    def test_a_users_own_address_is_not_taken(self, users):
        user = create(users)
        same = users.UpdateUser(
            messages.UpdateUserRequest(id=user.id, email=user.email, name="Ada"), timeout=PATIENCE)
        assert same == user

    @pytest.mark.parametrize("field, value", [
        ("email", ""), ("email", "ada"), ("email", "@example.com"), ("email", "ada@"), ("email", "a b@example.com"),
        ("email", "a" * 250 + "@example.com"), ("name", ""), ("name", "x" * 100_000), ("plan", 0), ("plan", 99),
    ])
    def test_a_malformed_field_is_named(self, users, field, value):
        good = {"email": unique_email(), "name": "Ada", "plan": PRO}
        error = refusal(users.CreateUser, messages.CreateUserRequest(**{**good, field: value}))
        assert error.code() == StatusCode.INVALID_ARGUMENT and field in error.details()
        user = create(users)
        error = refusal(users.UpdateUser, messages.UpdateUserRequest(id=user.id, **{field: value}))
        assert error.code() == StatusCode.INVALID_ARGUMENT and field in error.details()
        assert users.GetUser(messages.GetUserRequest(id=user.id), timeout=PATIENCE) == user

    def test_an_unknown_method_or_service_is_unimplemented(self, server):
        with grpc.insecure_channel(server.address, options=CHANNEL_OPTIONS) as channel:
            for path in [SERVICE + "NoSuchMethod", "/no.such.Service/GetUser", "/odd"]:
                assert refusal(channel.unary_unary(path), b"").code() == StatusCode.UNIMPLEMENTED
                stream = channel.stream_stream(path)(iter([b"", b""]), timeout=PATIENCE)
                with pytest.raises(grpc.RpcError) as caught:
                    list(stream)
                assert caught.value.code() == StatusCode.UNIMPLEMENTED

    def test_a_message_over_4_mebibytes_is_refused(self, users):
        request = messages.CreateUserRequest(email=unique_email(), name="x" * (5 << 20), plan=FREE)
        assert refusal(users.CreateUser, request).code() == StatusCode.RESOURCE_EXHAUSTED
        create(users)


@pytest.fixture(scope="module")
def tagged(users):
    """A word, and in the order of their ids the 25 users whose addresses share it."""
    word = unique("list")
    made = [create(users, f"{word}-{number}@example.com") for number in range(25)]
    return word, sorted(made, key=lambda user: user.id)


class TestListUsers:
    def list(self, users, **request):
        return list(users.ListUsers(messages.ListUsersRequest(**request), timeout=PATIENCE))

    def test_users_come_in_the_order_of_their_ids(self, users, tagged):
        word, made = tagged
        assert self.list(users, filter=word) == made
        everyone = [user.id for user in self.list(users)]
        assert everyone == sorted(everyone) and {user.id for user in made} <= set(everyone)

    def test_pages_add_up(self, users, tagged):
        word, made = tagged
        listed, token = [], ""
        while page := self.list(users, filter=word, page_size=10, page_token=token):
            assert len(page) <= 10
            listed += page
            token = page[-1].id
        assert listed == made

    def test_the_filter_looks_in_email_and_name_and_takes_no_wildcards(self, users, tagged):
        odd = unique("100%_sure")
        named = create(users, name=odd)
        assert self.list(users, filter=odd) == [named]
        assert self.list(users, filter=tagged[0].replace("-", "_", 1)) == []
        assert self.list(users, filter=tagged[0].replace("-", "%", 1)) == []

    def test_a_negative_page_size_is_invalid(self, users):
        with pytest.raises(grpc.RpcError) as caught:
            self.list(users, page_size=-1)
        assert caught.value.code() == StatusCode.INVALID_ARGUMENT and "page_size" in caught.value.details()


class TestImportUsers:
    def test_the_summary_names_every_refused_row(self, users):
        taken = create(users).email
        requests = create_requests([unique_email(), taken, unique_email(), "nonsense", unique_email()])
        requests[4].name = ""
        requests.append(requests[0])
        response = users.ImportUsers(iter(requests), timeout=PATIENCE)
        assert (response.created, response.failed) == (2, 4)
        codes = {
            1: StatusCode.ALREADY_EXISTS, 3: StatusCode.INVALID_ARGUMENT, 4: StatusCode.INVALID_ARGUMENT,
            5: StatusCode.ALREADY_EXISTS}
        assert [(failure.index, failure.code) for failure in response.failures] == [
            (index, code.value[0]) for index, code in codes.items()]
        assert "email" in response.failures[1].reason and "name" in response.failures[2].reason

    def test_thousands_of_rows_are_created(self, users):
        word = unique("import")
        response = users.ImportUsers(
            iter(create_requests(f"{word}-{number}@example.com" for number in range(3000))), timeout=PATIENCE)
        assert (response.created, response.failed) == (3000, 0)
        assert len(list(users.ListUsers(messages.ListUsersRequest(filter=word), timeout=PATIENCE))) == 3000

    def test_an_empty_import_creates_nothing(self, users):
        assert users.ImportUsers(iter([]), timeout=PATIENCE) == messages.ImportUsersResponse()


class TestSyncUsers:
    def test_each_update_is_answered_before_the_next_is_sent(self, users):
        id, email = unique("sync"), unique_email()
        answered = threading.Semaphore(0)

        def updates():
            for number in range(20):
                yield messages.UserUpdate(id=id, email=email, name=f"Ada {number}", plan=FREE)
                assert answered.acquire(timeout=PATIENCE)

        for number, result in enumerate(users.SyncUsers(updates(), timeout=PATIENCE)):
            assert result == messages.SyncResult(id=id, ok=True)
            assert users.GetUser(messages.GetUserRequest(id=id), timeout=PATIENCE).name == f"Ada {number}"
            answered.release()
        assert number == 19

    def test_results_come_in_order_and_a_refusal_does_not_end_the_stream(self, users):
        word = unique("sync")
        taken = create(users).email

        def update(number, **fields):
            good = {"email": f"{word}-{number}@example.com", "name": "Ada", "plan": PRO}
            return messages.UserUpdate(id=f"{word}-{number}", **{**good, **fields})

        updates = [
            update(0), update(1, email=taken), update(2, email="nonsense"), update(3, name=""), update(4, plan=0),
            update(0, delete=True), update(5, delete=True), update(6), update(6, name="Grace"),
            messages.UserUpdate(email=unique_email(), name="Ada", plan=PRO)]
        codes = [0, 6, 3, 3, 3, 0, 5, 0, 0, 3]
        results = list(users.SyncUsers(iter(updates), timeout=PATIENCE))
        assert [result.id for result in results] == [update.id for update in updates]
        assert [result.code for result in results] == codes
        assert [result.ok for result in results] == [code == 0 for code in codes]
        assert all(bool(result.message) != result.ok for result in results)
        listed = list(users.ListUsers(messages.ListUsersRequest(filter=word), timeout=PATIENCE))
        assert [(user.id, user.name) for user in listed] == [(f"{word}-6", "Grace")]

    def test_thousands_of_updates_sent_at_once_are_all_answered_in_order(self, users):
        word = unique("sync")
        updates = [
            messages.UserUpdate(id=f"{word}-{number:05}", email=f"{word}-{number}@example.com", name="A", plan=FREE)
            for number in range(3000)]
        results = users.SyncUsers(iter(updates), timeout=PATIENCE)
        assert [result.id for result in results if result.ok] == [update.id for update in updates]


class TestCalls:
    def open_sync(self, users, updates=(), **options):
        """A sync stream that stays half open until the call ends."""
        ended = threading.Event()

        def requests():
            yield from updates
            ended.wait(PATIENCE)

        call = users.SyncUsers(requests(), **options)
        call.add_callback(ended.set)
        return call

    def test_a_deadline_ends_an_open_stream(self, users):
        begin = time.monotonic()
        call = self.open_sync(users, timeout=0.3)
        with pytest.raises(grpc.RpcError) as caught:
            list(call)
        assert caught.value.code() == StatusCode.DEADLINE_EXCEEDED
        assert 0.25 <= time.monotonic() - begin < PATIENCE / 2

    def test_a_deadline_that_is_over_ends_a_unary_call(self, users):
        with pytest.raises(grpc.RpcError) as caught:
            users.GetUser(messages.GetUserRequest(id="42"), timeout=-1)
        assert caught.value.code() == StatusCode.DEADLINE_EXCEEDED

    def test_a_client_can_cancel_an_open_stream(self, users):
        update = messages.UserUpdate(id=unique(), email=unique_email(), name="Ada", plan=FREE)
        call = self.open_sync(users, [update], timeout=PATIENCE)
        assert next(call).ok
        call.cancel()
        with pytest.raises(grpc.RpcError) as caught:
            next(call)
        assert caught.value.code() == StatusCode.CANCELLED
        assert users.GetUser(messages.GetUserRequest(id=update.id), timeout=PATIENCE).email == update.email

    def test_a_client_can_cancel_an_import(self, users):
        ended = threading.Event()

        def requests():
            yield from create_requests([unique_email()])
            ended.wait(PATIENCE)

        call = users.ImportUsers.future(requests(), timeout=PATIENCE)
        call.cancel()
        ended.set()
        assert call.code() == StatusCode.CANCELLED

    def test_metadata_of_a_client_is_let_through(self, users):
        metadata = [("x-request-id", "42"), ("x-request-id", "43"), ("x-trace-bin", bytes(range(256)))]
        user, call = users.CreateUser.with_call(
            messages.CreateUserRequest(email=unique_email(), name="Ada", plan=FREE),
            timeout=PATIENCE, metadata=metadata)
        assert user.id and call.code() == StatusCode.OK
        error = refusal(users.GetUser, messages.GetUserRequest(id="nobody"), metadata=metadata)
        assert error.code() == StatusCode.NOT_FOUND
        assert error.initial_metadata() is not None and error.trailing_metadata() is not None

    def test_many_calls_run_at_once(self, users):
        with ThreadPoolExecutor(50) as pool:
            made = list(pool.map(lambda _: create(users), range(500)))
            got = list(pool.map(
                lambda user: users.GetUser(messages.GetUserRequest(id=user.id), timeout=PATIENCE), made))
        assert got == made and len({user.id for user in made}) == 500

    def test_of_many_that_want_one_address_exactly_one_gets_it(self, users):
        email = unique_email()
        request = messages.CreateUserRequest(email=email, name="Ada", plan=FREE)
        calls = [users.CreateUser.future(request, timeout=PATIENCE) for _ in range(50)]
        codes = [call.code() for call in calls]
        assert codes.count(StatusCode.OK) == 1 and codes.count(StatusCode.ALREADY_EXISTS) == 49

    def test_many_streams_are_open_at_once(self, users):
        streams = []
        for _ in range(90):
            update = messages.UserUpdate(id=unique(), email=unique_email(), name="Ada", plan=FREE)
            streams.append((update, self.open_sync(users, [update], timeout=PATIENCE)))
        for update, call in streams:
            assert next(call) == messages.SyncResult(id=update.id, ok=True)
        for _, call in streams:
            call.cancel()

    def test_clients_on_many_connections_are_served(self, server):
        def one(_):
            with client(server.address) as users:
                return create(users).id

        with ThreadPoolExecutor(20) as pool:
            assert len(set(pool.map(one, range(60)))) == 60
