"""Curves over an axis."""

from collections.abc import Callable

from ..curves import Series
from ..implementations import label
from . import svg
from .scales import Scale
from .series_style import css_class, legend, marker

_WIDTH = 620
_HEIGHT = 330
_LEFT = 92
_RIGHT = 20
_TOP = 12
_BOTTOM = 50


def line_chart(
    description: str,
    all_series: list[Series],
    x_scale: Scale,
    y_scale: Scale,
    x_axis: str,
    y_axis: str,
    text: Callable[[float], str],
    has_marks: bool = True,
) -> str:
    """One line an implementation; points that a scale has no place for are left out."""
    content = _axes(x_scale, y_scale, x_axis, y_axis)
    for one in all_series:
        places = [(_x(x_scale, x), _y(y_scale, y), x, y) for x, y in one.points]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y, _, _ in places)
        content.append(svg.element("path", d=path, class_=f"curve {css_class(one.name)}"))
        if has_marks:
            content += [
                marker(one.name, x, y, tip=f"{label(one.name)}, {value_x:,g}: {text(value_y)}")
                for x, y, value_x, value_y in places
            ]
    return legend([one.name for one in all_series]) + svg.drawing(_WIDTH, _HEIGHT, description, *content)


def _x(scale: Scale, value: float) -> float:
    return _LEFT + scale.place(value) * (_WIDTH - _LEFT - _RIGHT)


def _y(scale: Scale, value: float) -> float:
    return _HEIGHT - _BOTTOM - scale.place(value) * (_HEIGHT - _TOP - _BOTTOM)


def _axes(x_scale: Scale, y_scale: Scale, x_axis: str, y_axis: str) -> list[str]:
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    content = []
    for value, text in y_scale.ticks():
        y = _y(y_scale, value)
        content += [svg.line(_LEFT, y, right, y, "grid"), svg.text(text, _LEFT - 7, y + 4, "tick", "end")]
    for value, text in x_scale.ticks():
        x = _x(x_scale, value)
        content += [svg.line(x, bottom, x, bottom + 4, "base"), svg.text(text, x, bottom + 18, "tick", "middle")]
    middle = (_TOP + bottom) / 2
    content += [
        svg.line(_LEFT, bottom, right, bottom, "base"),
        svg.text(x_axis, (_LEFT + right) / 2, _HEIGHT - 10, "axis", "middle"),
        svg.text(y_axis, 14, middle, "axis", "middle", transform=f"rotate(-90 14 {middle:g})"),
    ]
    return content
