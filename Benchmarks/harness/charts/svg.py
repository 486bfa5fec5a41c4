"""SVG elements as text."""

from html import escape


def element(name: str, *content: str, **attributes) -> str:
    """An element; an underscore at the end or within an attribute's name stands for nothing or for a hyphen."""
    text = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_text(value), quote=True)}"' for key, value in attributes.items()
    )
    return f"<{name}{text}>{''.join(content)}</{name}>" if content else f"<{name}{text}/>"


def _text(value) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def text(content: str, x: float, y: float, class_: str = "", anchor: str = "start", **attributes) -> str:
    return element(
        "text", escape(content), x=float(x), y=float(y), class_=f"label {class_}".strip(), text_anchor=anchor, **attributes
    )


def tip(content: str) -> str:
    """What a pointer that rests on the element around it gets to read."""
    return element("title", escape(content))


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    return element("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), class_=class_)


def drawing(width: float, height: float, description: str, *content: str) -> str:
    return element(
        "svg",
        element("title", escape(description)),
        *content,
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        xmlns="http://www.w3.org/2000/svg",
    )
