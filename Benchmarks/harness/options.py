"""The command line of scripts/bench."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

from .implementations import FLOOR, PEERS, SLOW_VARIANTS, VARIANTS

SECTIONS = {
    "pinned": "the steady table: client and server on one core, every scenario",
    "unpinned": "the same on all cores",
    "concurrency": "cost and latency as calls in flight grow",
    "size": "cost as messages grow",
    "connections": "cost as connections grow",
    "idle": "memory as idle streams grow",
    "growth": "memory of client and server under minutes of full load",
    "codec": "encoding and decoding alone",
    "rest": "gRPC beside JSON over HTTP/1.1",
}

# What --quick leaves out altogether; what it measures, it measures more briefly and at fewer points.
SLOW_SECTIONS = ("unpinned", "growth")
QUICK_PEERS = ("thin", "floor", "cpp")

DESCRIPTION = """\
Measures what gRPC costs, ours and others', relative to a server and a client written by hand in C on the same core,
and writes report.json, report.md, report.html and report.png.
"""

EPILOGUE = (
    "sections:\n"
    + "\n".join(f"  {name:12} {what}" for name, what in SECTIONS.items())
    + """

exit codes: 0 all was measured; 1 a run failed, which the report tells, or a program did not build; 2 bad usage;
130 interrupted: the report has what was measured until then.
"""
)


@dataclass(frozen=True)
class Options:
    quick: bool
    peers: tuple[str, ...]
    variants: tuple[str, ...]
    sections: tuple[str, ...]
    rounds: int
    curve_rounds: int
    duration_s: float
    warmup_s: float
    growth_s: float
    core: int
    output: Path
    build: bool
    screenshot: bool
    json: bool
    render: Path | None


def parse(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description=DESCRIPTION,
        epilog=EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = ", ".join(PEERS)
    parser.add_argument("--quick", action="store_true", help="a coarse look in two minutes, after the build")
    parser.add_argument("--only", metavar="NAMES", help=f"of {names}; the floor is always measured")
    parser.add_argument("--sections", metavar="NAMES", help="of those below; all of them by default")
    parser.add_argument("--rounds", type=int, help="rounds of the tables, 5 by default; curves take 3 at most")
    parser.add_argument("--duration-s", type=float, help="seconds that each run measures, 1.5 by default")
    parser.add_argument("--growth-s", type=float, default=300, help="seconds of the section growth, 300 by default")
    parser.add_argument("--core", type=int, help="the core that pinned runs have to themselves; the last by default")
    parser.add_argument("--output", type=Path, default=Path("bench"), help="the folder of the report, bench by default")
    parser.add_argument("--no-build", action="store_true", help="take the programs as they are built already")
    parser.add_argument("--no-screenshot", action="store_true", help="do without report.png, and without a browser")
    parser.add_argument("--render", type=Path, metavar="FILE", help="measure nothing, write a report.json anew")
    parser.add_argument("--json", action="store_true", help="print the report on standard output too")
    given = parser.parse_args(arguments)

    cores = sorted(os.sched_getaffinity(0))
    core = cores[-1] if given.core is None else given.core
    if core not in cores:
        parser.error(f"--core must be one of {', '.join(map(str, cores))}")
    for name, value in [("--rounds", given.rounds), ("--duration-s", given.duration_s), ("--growth-s", given.growth_s)]:
        if value is not None and not 0 < value <= 86_400:
            parser.error(f"{name} must be over 0 and at most 86400")
    rounds = given.rounds or (2 if given.quick else 5)
    peers = _chosen(parser, given.only, tuple(PEERS), QUICK_PEERS if given.quick else tuple(PEERS))
    usual = tuple(name for name in SECTIONS if not (given.quick and name in SLOW_SECTIONS))
    variants = tuple(name for name in VARIANTS if not (given.quick and name in SLOW_VARIANTS))
    return Options(
        quick=given.quick,
        peers=peers if FLOOR in peers else (FLOOR, *peers),
        variants=variants if "thin" in peers else (),
        sections=_chosen(parser, given.sections, tuple(SECTIONS), usual),
        rounds=rounds,
        curve_rounds=1 if given.quick else min(3, rounds),
        duration_s=given.duration_s or (0.25 if given.quick else 1.5),
        warmup_s=0.12 if given.quick else 0.4,
        growth_s=given.growth_s,
        core=core,
        output=given.output,
        build=not given.no_build,
        screenshot=not given.no_screenshot,
        json=given.json,
        render=given.render,
    )


def _chosen(parser, text: str | None, known: tuple[str, ...], usual: tuple[str, ...]) -> tuple[str, ...]:
    if text is None:
        return usual
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in known:
            parser.error(f"{name!r} is none of {', '.join(known)}")
    return tuple(name for name in known if name in names)
