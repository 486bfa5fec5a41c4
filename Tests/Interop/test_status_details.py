"""Errors with details, between ThinGRPC and grpcio with grpcio-status, both ways."""

import base64
import json

import grpc
import pytest
from google.protobuf import any_pb2, duration_pb2, json_format, struct_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from call_peer import calling, foreign, serving
from hostile_user_server import HostileUserServer
from peers import PATIENCE, Userctl, client, unique_email
from raw_server import HEADERS, RawServer
from user_protos import PRO, messages

KEY = "grpc-status-details-bin"
INVALID_ARGUMENT, NOT_FOUND, RESOURCE_EXHAUSTED = 3, 5, 8

EVERY_KIND = [
    error_details_pb2.BadRequest(field_violations=[
        error_details_pb2.BadRequest.FieldViolation(field="email", description="hat kein @: ü"),
        error_details_pb2.BadRequest.FieldViolation(field="plan", description="must be given")]),
    error_details_pb2.ErrorInfo(reason="EMAIL", domain="users.example.com", metadata={"email": "ada"}),
    error_details_pb2.RetryInfo(retry_delay=duration_pb2.Duration(seconds=1, nanos=500_000_000)),
    error_details_pb2.QuotaFailure(violations=[error_details_pb2.QuotaFailure.Violation(subject="project:7")]),
    error_details_pb2.PreconditionFailure(
        violations=[error_details_pb2.PreconditionFailure.Violation(type="TOS", subject="s", description="d")]),
    error_details_pb2.ResourceInfo(resource_type="user", resource_name="users/7", owner="ada", description="d"),
    error_details_pb2.RequestInfo(request_id="42", serving_data="x"),
    error_details_pb2.Help(links=[error_details_pb2.Help.Link(description="more", url="https://example.com")]),
    error_details_pb2.LocalizedMessage(locale="de", message="Ungültig"),
    error_details_pb2.DebugInfo(stack_entries=["main", "call"], detail="here"),
    struct_pb2.Struct(fields={"any": struct_pb2.Value(string_value="message")}),
]
# Of a type that the programs do not know.
UNKNOWN = messages.User(id="7", name="Ada")


def status(*details, code=INVALID_ARGUMENT, message="ungültig: 100 %") -> status_pb2.Status:
    result = status_pb2.Status(code=code, message=message)
    for detail in details:
        result.details.add().Pack(detail)
    return result


def aborting(error: status_pb2.Status):
    """A method that ends with a status."""
    return lambda request, context: context.abort_with_status(rpc_status.to_status(error))


class TestOurServer:
    @pytest.mark.parametrize("method", ["Fail", "FailLater"])
    @pytest.mark.parametrize("error", [
        status(*EVERY_KIND, UNKNOWN), status(UNKNOWN, code=NOT_FOUND, message=""), status(*EVERY_KIND[:1] * 3)])
    def test_details_arrive_as_they_were_thrown(self, method, error):
        with serving() as channel, pytest.raises(grpc.RpcError) as caught:
            list(channel.unary_stream(f"/test.Peer/{method}")(error.SerializeToString(), timeout=PATIENCE))
        # It raises where the details state another code or message than the status.
        assert rpc_status.from_call(caught.value) == error

    def test_an_error_without_details_has_none(self):
        with serving() as channel, pytest.raises(grpc.RpcError) as caught:
            channel.unary_unary("/test.Peer/Fail")(status().SerializeToString(), timeout=PATIENCE)
        assert caught.value.details() == status().message and rpc_status.from_call(caught.value) is None

    @pytest.mark.parametrize("size", [4_000, 5_500, 5_900, 6_500, 100_000, 3_000_000])
    def test_details_that_are_too_large_cost_neither_code_nor_message(self, size):
        error = status(error_details_pb2.DebugInfo(detail="d" * size), code=RESOURCE_EXHAUSTED, message="much")
        with serving() as channel, pytest.raises(grpc.RpcError) as caught:
            channel.unary_unary("/test.Peer/Fail")(error.SerializeToString(), timeout=PATIENCE)
        assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        read = rpc_status.from_call(caught.value)
        if size <= 5_500:
            assert read == error
        if size >= 6_500:
            assert read is None and caught.value.details().startswith("much (status details of ")


