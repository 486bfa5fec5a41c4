"""The report's tables as rows of text, for whatever form they take."""

from dataclasses import dataclass

from . import claims as rest
from . import codec_table
from .curves import Series, cost_of_both, growth, idle_series, kib_a_stream, reported, series
from .implementations import FLOOR, STATIC_FLOOR, label
from .plan import SCENARIOS
from .tables import BAR, SIDES, Cell, cell, each_cell, select
from .words import count, figure, mib, size, times

PLACEMENTS = {"pinned": "on one core", "unpinned": "on all cores"}


@dataclass(frozen=True)
class Table:
    title: str
    note: str
    columns: list[str]
    # The first of each row is its name.
    rows: list[list[str]]
    # Places, by row and column, that miss their bar.
    marked: frozenset[tuple[int, int]] = frozenset()


def cost_tables(records: list[dict], placement: str) -> list[Table]:
    found = []
    for side, description in SIDES.items():
        scenarios, names, at = each_cell(records, placement, side)
        others = [name for name in names if name != FLOOR]
        if not scenarios:
            continue
        rows, marked = [], set()
        for scenario in scenarios:
            base = at(scenario, FLOOR)
            row = [scenario, figure(base.cost_us.median) if base else "–"]
            for name in others:
                there = at(scenario, name)
                if name == "thin" and there is not None and there.is_above_bar:
                    marked.add((len(rows), len(row)))
                row.append(_ratio(there))
            rows.append(row)
        found.append(
            Table(
                title=f"CPU per operation, {description}, {PLACEMENTS[placement]}",
                note="The floor in us; the others relative to it: the median of the rounds, least and most in brackets. "
                f"ThinGRPC above {BAR}x is marked.",
                columns=["scenario", "C floor, us", *map(label, others)],
                rows=rows,
                marked=frozenset(marked),
            )
        )
    return found + _linked_alike_table(records, placement)


def _linked_alike_table(records: list[dict], placement: str) -> list[Table]:
    """ThinGRPC beside the floor that has the core linked in as well."""
    rows = []
    for scenario in SCENARIOS:
        cells = [cell(records, placement, scenario, side, "thin", base=STATIC_FLOOR) for side in SIDES]
        compared = [there if there and there.ratio else None for there in cells]
        if any(compared):
            rows.append([scenario, *map(_ratio, compared)])
    if not rows:
        return []
    return [
        Table(
            title=f"CPU per operation, ThinGRPC relative to the C floor linked in the same way, {PLACEMENTS[placement]}",
            note="That floor has the core in its program, as ThinGRPC has: what is left is what Swift adds.",
            columns=["scenario", *SIDES],
            rows=rows,
        )
    ]


def _ratio(cell: Cell | None) -> str:
    if cell is None:
        return "–"
    if cell.ratio is None:
        return f"{figure(cell.cost_us.median)} us"
    return f"{times(cell.ratio.median)} ({times(cell.ratio.low)}–{times(cell.ratio.high)})"


def latency_table(records: list[dict], placement: str) -> list[Table]:
    scenarios, names, at = each_cell(records, placement, "both")
    rows = []
    for scenario in scenarios:
        for name in names:
            if (there := at(scenario, name)) is None:
                continue
            rows.append(
                [
                    f"{scenario}, {label(name)}",
                    figure(there.p50_us),
                    figure(there.p99_us),
                    figure(there.ops_per_s),
                    mib(there.server_peak_kib),
                    mib(there.client_peak_kib),
                ]
            )
    if not rows:
        return []
    return [
        Table(
            title=f"Latency, throughput and peak memory, own client with own server, {PLACEMENTS[placement]}",
            note="Latency is that of a call, of a whole list or of a round trip.",
            columns=["", "p50, us", "p99, us", "operations/s", "server, MiB", "client, MiB"],
            rows=rows,
        )
    ]


def curve_tables(records: list[dict]) -> list[Table]:
    found = []
    for section, x, title, text in (
        ("concurrency", "concurrency", "calls in flight", count),
        ("size", "size", "bytes in the message", size),
        ("connections", "channels", "connections, one call in flight on each", count),
    ):
        cost = series(records, section, x, cost_of_both)
        latency = series(records, section, x, reported("p99_us"))
        if cost:
            found.append(_curve_table(f"By {title}: CPU per operation in us, both sides / p99 in us", cost, latency, text))
    return found


