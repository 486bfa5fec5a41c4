"""Medians of rounds, and ratios between what was measured in the same round."""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Spread:
    """The median of some rounds, with the least and the most of them."""

    median: float
    low: float
    high: float
    rounds: int


def spread(values: list[float]) -> Spread | None:
    if not values:
        return None
    return Spread(median(values), min(values), max(values), len(values))


def paired_ratio(values: dict[int, float], base: dict[int, float]) -> Spread | None:
    """The ratio to a base, round by round: what slows the machine for a while slows both sides of a round."""
    return spread([value / base[round_number] for round_number, value in values.items() if base.get(round_number)])


def middle(values: list[float]) -> float | None:
    return median(values) if values else None


def measured_middle(values: list[float]) -> float | None:
    """The median of what was measured at all: clients report 0 where nothing ended in their window."""
    return middle([value for value in values if value > 0])
