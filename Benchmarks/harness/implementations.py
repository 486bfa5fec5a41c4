"""The implementations that are measured: their programs, and what builds them."""

from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

FLOOR = "floor"
# The floor as ThinGRPC is linked, and ThinGRPC as the floor is.
STATIC_FLOOR = "floor-static"
SHARED_THIN = "thin-shared"

# The largest message of the size curve; servers that take less by default are told.
LARGEST_MESSAGE = 16 << 20
_MESSAGE_LIMIT = LARGEST_MESSAGE + (1 << 20)


@dataclass(frozen=True)
class Implementation:
    name: str
    label: str
    server: tuple[str, ...] | None
    client: tuple[str, ...] | None
    # What holds idle streams open, where the implementation has it.
    idle: tuple[str, ...] | None = None
    # What the server is told before the largest messages.
    large_messages: tuple[str, ...] = ()
    # The names of what must be built for it, as in build.py.
    builds: tuple[str, ...] = field(default=())


def _program(path: str, *arguments: str) -> tuple[str, ...]:
    return (str(ROOT / path), *arguments)


_RPCBENCH = ".build-static/release/rpcbench"
_SHARED_RPCBENCH = ".build-shared/release/rpcbench"
_SWIFT_PEER = "Benchmarks/.build/release/grpc-swift-peer"
_PYTHON = ".build-python/bin/python"

PEERS = {
    peer.name: peer
    for peer in [
        Implementation(
            "thin",
            "ThinGRPC",
            server=_program(_RPCBENCH, "serve"),
            client=_program(_RPCBENCH, "load"),
            idle=_program(_RPCBENCH, "idle"),
            large_messages=("--max-message-bytes", str(_MESSAGE_LIMIT)),
            builds=("rpcbench",),
        ),
        Implementation(
            FLOOR,
            "C floor",
            server=_program("Benchmarks/floor/.build-floor/floor-server"),
            client=_program("Benchmarks/floor/.build-floor/floor-client"),
            idle=_program("Benchmarks/floor/.build-floor/floor-idle"),
            builds=("floor",),
        ),
        Implementation(
            "cpp",
            "gRPC C++",
            server=_program("Benchmarks/cpp/.build-cpp/cpp-server"),
            client=_program("Benchmarks/cpp/.build-cpp/cpp-client"),
            builds=("cpp",),
        ),
        Implementation(
            "grpc-swift-2",
            "grpc-swift-2",
            server=_program(_SWIFT_PEER, "serve"),
            client=_program(_SWIFT_PEER, "load"),
            builds=("grpc-swift-peer",),
        ),
        Implementation(
            "python",
            "Python aio",
            server=_program(_PYTHON, str(ROOT / "Benchmarks/python/server.py")),
            client=_program(_PYTHON, str(ROOT / "Benchmarks/python/client.py")),
            builds=("python",),
        ),
    ]
}

# Ours in another mode, on the sides that they have; and programs that are linked otherwise.
VARIANTS = {
    variant.name: variant
    for variant in [
        Implementation(
            "thin-default-pool",
            "ThinGRPC, called from Swift's default pool",
            server=None,
            client=_program(_RPCBENCH, "load", "--default-pool"),
            builds=("rpcbench",),
        ),
        Implementation(
            "thin-global-pool",
            "ThinGRPC, handlers on the global pool",
            server=_program(_RPCBENCH, "serve", "--global-pool"),
            client=None,
            builds=("rpcbench",),
        ),
        Implementation(
            SHARED_THIN,
            "ThinGRPC with shared libraries",
            server=_program(_SHARED_RPCBENCH, "serve"),
            client=_program(_SHARED_RPCBENCH, "load"),
            builds=("rpcbench-shared",),
        ),
        Implementation(
            STATIC_FLOOR,
            "C floor with the core linked in, as ThinGRPC has it",
            server=_program("Benchmarks/floor/.build-floor/floor-server-static"),
            client=_program("Benchmarks/floor/.build-floor/floor-client-static"),
            builds=("floor",),
        ),
    ]
}

REST = Implementation(
    "rest",
    "JSON over HTTP/1.1",
    server=_program("Benchmarks/.build/release/rest-server"),
    client=_program("Benchmarks/.build/release/rest-client"),
    builds=("rest-server", "rest-client"),
)

# What a coarse look does without.
SLOW_VARIANTS = (SHARED_THIN, STATIC_FLOOR)

CODEC_BENCH = _program("Benchmarks/.build/release/codec-bench", "--json")
CODEC_LABELS = {
    "thin-call": "ThinGRPC, in the core's memory",
    "swift-protobuf": "swift-protobuf",
    "c": "C structs, malloc",
    "c-arena": "C structs, arena",
    "c-call": "C structs, in the core's memory",
}

ALL = {**PEERS, **VARIANTS, REST.name: REST}


def label(name: str) -> str:
    return ALL[name].label if name in ALL else CODEC_LABELS.get(name, name)