def _curve_table(title: str, cost: list[Series], latency: list[Series], text) -> Table:
    places = sorted({x for one in cost for x, _ in one.points})
    latency_of = {one.name: dict(one.points) for one in latency}
    rows = []
    for place in places:
        row = [text(place)]
        for one in cost:
            us, p99 = dict(one.points).get(place), latency_of.get(one.name, {}).get(place)
            row.append("–" if us is None else f"{figure(us)} / {figure(p99)}")
        rows.append(row)
    return Table(title, "Own client with own server, on one core.", ["", *(label(one.name) for one in cost)], rows)


def memory_tables(records: list[dict]) -> list[Table]:
    found = []
    for side, description in (("server", "each server, streams of the floor's client"), ("client", "each client")):
        all_series = idle_series(records, side)
        if not all_series:
            continue
        rows = [
            [
                label(one.name),
                figure(one.points[0][1]),
                figure(one.points[-1][1]),
                figure(kib_a_stream(one.points)),
            ]
            for one in all_series
        ]
        most = count(all_series[0].points[-1][0])
        columns = ["", "no stream, MiB", f"{most} streams, MiB", "a stream, KiB"]
        found.append(Table(f"Resident memory with idle streams: {description}", "", columns, rows))
    for record in select(records, section="growth"):
        rows = [[one.side, figure(one.early), figure(one.late), f"{one.growth:+.1f}"] for one in growth(record)]
        note = f"{record['scenario']} for {record['duration_s']:.0f} s; medians of the first and of the last fifth."
        found.append(Table("Memory under full load", note, ["ThinGRPC's", "early, MiB", "late, MiB", "growth, MiB"], rows))
    return found


def codec_tables(records: list[dict]) -> list[Table]:
    columns = ["", "encode, ns", "decode, ns", "both, ns", "to ThinGRPC", "bytes"]
    found = []
    for title, its_rows in (
        ("Encode and decode", codec_table.rows(records)),
        ("Encode and decode as JSON", codec_table.json_rows(records)),
    ):
        rows = [
            [
                f"{row.shape}, {label(row.implementation)}",
                figure(row.encode_ns),
                figure(row.decode_ns),
                figure(row.both_ns),
                "–" if row.ratio is None else times(row.ratio),
                count(row.bytes),
            ]
            for row in its_rows
        ]
        if rows:
            found.append(Table(title, "", columns, rows))
    return _shape_tables(records) + found


def _shape_tables(records: list[dict]) -> list[Table]:
    rows, marked = [], set()
    for one in codec_table.comparisons(records):
        row = [one.shape]
        for key in codec_table.OPERATIONS:
            if key in one.times and one.is_behind(key):
                marked.add((len(rows), len(row)))
            row.append(times(one.times[key]) if key in one.times else "–")
        rows.append(row)
    if not rows:
        return []
    return [
        Table(
            title="ThinGRPC's messages beside swift-protobuf's",
            note="How many times as fast ThinGRPC is; where it is not ahead in binary is marked.",
            columns=["shape", *codec_table.OPERATIONS.values()],
            rows=rows,
            marked=frozenset(marked),
        )
    ]


def rest_tables(records: list[dict], placement: str) -> list[Table]:
    rows = []
    for task in rest.TASKS:
        for name in ("thin", "rest"):
            if there := rest.side(records, placement, task, name):
                us = [figure(value) for value in (there.p50_us, there.p99_us, there.calls_per_s, there.cpu_us)]
                payload = "–" if there.payload_bytes is None else count(there.payload_bytes)
                rows.append([f"{task}, {label(name)}", payload, *us])
    if not rows:
        return []
    columns = ["", "payload, bytes", "p50, us", "p99, us", "calls/s", "CPU a call, us"]
    title = f"gRPC and REST, {PLACEMENTS[placement]}"
    return [Table(title, "Payload is the messages or bodies, both ways; CPU is that of both sides.", columns, rows)]


def claim_table(records: list[dict], placement: str) -> list[Table]:
    rows = []
    for claim in rest.claims(records, placement):
        for task, amount in claim.amounts.items():
            measured = times(amount) if claim.unit == "x" else f"{amount:.0f} % lower"
            rows.append([f"{claim.text}: {task}", measured, claim.verdict(task)])
    title = f"What is often claimed of gRPC against REST, {PLACEMENTS[placement]}"
    return [Table(title, "", ["claim and task", "measured", "verdict"], rows)] if rows else []
