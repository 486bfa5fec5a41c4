"""From values to places between 0 and 1, and which values get a mark on the axis."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ..words import figure


class Scale(Protocol):
    def place(self, value: float) -> float: ...

    def ticks(self) -> list[tuple[float, str]]: ...


@dataclass(frozen=True)
class Linear:
    """From 0 to a round number above the greatest value."""

    most: float
    steps: int = 5

    @property
    def step(self) -> float:
        return round_step(self.most / self.steps)

    @property
    def top(self) -> float:
        return max(self.step, math.ceil(self.most / self.step - 1e-9) * self.step)

    def place(self, value: float) -> float:
        return value / self.top

    def ticks(self) -> list[tuple[float, str]]:
        count = round(self.top / self.step)
        return [(index * self.step, axis_label(index * self.step)) for index in range(count + 1)]


def round_step(rough: float) -> float:
    """The least of 1, 2 and 5 times a power of ten that is not below a number."""
    if rough <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))


@dataclass(frozen=True)
class Logarithmic:
    """Between two values over 0; marks at 1, 2 and 5 times powers of ten, or at the powers alone where that is too many."""

    least: float
    most: float
    most_ticks: int = 7

    def place(self, value: float) -> float:
        span = math.log(self.most / self.least)
        return math.log(value / self.least) / span if span > 0 else 0.5

    def ticks(self) -> list[tuple[float, str]]:
        powers = range(math.floor(math.log10(self.least)), math.ceil(math.log10(self.most)) + 1)
        for factors in ((1, 2, 5), (1,)):
            values = [factor * 10.0**power for power in powers for factor in factors]
            inside = [value for value in values if self.least * 0.999 <= value <= self.most * 1.001]
            if len(inside) <= self.most_ticks:
                break
        return [(value, axis_label(value)) for value in inside]

    @staticmethod
    def around(values: list[float]) -> "Logarithmic":
        """A scale on which all values over 0 have their place, with a little air, and at least a factor of ten."""
        positive = [value for value in values if value > 0] or [1.0]
        least, most = min(positive), max(positive)
        if most < least * 10:
            middle = math.sqrt(least * most)
            least, most = min(least, middle / math.sqrt(10)), max(most, middle * math.sqrt(10))
        return Logarithmic(least / 1.15, most * 1.15)


@dataclass(frozen=True)
class Ordinal:
    """Each value as far from the next, whatever lies between them."""

    values: tuple[float, ...]
    label: Callable[[float], str]

    def place(self, value: float) -> float:
        return (self.values.index(value) + 0.5) / len(self.values)

    def ticks(self) -> list[tuple[float, str]]:
        return [(value, self.label(value)) for value in self.values]


def axis_label(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else figure(value).rstrip("0").rstrip(".")
