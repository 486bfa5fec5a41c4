"""Bars in groups, one under the other."""

from dataclasses import dataclass

from . import svg
from .scales import Scale
from .series_style import css_class, legend, swatch

_WIDTH = 620
# Room for the names of the groups.
LEFT = 150
# Room for the figure at the end of the longest bar.
_RIGHT = 104
_BAR = 14
_GAP = 10
_TOP = 20
_BOTTOM = 44


@dataclass(frozen=True)
class Bar:
    name: str
    value: float
    text: str
    tip: str


@dataclass(frozen=True)
class Group:
    title: str
    bars: list[Bar]


def bar_chart(
    description: str,
    groups: list[Group],
    scale: Scale,
    axis: str,
    base: float = 0.0,
    bar_at: float | None = None,
    bar_text: str = "",
) -> str:
    """Bars from `base`, with a line across them at `bar_at`."""
    height = _TOP + sum(len(group.bars) * _BAR + _GAP for group in groups) + _BOTTOM
    bottom = height - _BOTTOM
    content = _axis(scale, axis, bottom)
    content.append(svg.line(_x(scale, base), _TOP - 4, _x(scale, base), bottom, "base"))
    if bar_at is not None:
        content.append(svg.line(_x(scale, bar_at), _TOP - 4, _x(scale, bar_at), bottom, "threshold"))
        content.append(svg.text(bar_text, _x(scale, bar_at), _TOP - 8, "threshold-text", "middle"))
    y = float(_TOP)
    for group in groups:
        middle = y + len(group.bars) * _BAR / 2
        content.append(svg.text(group.title, LEFT - 10, middle + 4, "group", "end"))
        for bar in group.bars:
            content.append(_bar(bar, scale, base, bar_at, y))
            y += _BAR
        y += _GAP
    names = list(dict.fromkeys(bar.name for group in groups for bar in group.bars))
    return legend(names, swatch) + svg.drawing(_WIDTH, height, description, *content)


def _x(scale: Scale, value: float) -> float:
    return LEFT + scale.place(value) * (_WIDTH - LEFT - _RIGHT)


def _axis(scale: Scale, title: str, bottom: float) -> list[str]:
    content = []
    for value, text in scale.ticks():
        x = _x(scale, value)
        content.append(svg.line(x, _TOP - 4, x, bottom, "grid"))
        content.append(svg.text(text, x, bottom + 15, "tick", "middle"))
    content.append(svg.text(title, (LEFT + _WIDTH - _RIGHT) / 2, bottom + 35, "axis", "middle"))
    return content


def _bar(bar: Bar, scale: Scale, base: float, bar_at: float | None, y: float) -> str:
    from_x, to_x = sorted((_x(scale, base), _x(scale, bar.value)))
    rectangle = svg.element(
        "rect",
        svg.tip(bar.tip),
        x=from_x,
        y=y + 1,
        width=max(1.0, to_x - from_x),
        height=float(_BAR - 3),
        class_=f"mark {css_class(bar.name)}",
    )
    # Beyond the lines, which would cross it.
    text_x = max(to_x, _x(scale, base), _x(scale, bar_at or base)) + 5
    return rectangle + svg.text(bar.text, text_x, y + _BAR - 3, "value")


