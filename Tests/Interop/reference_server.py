"""The user service in memory on grpcio: what the tests hold userd to, and the foreign server for userctl.

Run as a program it serves on the address given, 127.0.0.1:50051 by default.
"""

import itertools
import re
import sys
import threading
from concurrent import futures

import grpc

from peers import PATIENCE, eventually
from user_protos import messages, stubs

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PLANS = (1, 2, 3)


class Refusal(Exception):
    """A request that is refused, with the status that says why."""

    def __init__(self, code: grpc.StatusCode, message: str):
        super().__init__(message)
        self.code = code
        self.message = message


def invalid(field: str, why: str) -> Refusal:
    return Refusal(grpc.StatusCode.INVALID_ARGUMENT, f"{field} {why}")


class Users:
    """The users, by id and by e-mail address. One lock: this is about meaning, not speed."""

    def __init__(self):
        self.lock = threading.Lock()
        self.by_id: dict[str, messages.User] = {}
        self.id_of_email: dict[str, str] = {}
        self.numbers = itertools.count(1)

    def check(self, email: str | None, name: str | None, plan: int | None):
        if email is not None and (len(email) > 254 or not EMAIL.fullmatch(email)):
            raise invalid("email", "is not a well-formed address")
        if name is not None and (name == "" or len(name) > 200):
            raise invalid("name", "must have 1 to 200 characters")
        if plan is not None and plan not in PLANS:
            raise invalid("plan", "must be free, pro or enterprise")

    def find(self, id: str) -> messages.User:
        if not id:
            raise invalid("id", "must not be empty")
        if id not in self.by_id:
            raise Refusal(grpc.StatusCode.NOT_FOUND, f"User {id} not found")
        return self.by_id[id]

    def put(self, user: messages.User):
        if self.id_of_email.get(user.email, user.id) != user.id:
            raise Refusal(grpc.StatusCode.ALREADY_EXISTS, "A user with this email exists already")
        if user.id in self.by_id:
            del self.id_of_email[self.by_id[user.id].email]
        self.by_id[user.id] = user
        self.id_of_email[user.email] = user.id

    def create(self, request) -> messages.User:
        with self.lock:
            self.check(request.email, request.name, request.plan)
            user = messages.User(
                id=f"{next(self.numbers):08}", email=request.email, name=request.name, plan=request.plan)
            user.created_at.GetCurrentTime()
            self.put(user)
            return user

    def update(self, request) -> messages.User:
        with self.lock:
            user = messages.User()
            user.CopyFrom(self.find(request.id))
            changes = {field.name: value for field, value in request.ListFields() if field.name != "id"}
            self.check(changes.get("email"), changes.get("name"), changes.get("plan"))
            for field, value in changes.items():
                setattr(user, field, value)
            self.put(user)
            return user

    def delete(self, id: str):
        with self.lock:
            user = self.find(id)
            del self.by_id[id], self.id_of_email[user.email]

    def upsert(self, update):
        with self.lock:
            if not update.id:
                raise invalid("id", "must not be empty")
            self.check(update.email, update.name, update.plan)
            user = messages.User(id=update.id, email=update.email, name=update.name, plan=update.plan)
            if update.id in self.by_id:
                user.created_at.CopyFrom(self.by_id[update.id].created_at)
            else:
                user.created_at.GetCurrentTime()
            self.put(user)

    def page(self, request) -> list[messages.User]:
        if request.page_size < 0:
            raise invalid("page_size", "must not be negative")
        with self.lock:
            found = (
                user for id, user in sorted(self.by_id.items())
                if id > request.page_token and (request.filter in user.email or request.filter in user.name))
            return list(itertools.islice(found, request.page_size or None))


class ReferenceService(stubs.UserServiceServicer):
    """The methods; `open_calls` are those whose handlers run."""

    def __init__(self):
        self.users = Users()
        self.open_calls = 0
        self.lock = threading.Lock()

    def opened(self, context):
        with self.lock:
            self.open_calls += 1
        if not context.add_callback(self.closed):
            self.closed()

    def closed(self):
        with self.lock:
            self.open_calls -= 1

    def answer(self, context, make):
        self.opened(context)
        try:
            return make()
        except Refusal as refusal:
            context.abort(refusal.code, refusal.message)

    def GetUser(self, request, context):
        return self.answer(context, lambda: self.users.find(request.id))

    def CreateUser(self, request, context):
        return self.answer(context, lambda: self.users.create(request))

    def UpdateUser(self, request, context):
        return self.answer(context, lambda: self.users.update(request))

    def DeleteUser(self, request, context):
        self.answer(context, lambda: self.users.delete(request.id))
        return messages.DeleteUserResponse()

    def ListUsers(self, request, context):
        yield from self.answer(context, lambda: self.users.page(request))

    def ImportUsers(self, requests, context):
        self.opened(context)
        response = messages.ImportUsersResponse()
        for index, request in enumerate(requests):
            try:
                self.users.create(request)
                response.created += 1
            except Refusal as refusal:
                response.failed += 1
                response.failures.add(index=index, code=refusal.code.value[0], reason=refusal.message)
        return response

    def SyncUsers(self, updates, context):
        self.opened(context)
        for update in updates:
            result = messages.SyncResult(id=update.id, ok=True)
            try:
                if update.delete:
                    self.users.delete(update.id)
                else:
                    self.users.upsert(update)
            except Refusal as refusal:
                result.ok, result.code, result.message = False, refusal.code.value[0], refusal.message
            yield result


class ReferenceServer:
    """A running server, stopped at the end of a `with`."""

    def __init__(self, address: str = "127.0.0.1:0"):
        self.service = ReferenceService()
        self.server = grpc.server(futures.ThreadPoolExecutor(max_workers=200))
        stubs.add_UserServiceServicer_to_server(self.service, self.server)
        port = self.server.add_insecure_port(address)
        self.address = address if address.startswith("unix") else f"{address.rpartition(':')[0]}:{port}"
        self.server.start()

    def wait_until_idle(self):
        """Waits until no handler is open."""
        eventually(lambda: self.service.open_calls == 0, "no handler is open")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.stop(grace=0).wait(PATIENCE)


if __name__ == "__main__":
    with ReferenceServer(*sys.argv[1:] or ["127.0.0.1:50051"]) as reference:
        print(f"listening on {reference.address}", flush=True)
        reference.server.wait_for_termination()