class TestOurClient:
    def test_details_are_read_by_their_types(self):
        error = status(*EVERY_KIND, UNKNOWN)
        with foreign("Fail", grpc.unary_unary_rpc_method_handler(aborting(error))) as address:
            told = calling("fail", address)
        assert (told["code"], told["message"]) == (error.code, error.message) and "problem" not in told
        assert told["types"] == [each.DESCRIPTOR.full_name for each in [*EVERY_KIND, UNKNOWN]]
        typed = {name: bytes.fromhex(text) for name, text in told["typed"].items()}
        assert {each.DESCRIPTOR.full_name: each for each in EVERY_KIND} == {
            each.DESCRIPTOR.full_name: type(each).FromString(typed[each.DESCRIPTOR.full_name])
            for each in EVERY_KIND}

    @pytest.mark.parametrize("values, problem", [
        ([b"\xff"], "malformed"),
        ([b""], "another status, OK"),
        ([b"\x1a\x7f"], "malformed"),
        ([status(code=NOT_FOUND).SerializeToString()], "another status, NOT_FOUND"),
        ([status(code=-1).SerializeToString()], "another status, CODE_-1"),
        ([status().SerializeToString()] * 2, "2 times"),
        ([b"\xff"] * 3, "3 times"),
        # Fields that nobody knows yet, and another message than the status has, are no problem.
        ([status().SerializeToString() + b"\x20\x05"], None),
        ([status(message="other").SerializeToString()], None),
    ])
    def test_irregular_details_cost_neither_code_nor_message(self, values, problem):
        def fail(request, context):
            context.set_trailing_metadata([(KEY, value) for value in values])
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "bad")

        with foreign("Fail", grpc.unary_unary_rpc_method_handler(fail)) as address:
            told = calling("fail", address)
        assert (told["code"], told["message"], told["types"]) == (INVALID_ARGUMENT, "bad", [])
        assert problem in told["problem"] if problem else "problem" not in told


    @pytest.mark.parametrize("is_padded", [False, True], ids=["plain", "padded"])
    @pytest.mark.parametrize("is_alone", [False, True], ids=["trailers", "trailers alone"])
    def test_details_come_in_base64_of_either_kind_and_with_trailers_alone(self, is_padded, is_alone):
        for message in ["", "a", "aa", "aaa"]:
            error = status(*EVERY_KIND[:1], message=message)
            text = base64.b64encode(error.SerializeToString()).decode()
            trailers = [
                ("grpc-status", str(INVALID_ARGUMENT)), ("grpc-message", message),
                (KEY, text if is_padded else text.rstrip("="))]

            def answer(call, _):
                if not is_alone:
                    call.headers_of_response()
                call.peer.connection.send_headers(
                    call.stream, [*(HEADERS if is_alone else []), *trailers], end_stream=True)

            with RawServer(answer) as server:
                told = calling("fail", server.address)
            assert told["types"] == ["google.rpc.BadRequest"] and told["message"] == message


class TestUserd:
    def fails(self, call, request):
        with pytest.raises(grpc.RpcError) as caught:
            list(each) if hasattr(each := call(request, timeout=PATIENCE), "__next__") else each
        return rpc_status.from_call(caught.value)

    def violations(self, error: status_pb2.Status) -> dict[str, str]:
        [detail] = error.details
        request = error_details_pb2.BadRequest()
        assert error.code == INVALID_ARGUMENT and detail.Unpack(request)
        return {violation.field: violation.description for violation in request.field_violations}

    def test_every_field_that_is_wrong_is_told(self, userd):
        with client(userd.address) as users:
            good = {"email": unique_email(), "name": "Ada", "plan": PRO}
            for wrong in [{"email": "ada"}, {"name": ""}, {"plan": 99}, {"email": "", "name": "\n", "plan": 0}]:
                error = self.fails(users.CreateUser, messages.CreateUserRequest(**{**good, **wrong}))
                violations = self.violations(error)
                assert set(violations) == set(wrong) and all(violations.values())
                assert error.message == "; ".join(f"{field} {why}" for field, why in violations.items())
            assert set(self.violations(self.fails(
                users.UpdateUser, messages.UpdateUserRequest(email="a", name="")))) == {"id", "email", "name"}
            for call, request in [(users.GetUser, messages.GetUserRequest), (users.DeleteUser, messages.DeleteUserRequest)]:
                assert set(self.violations(self.fails(call, request()))) == {"id"}
            assert set(self.violations(self.fails(
                users.ListUsers, messages.ListUsersRequest(page_size=-1, filter="\x01", page_token="x" * 200)))) == {
                    "page_size", "filter", "page_token"}

    def test_other_refusals_say_what_they_are_about(self, userd):
        with client(userd.address) as users:
            [detail] = self.fails(users.GetUser, messages.GetUserRequest(id="nobody")).details
            resource = error_details_pb2.ResourceInfo()
            assert detail.Unpack(resource)
            assert (resource.resource_type, resource.resource_name) == ("userservice.User", "nobody")
            request = messages.CreateUserRequest(email=unique_email(), name="Ada", plan=PRO)
            users.CreateUser(request, timeout=PATIENCE)
            [detail] = self.fails(users.CreateUser, request).details
            info = error_details_pb2.ErrorInfo()
            assert detail.Unpack(info) and info.reason == "EMAIL_TAKEN"


