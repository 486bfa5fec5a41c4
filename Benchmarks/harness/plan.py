"""Which steps a benchmark has, and in which order: implementations take turns, so that what disturbs the machine disturbs
all of them."""

from collections.abc import Iterator
from functools import partial

from .implementations import ALL, FLOOR, LARGEST_MESSAGE
from .options import SECTIONS, Options
from .steps import CodecStep, GrowthStep, IdleStep, LoadStep, Step

SCENARIOS = ("unary-pingpong", "unary-load", "list", "sync-pingpong", "bytes")

# What REST and gRPC both do: a name, the scenario of each, how many run at a time, and the page.
REST_TASKS = (
    ("get", "get", "unary-pingpong", 1, None),
    ("get, 32 in flight", "get", "unary-load", 32, None),
    ("create", "create", "create", 1, None),
    ("create, 32 in flight", "create", "create", 32, None),
    ("list of 100", "list", "list", 1, 100),
    ("list of 10,000", "list", "list", 1, 10_000),
)

CONCURRENCIES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)
SIZES = (0, 1 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20, LARGEST_MESSAGE)
CONNECTIONS = (1, 10, 30, 100, 300, 1_000)
STREAMS = (0, 100, 1_000, 2_000, 5_000, 10_000)
STREAMS_A_CONNECTION = 1_000

QUICK_POINTS = {
    "concurrency": (1, 32, 1_000),
    "size": (0, 64 << 10, LARGEST_MESSAGE),
    "connections": (1, 100),
    "idle": (0, 10_000),
}


def pairs(options: Options) -> list[tuple[str, str]]:
    """Server and client of every run of the tables: each server with the floor's client, each client with the floor's
    server, and each client with its own server."""
    measured = [ALL[name] for name in (*options.peers, *options.variants)]
    servers = [(program.name, FLOOR) for program in measured if program.server]
    clients = [(FLOOR, program.name) for program in measured if program.client]
    both = [(program.name, program.name) for program in measured if program.server and program.client]
    return list(dict.fromkeys([*servers, *clients, *both]))


def steps(options: Options) -> list[Step]:
    makers = {
        "pinned": partial(_tables, placement="pinned", rounds=options.rounds),
        "unpinned": partial(_tables, placement="unpinned", rounds=min(3, options.rounds)),
        "concurrency": _concurrency,
        "size": _sizes,
        "connections": _connections,
        "idle": _idle,
        "growth": _growth,
        "codec": lambda options: iter([CodecStep(rounds=3 if options.quick else 15)]),
        "rest": _rest,
    }
    return [step for section in SECTIONS if section in options.sections for step in makers[section](options)]


def points(options: Options, section: str, all_points: tuple[int, ...]) -> tuple[int, ...]:
    return QUICK_POINTS[section] if options.quick else all_points


def _tables(options: Options, placement: str, rounds: int) -> Iterator[Step]:
    for round_number in range(1, rounds + 1):
        for scenario in SCENARIOS:
            for server, client in pairs(options):
                yield LoadStep(
                    "tables", placement, scenario, server, client, round_number, options.duration_s, options.warmup_s
                )


def _concurrency(options: Options) -> Iterator[Step]:
    duration_s, warmup_s = _curve_times(options)
    for round_number, concurrency, peer in _curve(options, "concurrency", CONCURRENCIES):
        # A thousand calls take a while to be all under way.
        longer = concurrency / 2_000
        yield LoadStep(
            "concurrency", "pinned", "unary-load", peer, peer, round_number, duration_s + longer, warmup_s + longer,
            concurrency=concurrency,
        )  # fmt: skip


def _sizes(options: Options) -> Iterator[Step]:
    duration_s, warmup_s = _curve_times(options)
    for round_number, size, peer in _curve(options, "size", SIZES):
        # The largest take a quarter of a second each.
        longer = size / LARGEST_MESSAGE
        yield LoadStep(
            "size", "pinned", "bytes", peer, peer, round_number, duration_s + longer, warmup_s + longer / 2, size=size
        )


def _connections(options: Options) -> Iterator[Step]:
    duration_s, warmup_s = _curve_times(options)
    for round_number, channels, peer in _curve(options, "connections", CONNECTIONS):
        # Connecting takes its time and belongs to the warm-up.
        yield LoadStep(
            "connections", "pinned", "unary-load", peer, peer, round_number, duration_s, warmup_s + channels / 250,
            concurrency=channels, channels=channels,
        )  # fmt: skip


def _curve(options: Options, section: str, all_points: tuple[int, ...]) -> Iterator[tuple[int, int, str]]:
    for round_number in range(1, options.curve_rounds + 1):
        for point in points(options, section, all_points):
            for peer in options.peers:
                yield round_number, point, peer


def _curve_times(options: Options) -> tuple[float, float]:
    return options.duration_s / 2, options.warmup_s * 0.75


def _idle(options: Options) -> Iterator[Step]:
    for streams in points(options, "idle", STREAMS):
        channels = max(1, streams // STREAMS_A_CONNECTION)
        for peer in options.peers:
            yield IdleStep(peer, FLOOR, streams, channels)
        if "thin" in options.peers:
            yield IdleStep(FLOOR, "thin", streams, channels)


def _growth(options: Options) -> Iterator[Step]:
    if "thin" in options.peers:
        yield GrowthStep("thin", "thin", options.growth_s)


def _rest(options: Options) -> Iterator[Step]:
    if "thin" not in options.peers:
        return
    for placement in ("pinned",) if options.quick else ("pinned", "unpinned"):
        for round_number in range(1, options.curve_rounds + 1):
            for task, rest, grpc, concurrency, page in REST_TASKS:
                for peer, scenario in (("thin", grpc), ("rest", rest)):
                    yield LoadStep(
                        "rest", placement, scenario, peer, peer, round_number, options.duration_s, options.warmup_s,
                        concurrency=concurrency, page=page, task=task,
                    )  # fmt: skip
