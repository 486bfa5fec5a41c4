"""Runs one attack, in a process of its own, against a userd, and sees what becomes of the memory and of a normal client."""

import contextlib
import dataclasses
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path

from . import wire  # noqa: F401  (finds the modules beside this package)
from . import connections, control, handshakes, headers, streams

import grpc  # noqa: E402

from peers import Userd, client  # noqa: E402
from user_protos import FREE, messages  # noqa: E402

ATTACKS = {
    attack.__name__: attack for module in (streams, headers, control, connections, handshakes) for attack in module.ATTACKS}

# Those at an address with TLS.
TLS_ATTACKS = {attack.__name__ for attack in handshakes.ATTACKS}

ROOT = Path(__file__).resolve().parents[3]

# How much the memory may grow, in MiB, and the attacks that may make it grow more: what bounds them.
MOST_GROWTH = 64
BOUNDS = {
    "zero_window": "--max-calls: each open call takes some 26 KB, for the core's call, the handler and a page of users",
    **dict.fromkeys(
        ["half_hellos", "unanswered_hellos"],
        "--max-connections: a connection with TLS takes some 70 KB while it begins and 85 KB then, for the buffers of OpenSSL and the core"),
}

# What a normal client gets its answer within.
DEADLINE = 1.0
# The descriptors that the server may have, where they are to run out.
FEW_DESCRIPTORS = 64


@dataclasses.dataclass
class Outcome:
    attack: str
    sent: str = ""
    memory_before: float = 0
    memory_peak: float = 0
    # Calls on a connection that was there before: how many were in time, of how many, and the slowest.
    old_served: int = 0
    old_calls: int = 0
    old_slowest: float = 0
    # Calls on a new connection each.
    new_served: int = 0
    new_calls: int = 0
    new_slowest: float = 0
    # How long after the attack a new client is served; None if it never is.
    served_after: float | None = None
    log: list[str] = dataclasses.field(default_factory=list)

    @property
    def growth(self) -> float:
        return self.memory_peak - self.memory_before


class Target(Userd):
    """A userd to attack, and what a normal client calls it with."""

    def __init__(self, store: Path, *flags: str, has_tls: bool):
        self.roots = None
        listen = "127.0.0.1:0"
        if has_tls:
            folder = store.parent / "certificates"
            subprocess.run([ROOT / "scripts/make-certificates", folder], check=True)
            self.roots = (folder / "ca.pem").read_bytes()
            flags += ("--tls-cert", str(folder / "server.pem"), "--tls-key", str(folder / "server.key"))
            listen = "tls://127.0.0.1:0"
        super().__init__(store, *flags, listen=listen)

    def client(self):
        return client(self.address, self.roots)


def fill(daemon: Target, count: int = 2000) -> None:
    """Gives the server users, so that a listing is a large answer."""
    with daemon.client() as users:
        users.ImportUsers(
            messages.CreateUserRequest(email=f"u{index}@example.com", name="User " * 10, plan=FREE)
            for index in range(count))


def call(users, deadline: float) -> bool:
    try:
        next(iter(users.ListUsers(messages.ListUsersRequest(page_size=1), timeout=deadline)))
        return True
    except (grpc.RpcError, StopIteration):
        return False


class Observer:
    """Looks at the memory, and makes calls on an old and on new connections, until the end."""

    def __init__(self, daemon: Target, outcome: Outcome, deadline: float):
        self.daemon, self.outcome, self.deadline = daemon, outcome, deadline
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=each) for each in (self._memory, self._old, self._new)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()

    def __exit__(self, *_):
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def _memory(self):
        while not self.is_over.wait(0.02):
            self.outcome.memory_peak = max(self.outcome.memory_peak, self.daemon.resident_mebibytes())

    def _old(self):
        with self.daemon.client() as users:
            call(users, 30)
            while not self.is_over.wait(0.1):
                begin = time.monotonic()
                self.outcome.old_calls += 1
                self.outcome.old_served += call(users, self.deadline)
                self.outcome.old_slowest = max(self.outcome.old_slowest, time.monotonic() - begin)

    def _new(self):
        while not self.is_over.wait(0.2):
            begin = time.monotonic()
            self.outcome.new_calls += 1
            with self.daemon.client() as users:
                self.outcome.new_served += call(users, self.deadline)
            self.outcome.new_slowest = max(self.outcome.new_slowest, time.monotonic() - begin)


def run(name: str, store: Path, seconds: float, *flags: str, deadline: float = DEADLINE, patience: float = 10) -> Outcome:
    """Attacks a new userd for some seconds.

    `deadline` is what normal calls have meanwhile and after; after the attack they are tried for `patience` seconds.
    """
    outcome = Outcome(name)
    with Target(store, *flags, has_tls=name in TLS_ATTACKS) as daemon:
        fill(daemon)
        if name == "descriptors":
            resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE, (FEW_DESCRIPTORS, 4096))
        outcome.memory_before = daemon.resident_mebibytes()
        with Observer(daemon, outcome, deadline):
            time.sleep(0.5)
            attack = subprocess.run(
                [sys.executable, "-m", "attacks", "--only-attack", daemon.address.removeprefix("tls://"), "--seconds", str(seconds), name],
                cwd=Path(__file__).parent.parent, capture_output=True, text=True, timeout=seconds + 60)
            ended = time.monotonic()
        assert attack.returncode == 0, attack.stderr
        outcome.sent = attack.stdout.strip()
        while outcome.served_after is None and time.monotonic() < ended + patience:
            with daemon.client() as users, contextlib.suppress(grpc.RpcError):
                if call(users, deadline):
                    outcome.served_after = time.monotonic() - ended
        outcome.memory_peak = max(outcome.memory_peak, daemon.resident_mebibytes())
        outcome.log = list(daemon.log)
    return outcome
