"""How each implementation looks, the same in every chart: a colour, which the page's style sheet holds, and a shape, so that
nobody needs to see the colour."""

from collections.abc import Callable
from html import escape

from ..implementations import label
from . import svg

_SHAPES = {
    "thin": "circle",
    "floor": "square",
    "cpp": "triangle",
    "grpc-swift-2": "diamond",
    "python": "cross",
    "rest": "triangle",
    "thin-default-pool": "diamond",
    "thin-global-pool": "diamond",
    "thin-shared": "diamond",
    "floor-static": "square",
    "swift-protobuf": "diamond",
    "c": "square",
    "c-arena": "square",
    "c-call": "square",
}


def css_class(name: str) -> str:
    return f"of-{name}"


def marker(name: str, x: float, y: float, radius: float = 4.0, tip: str = "") -> str:
    shape = _SHAPES.get(name, "circle")
    content = (svg.tip(tip),) if tip else ()
    style = f"mark {css_class(name)}"
    if shape == "circle":
        return svg.element("circle", *content, cx=float(x), cy=float(y), r=float(radius), class_=style)
    if shape == "cross":
        arms = f"M{x - radius:.1f} {y - radius:.1f}L{x + radius:.1f} {y + radius:.1f}"
        arms += f"M{x - radius:.1f} {y + radius:.1f}L{x + radius:.1f} {y - radius:.1f}"
        return svg.element("path", *content, d=arms, class_=f"stroke {css_class(name)}")
    corners = {
        "square": [(-1, -1), (1, -1), (1, 1), (-1, 1)],
        "triangle": [(0, -1.2), (1.1, 0.9), (-1.1, 0.9)],
        "diamond": [(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)],
    }[shape]
    points = " ".join(f"{x + dx * radius:.1f},{y + dy * radius:.1f}" for dx, dy in corners)
    return svg.element("polygon", *content, points=points, class_=style)


def swatch(name: str) -> str:
    """A piece of a bar."""
    return svg.element("rect", x=1, y=3, width=14, height=10, class_=f"mark {css_class(name)}")


def legend(names: list[str], key: Callable[[str], str] = lambda name: marker(name, 8, 8, 5)) -> str:
    """A line of names with their marks, in HTML so that it wraps."""
    items = [
        f'<li><svg viewBox="0 0 16 16" aria-hidden="true">{key(name)}</svg>{escape(label(name))}</li>' for name in names
    ]
    return f'<ul class="legend">{"".join(items)}</ul>'
