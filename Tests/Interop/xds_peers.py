"""The programs under test that a control plane configures, and the backends that they call."""

import json
import os
import queue
import subprocess
import threading
from concurrent import futures
from pathlib import Path

import grpc
from envoy.service.status.v3 import csds_pb2

from peers import PATIENCE, program, unique

CALL = "/xds.Peer/Call"


def bootstrap(control_plane, node: str = "test", **members) -> dict:
    return {
        "xds_servers": [{"server_uri": control_plane.address, "channel_creds": [{"type": "insecure"}]}],
        "node": {"id": node},
        "server_listener_resource_name_template": "server/%s",
        **members,
    }


class Peer:
    """An xds-peer, ended at the end of a `with`. What it tells is read by `next`."""

    def __init__(self, *arguments: str, environment: dict[str, str]):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GRPC_XDS")}
        self.process = subprocess.Popen(
            [program("xds-peer"), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=clean | environment)
        self.lines = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put("")

    def __enter__(self):
        return self

    def __exit__(self, error, *_):
        self.process.stdin.close()
        if error is not None:
            self.process.kill()
        code = self.process.wait(PATIENCE)
        assert error is not None or code == 0, f"xds-peer ended with {code}"

    def tell(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()

    def next(self) -> dict:
        line = self.lines.get(timeout=PATIENCE)
        assert line, f"xds-peer is gone: {self.process.wait(PATIENCE)}"
        return json.loads(line)

    def ask(self, *words) -> dict:
        self.tell(*words)
        return self.next()


class Caller(Peer):
    """A client, with channels."""

    def __init__(self, environment: dict[str, str]):
        super().__init__("call", environment=environment)

    def open(self, name: str, target: str, *bootstrap_file) -> dict:
        return self.ask("open", name, target, *bootstrap_file)

    def calls(self, name: str, count: int, method: str = "Call", **headers: str) -> dict[str, int]:
        """How many calls ended how."""
        return self.ask("calls", name, count, method, *(f"{key}={value}" for key, value in headers.items()))

    def state(self) -> csds_pb2.ClientConfig:
        return csds_pb2.ClientConfig.FromString(bytes.fromhex(self.ask("state")["state"]))


class XDSServer(Peer):
    """A server; `address` is where it listens, or will."""

    def __init__(
            self, control_plane, folder: Path, name: str = "server", address: str = "127.0.0.1:0", options=(), **members):
        super().__init__("serve", name, address, *options, environment=environment(control_plane, folder, **members))
        told = [self.next()]
        while "listening" not in told[-1]:
            assert "setupError" not in told[-1], told
            told.append(self.next())
        self.address = told.pop()["listening"]
        for status in told:
            self.lines.put(json.dumps(status))


def environment(control_plane, folder: Path, **members) -> dict[str, str]:
    """The environment variable that names a bootstrap file, and the file, which has further members."""
    file = folder / f"{unique('bootstrap')}.json"
    file.write_text(json.dumps(bootstrap(control_plane, **members)))
    return {"GRPC_XDS_BOOTSTRAP": str(file)}


class Backend:
    """A server on grpcio that answers its name, ended at the end of a `with`; `fails` has it answer with an error."""

    def __init__(self, name: str, address: str = "127.0.0.1:0"):
        self.name = name
        self.fails = False
        self.server = grpc.server(
            futures.ThreadPoolExecutor(max_workers=8), options=[("grpc.so_reuseport", 0)])
        handler = grpc.unary_unary_rpc_method_handler(self.answer)
        self.server.add_generic_rpc_handlers(
            [grpc.method_handlers_generic_handler("xds.Peer", {"Call": handler, "Other": handler})])
        self.address = f"127.0.0.1:{self.server.add_insecure_port(address)}"
        self.server.start()

    def answer(self, _, context) -> bytes:
        if self.fails:
            context.abort(grpc.StatusCode.INTERNAL, f"{self.name} fails")
        return self.name.encode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self, grace: float = 0):
        self.server.stop(grace=grace).wait(PATIENCE)
