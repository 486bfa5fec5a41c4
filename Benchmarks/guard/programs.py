"""What is counted: the kinds of calls, and the programs that make and answer them."""

from dataclasses import dataclass, replace
from pathlib import Path

FLOOR = Path(__file__).resolve().parents[1] / "floor" / ".build-floor"


SIDES = ("server", "client")


@dataclass(frozen=True)
class Kind:
    """A kind of call, and how often it is made in the shorter of the two runs that are compared."""

    name: str
    scenario: str
    calls: int
    operations_a_call: int = 1
    sides: tuple[str, ...] = SIDES
    # What ThinGRPC's program is run with besides, on the side that is counted.
    flags: tuple[str, ...] = ()
    # How far a count may rise before it fails. Repeated counts differ by about a percent, where one thread does the work.
    allowed_percent: int = 5


LIST_PAGE = 10_000

KINDS = [
    Kind("unary call", "unary-pingpong", calls=2_000),
    Kind("listed message", "list", calls=1, operations_a_call=LIST_PAGE),
    Kind("sync round trip", "sync-pingpong", calls=1_500),
    Kind("64 KiB round trip", "bytes", calls=300),
    # Threads share the work, and how they take turns varies. A packet for each message would be several times as much.
    Kind(
        "listed in the pool",
        "list",
        calls=3,
        operations_a_call=LIST_PAGE,
        sides=("server",),
        flags=("--global-pool",),
        allowed_percent=30,
    ),
]


@dataclass(frozen=True)
class Implementation:
    """The command lines of a server and a client, without the address."""

    server: tuple[str, ...]
    client: tuple[str, ...]

    def run_with(self, flags: tuple[str, ...], side: str) -> "Implementation":
        return replace(self, **{side: getattr(self, side) + flags})


def thin_grpc(rpcbench: Path) -> Implementation:
    # One queue: the default depends on the machine's cores.
    return Implementation((str(rpcbench), "serve", "--queues", "1"), (str(rpcbench), "load"))


def c_floor() -> Implementation:
    # With the core linked in, as ours is: what is left is the difference of the programs.
    return Implementation((str(FLOOR / "floor-server-static"),), (str(FLOOR / "floor-client-static"),))
