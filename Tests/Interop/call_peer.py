"""The program call-peer, which serves and calls the service test.Peer, and a server of that service on grpcio."""

import json
import subprocess
from concurrent import futures
from contextlib import contextmanager

import grpc

from peers import CHANNEL_OPTIONS, PATIENCE, program


@contextmanager
def serving():
    """A channel of grpcio to a call-peer that serves."""
    process = subprocess.Popen(
        [program("call-peer"), "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        with grpc.insecure_channel(process.stdout.readline().strip(), options=CHANNEL_OPTIONS) as channel:
            yield channel
    finally:
        process.stdin.close()
        assert process.wait(PATIENCE) == 0


def calling(command: str, address: str) -> dict:
    """What a call-peer tells that makes a call."""
    result = subprocess.run(
        [program("call-peer"), command, address], stdout=subprocess.PIPE, timeout=PATIENCE, check=True)
    return json.loads(result.stdout)


@contextmanager
def foreign(method: str, handler: grpc.RpcMethodHandler):
    """The address of a server on grpcio with one method."""
    server = grpc.server(futures.ThreadPoolExecutor(4), options=[("grpc.so_reuseport", 0)])
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("test.Peer", {method: handler})])
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        yield address
    finally:
        server.stop(0).wait(PATIENCE)
