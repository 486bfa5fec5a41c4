"""A user service that answers what it is told to: what userctl makes of servers that are hostile, broken or silent."""

import threading
from concurrent import futures

import grpc

from user_protos import stubs


class HostileUserServer:
    """Serves on a free port of the loopback address, with the methods given by name."""

    def __init__(self, **methods):
        # Set at the end, so that a method which waits for it lets go.
        self.released = threading.Event()
        service = type("Service", (stubs.UserServiceServicer,), {
            name: staticmethod(method) for name, method in methods.items()})
        self.server = grpc.server(futures.ThreadPoolExecutor(8), options=[
            # Clients may probe as often as they like.
            ("grpc.so_reuseport", 0), ("grpc.http2.max_ping_strikes", 0)])
        stubs.add_UserServiceServicer_to_server(service(), self.server)
        self.address = f"127.0.0.1:{self.server.add_insecure_port('127.0.0.1:0')}"

    def __enter__(self):
        self.server.start()
        return self

    def __exit__(self, *_):
        self.released.set()
        self.server.stop(0)


def failing(code: grpc.StatusCode, details: str):
    """A method that ends with a status."""

    def method(request, context):
        context.abort(code, details)

    return method
