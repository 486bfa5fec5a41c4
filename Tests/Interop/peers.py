"""The processes under test: userd and userctl, as they were built, and what a test needs to drive them."""

import json
import os
import signal
import subprocess
import threading
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

import grpc

from user_protos import stubs

# Long enough that only a hang reaches it.
PATIENCE = 30

# How long a stop takes where no call is left to wait for; the default grace period is twice as long.
PROMPTLY = 5

CHANNEL_OPTIONS = [
    ("grpc.enable_http_proxy", 0),
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.max_send_message_length", -1),
]


def program(name: str) -> str:
    """The path of a built program; scripts/test says in which folder."""
    path = Path(os.environ["USER_PROGRAMS"]) / name
    assert path.exists(), f"{path} is missing: run the tests through scripts/test"
    return str(path)


@contextmanager
def client(address: str, roots: bytes | None = None):
    """A stub of the user service, with its channel closed at the end; over TLS to who has a certificate of `roots`, in PEM."""
    if roots is None:
        channel = grpc.insecure_channel(address, options=CHANNEL_OPTIONS)
    else:
        credentials = grpc.ssl_channel_credentials(roots)
        channel = grpc.secure_channel(address.removeprefix("tls://"), credentials, options=CHANNEL_OPTIONS)
    with channel:
        yield stubs.UserServiceStub(channel)


def unique(word: str = "user") -> str:
    """A word that no other test uses."""
    return f"{word}-{uuid.uuid4().hex}"


def unique_email(word: str = "user") -> str:
    return f"{unique(word)}@example.com"


def eventually(promise, what: str, seconds: float = PATIENCE):
    """Waits until `promise()` is true."""
    end = time.monotonic() + seconds
    while not promise():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.01)


class Userd:
    """A userd process, stopped by SIGTERM at the end of a `with`."""

    def __init__(self, store: str, *flags: str, listen: str = "127.0.0.1:0"):
        arguments = [program("userd"), "--listen", listen, "--store", str(store), *flags]
        self.process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        # What it must exit with when it is stopped.
        self.exit_code = 0
        self.log: list[str] = []
        self._log_reader = threading.Thread(target=lambda: self.log.extend(self.process.stderr), daemon=True)
        self._log_reader.start()
        line = self.process.stdout.readline()
        prefix = "listening on "
        if not line.startswith(prefix):
            self.process.kill()
            self._log_reader.join(PATIENCE)
            raise AssertionError(f"userd did not start: {line!r} {''.join(self.log)}")
        self.address = line[len(prefix):].strip()

    def __enter__(self):
        return self

    def __exit__(self, error, *_):
        if error is not None:
            self.kill()
        elif self.process.poll() is None or self.process.returncode != self.exit_code:
            self.stop()

    def stop(self) -> float:
        """Asks userd to drain, asserts that it exits as it should, and returns how many seconds that took."""
        assert self.process.poll() is None, f"userd is gone ({self.process.returncode}): {''.join(self.log[-20:])}"
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self._log_reader.join(PATIENCE)
        assert code == self.exit_code, f"userd exited with {code}: {''.join(self.log[-20:])}"
        return time.monotonic() - begin

    def kill(self):
        """Ends the process as a crash would."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def resident_mebibytes(self) -> float:
        """The memory that the process holds now."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise AssertionError("no VmRSS")


class Userctl:
    """Runs userctl against one server."""

    def __init__(self, address: str):
        self.address = address

    def command(self, *arguments: str) -> list[str]:
        return [program("userctl"), *arguments, "--addr", self.address]

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess:
        return subprocess.run(
            self.command(*arguments), input=stdin, capture_output=True, text=True, timeout=PATIENCE)

    def json(self, *arguments: str, stdin: str = "") -> list[dict]:
        """The objects that a successful command prints with --json, one a line."""
        result = self.run(*arguments, "--json", stdin=stdin)
        assert result.returncode == 0, result.stderr
        return [json.loads(line) for line in result.stdout.splitlines()]

    def start(self, *arguments: str) -> subprocess.Popen:
        return subprocess.Popen(
            self.command(*arguments), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True)
