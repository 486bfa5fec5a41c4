"""Figures as people read them."""


def figure(value: float | None) -> str:
    """Three digits that count, thousands apart."""
    if value is None:
        return "–"
    if value == 0:
        return "0"
    for least, digits in ((100, 0), (10, 1), (1, 2)):
        if abs(value) >= least:
            return f"{value:,.{digits}f}"
    return f"{value:.3g}"


def count(value: float) -> str:
    return f"{value:,.0f}"


def times(value: float) -> str:
    return f"{value:.2f}x" if value < 10 else f"{value:.1f}x"


def size(count: float) -> str:
    """A number of bytes."""
    for unit, factor in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if count >= factor:
            return f"{count / factor:g} {unit}"
    return f"{count:g}"


def mib(kib: float) -> str:
    return f"{kib / 1024:.1f}"
