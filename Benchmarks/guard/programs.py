"""What is counted: the kinds of calls, and the programs that make and answer them."""

from dataclasses import dataclass
from pathlib import Path

FLOOR = Path(__file__).resolve().parents[1] / "floor" / ".build-floor"


@dataclass(frozen=True)
class Kind:
    """A kind of call, and how often it is made in the shorter of the two runs that are compared."""

    name: str
    scenario: str
    calls: int
    operations_a_call: int = 1


LIST_PAGE = 10_000

KINDS = [
    Kind("unary call", "unary-pingpong", calls=2_000),
    Kind("listed message", "list", calls=1, operations_a_call=LIST_PAGE),
    Kind("sync round trip", "sync-pingpong", calls=1_500),
    Kind("64 KiB round trip", "bytes", calls=300),
]

SIDES = ("server", "client")


@dataclass(frozen=True)
class Implementation:
    """The command lines of a server and a client, without the address."""

    server: tuple[str, ...]
    client: tuple[str, ...]

    def command(self, side: str) -> tuple[str, ...]:
        return self.server if side == "server" else self.client


def thin_grpc(rpcbench: Path) -> Implementation:
    # One queue: the default depends on the machine's cores.
    return Implementation((str(rpcbench), "serve", "--queues", "1"), (str(rpcbench), "load"))


def c_floor() -> Implementation:
    # With the core linked in, as ours is: what is left is the difference of the programs.
    return Implementation((str(FLOOR / "floor-server-static"),), (str(FLOOR / "floor-client-static"),))
