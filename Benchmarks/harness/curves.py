"""How cost, latency and memory grow."""

from collections.abc import Callable
from dataclasses import dataclass

from .implementations import FLOOR, PEERS
from .medians import measured_middle, middle
from .tables import cost_us, select

Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Series:
    name: str
    points: Points


def series(records: list[dict], section: str, x: str, y: Callable[[dict], float]) -> list[Series]:
    """One series an implementation: the median over the rounds at each point."""
    found = []
    rows = select(records, section=section)
    for name in PEERS:
        own = [row for row in rows if row["server"] == name]
        at = sorted({row[x] for row in own})
        medians = [(value, measured_middle([y(row) for row in own if row[x] == value])) for value in at]
        points = [(value, middle_) for value, middle_ in medians if middle_ is not None]
        if points:
            found.append(Series(name, points))
    return found


def cost_of_both(record: dict) -> float:
    return cost_us(record, "both")


def reported(key: str) -> Callable[[dict], float]:
    return lambda record: record["report"][key]


def idle_series(records: list[dict], side: str) -> list[Series]:
    """Resident memory in MiB over the number of idle streams: of each server under the floor's client, or of each client
    on the floor's server."""
    other = {"server": "client", "client": "server"}[side]
    rows = select(records, section="idle", **{other: FLOOR})
    found = []
    for name in PEERS:
        own = [row for row in rows if row[side] == name]
        if own:
            found.append(Series(name, sorted((row["streams"], row[f"{side}_kib"] / 1024) for row in own)))
    return found


def kib_a_stream(points: Points) -> float | None:
    """What one stream adds, from no stream to the most."""
    (first, least), (last, most) = points[0], points[-1]
    return (most - least) * 1024 / (last - first) if last > first else None


@dataclass(frozen=True)
class Growth:
    """Memory in MiB in the first and in the last fifth of a long load, not counting its beginning."""

    side: str
    early: float
    late: float

    @property
    def growth(self) -> float:
        return self.late - self.early


# The first tenth of the run fills pools and caches.
_WARM_UP = 0.1


def growth(record: dict) -> list[Growth]:
    samples = record["samples"]
    settled = samples[int(len(samples) * _WARM_UP) :]
    fifth = max(1, len(settled) // 5)
    found = []
    for side, column in (("server", 1), ("client", 2)):
        kib = [sample[column] for sample in settled]
        if kib:
            found.append(Growth(side, middle(kib[:fifth]) / 1024, middle(kib[-fifth:]) / 1024))
    return found
