"""Counts the instructions of each kind of call and holds them against the limits in counts.json."""

import argparse
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import TimeoutExpired

import limits
from counting import CountingFailed, count
from programs import KINDS, SIDES, Implementation, Kind, c_floor, thin_grpc


@dataclass(frozen=True)
class Row:
    """One count and what it is compared with."""

    name: str
    ours: int
    floor: int
    limit: limits.Limit | None
    allowed_percent: int = 5

    @property
    def raised(self) -> "Row":
        return replace(self, limit=limits.Limit.above(self.ours, self.allowed_percent))

    @property
    def is_over(self) -> bool:
        return self.limit is None or self.ours > self.limit.limit


def count_row(kind: Kind, side: str, ours: Implementation, known: dict[str, limits.Limit], profiles: Path | None) -> Row:
    name, floor = f"{side}, {kind.name}", c_floor()
    ours = ours.run_with(kind.flags, side)
    file = "-".join([side, kind.scenario, *(flag.strip("-") for flag in kind.flags)]) + ".callgrind"
    profile = None if profiles is None else profiles / file
    counted, counted_floor = count(kind, side, ours, floor, profile), count(kind, side, floor, floor)
    row = Row(name, counted, counted_floor, known.get(name), kind.allowed_percent)
    if row.limit is not None and row.is_over:
        # Threads interleave differently now and then; what costs more costs more every time.
        row = replace(row, ours=min(row.ours, count(kind, side, ours, floor, profile)))
    print(f"guard: counted {name}", file=sys.stderr, flush=True)
    return row


def table(rows: list[Row]) -> str:
    lines = [f"{'instructions':<30}{'counted':>9}{'was':>9}{'limit':>9}{'C floor':>9}{'ratio':>7}"]
    for row in rows:
        was, limit = (row.limit.counted, row.limit.limit) if row.limit else ("-", "-")
        verdict = "  over the limit" if row.limit and row.is_over else "" if row.limit else "  has no limit"
        lines.append(
            f"{row.name:<30}{row.ours:>9}{was:>9}{limit:>9}{row.floor:>9}{row.ours / row.floor:>7.2f}{verdict}"
        )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/guard", description=__doc__)
    parser.add_argument("--rpcbench", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--raise", action="store_true", dest="raises", help="take the counts of now for the new ones")
    parser.add_argument("--profile", type=Path, metavar="DIR", help="keep callgrind's files there, for callgrind_annotate")
    options = parser.parse_args()
    if options.profile is not None:
        options.profile.mkdir(parents=True, exist_ok=True)

    known = {} if options.raises else limits.read()
    ours = thin_grpc(options.rpcbench)
    cells = [(kind, side) for side in SIDES for kind in KINDS if side in kind.sides]
    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        rows = list(pool.map(lambda cell: count_row(*cell, ours, known, options.profile), cells))
    except (CountingFailed, TimeoutExpired) as error:
        print(f"guard: {error}", file=sys.stderr)
        return 1
    finally:
        # After a failure, or Ctrl-C, only what is under way is waited for.
        pool.shutdown(cancel_futures=True)

    if options.raises:
        rows = [row.raised for row in rows]
        limits.write({row.name: row.limit for row in rows if row.limit})
    print(table(rows))
    over = [row.name for row in rows if row.is_over]
    if over:
        print(f"guard: costs more than it may: {'; '.join(over)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
