"""UserService on grpcio's asyncio API."""

import asyncio
import itertools
import signal
import sys

import grpc

from options import Parser
from table import USERS, USERS_BY_ID
from user_protos import messages, stubs


class TableService(stubs.UserServiceServicer):
    """GetUser, ListUsers (page_size alone; 0 means the table once) and SyncUsers; the rest is UNIMPLEMENTED."""

    async def GetUser(self, request, context):
        user = USERS_BY_ID.get(request.id)
        if user is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, "no such user")
        return user

    async def ListUsers(self, request, context):
        if request.page_size < 0:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "page_size is below 0")
        for user in itertools.islice(itertools.cycle(USERS), request.page_size or len(USERS)):
            yield user

    async def SyncUsers(self, requests, context):
        async for update in requests:
            yield messages.SyncResult(id=update.id, ok=True, message="updated")


async def serve(address: str) -> int:
    # The bytes scenario may be asked for messages above the default of 4 MiB.
    server = grpc.aio.server(options=[("grpc.max_receive_message_length", -1)])
    stubs.add_UserServiceServicer_to_server(TableService(), server)
    try:
        port = server.add_insecure_port(address)
    except RuntimeError as error:
        print(f"server.py: cannot listen on {address}: {error}", file=sys.stderr)
        return 1
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await server.start()
    bound = address if address.startswith("unix") else f"{address.rpartition(':')[0]}:{port}"
    print(f"listening on {bound}", flush=True)
    await stopped.wait()
    await server.stop(grace=None)
    return 0


def main() -> int:
    parser = Parser(description=__doc__)
    parser.add_argument("--listen", required=True, metavar="HOST:PORT|unix:PATH")
    return asyncio.run(serve(parser.parse_args().listen))


if __name__ == "__main__":
    sys.exit(main())