class TestUserctl:
    HOSTILE = "\x1b[31mred\x07\n\u202eecil\u2028A\x9b2J"

    def told(self, error: status_pb2.Status, *arguments: str) -> str:
        with HostileUserServer(GetUser=aborting(error)) as server:
            result = Userctl(server.address).run("get", "7", *arguments)
        assert (result.returncode, result.stdout) == (error.code, "")
        return result.stderr

    def test_details_are_lines_below_the_message(self):
        assert self.told(status(*EVERY_KIND, UNKNOWN)).splitlines() == [
            "userctl: INVALID_ARGUMENT: ungültig: 100 %",
            "  email: hat kein @: ü",
            "  plan: must be given",
            '  google.rpc.ErrorInfo reason: "EMAIL" domain: "users.example.com"'
            ' metadata { key: "email" value: "ada" }',
            "  to be tried again after 1.5 seconds",
            '  google.rpc.QuotaFailure violations { subject: "project:7" }',
            '  google.rpc.PreconditionFailure violations { type: "TOS" subject: "s" description: "d" }',
            '  google.rpc.ResourceInfo resource_type: "user" resource_name: "users/7" owner: "ada" description: "d"',
            '  google.rpc.RequestInfo request_id: "42" serving_data: "x"',
            "  more: https://example.com",
            "  Ungültig",
            '  google.rpc.DebugInfo stack_entries: "main" stack_entries: "call" detail: "here"',
            '  google.protobuf.Struct fields { key: "any" value { string_value: "message" } }',
            f"  userservice.User ({UNKNOWN.ByteSize()} bytes)",
        ]

    def test_in_json_the_error_is_a_status_on_one_line(self):
        error = status(*EVERY_KIND)
        [line] = self.told(error, "--json").splitlines()
        assert json_format.ParseDict(json.loads(line), status_pb2.Status()) == error
        told = json.loads(self.told(status(UNKNOWN, code=NOT_FOUND), "--json"))
        [detail] = told["details"]
        assert told["code"] == NOT_FOUND and detail["@type"].endswith("/userservice.User")
        assert base64.b64decode(detail["value"]) == UNKNOWN.SerializeToString()
        assert json.loads(self.told(status(), "--json")) == {
            "code": INVALID_ARGUMENT, "message": status().message, "details": []}

    def test_nothing_in_details_reaches_a_terminal_unescaped(self):
        violation = error_details_pb2.BadRequest.FieldViolation(field=self.HOSTILE, description=self.HOSTILE)
        details = [
            error_details_pb2.BadRequest(field_violations=[violation]),
            error_details_pb2.ErrorInfo(reason=self.HOSTILE, metadata={self.HOSTILE: self.HOSTILE}),
            error_details_pb2.Help(links=[error_details_pb2.Help.Link(description=self.HOSTILE, url=self.HOSTILE)]),
            error_details_pb2.LocalizedMessage(message=self.HOSTILE)]
        error = status(*details, message="bad")
        odd = any_pb2.Any(type_url=f"a/{self.HOSTILE}", value=b"\xff")
        malformed = any_pb2.Any(type_url="a/google.rpc.BadRequest", value=b"\xff")
        error.details.extend([odd, malformed])
        for arguments, lines in [([], 7), (["--json"], 1)]:
            told = self.told(error, *arguments)
            assert told.count("\n") == lines and told.endswith("\n")
            assert not set(told) & set("\x1b\x07\u202e\u2028\x9b\x85")
        read = json.loads(told)
        assert read["details"][0]["fieldViolations"][0]["field"] == self.HOSTILE
        assert read["details"][-2] == {"@type": odd.type_url, "value": "/w=="}
        assert read["details"][-1] == {"@type": malformed.type_url, "value": "/w=="}

    def test_of_thousands_of_lines_some_are_shown(self):
        violations = [error_details_pb2.BadRequest.FieldViolation()] * 2_000
        told = self.told(status(error_details_pb2.BadRequest(field_violations=violations), message="bad"))
        assert told.count("\n") == 22 and told.endswith("  and 1980 more\n")
