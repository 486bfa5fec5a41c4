"""The charts of the report, from what was measured."""

from . import claims as rest
from . import codec_table
from .charts.bars import Bar, Group, bar_chart
from .charts.lines import line_chart
from .charts.scales import Linear, Logarithmic, Ordinal
from .curves import Series, cost_of_both, idle_series, reported, series
from .implementations import FLOOR, label
from .medians import measured_middle
from .tables import BAR, SIDES, each_cell, select
from .tabulation import PLACEMENTS
from .words import figure, size, times

Figure = tuple[str, str]


def cost_figures(records: list[dict], placement: str) -> list[Figure]:
    """For each side, the CPU of an operation relative to the floor."""
    found = []
    for side, description in SIDES.items():
        scenarios, names, at = each_cell(records, placement, side)
        groups = []
        for scenario in scenarios:
            cells = [(name, at(scenario, name)) for name in names if name != FLOOR]
            bars = [
                Bar(
                    name,
                    there.ratio.median,
                    times(there.ratio.median),
                    f"{label(name)}, {scenario}: {figure(there.cost_us.median)} us, "
                    f"{times(there.ratio.low)} to {times(there.ratio.high)}",
                )
                for name, there in cells
                if there is not None and there.ratio is not None
            ]
            if bars:
                groups.append(Group(scenario, bars))
        if not groups:
            continue
        values = [bar.value for group in groups for bar in group.bars]
        scale = Logarithmic(min(0.8, min(values) / 1.05), max(2.5, max(values) * 1.05))
        title = f"CPU per operation: {description}"
        axis = "times the C floor, logarithmic; shorter is cheaper"
        chart = bar_chart(title, groups, scale, axis, base=1.0, bar_at=BAR, bar_text=f"{BAR}x")
        found.append((title, chart))
    return found


def percentile_figures(records: list[dict], placement: str) -> list[Figure]:
    """Latency by percentile, both sides, under load."""
    scenario = "unary-load"
    _, names, _ = each_cell(records, placement, "both")
    all_series = []
    for name in names:
        rows = select(records, section="tables", placement=placement, scenario=scenario, server=name, client=name)
        keys = [(50.0, "p50_us"), (90.0, "p90_us"), (99.0, "p99_us"), (99.9, "p999_us")]
        medians = [(at, measured_middle([row["report"][key] for row in rows])) for at, key in keys]
        points = [(at, us) for at, us in medians if us is not None]
        if points:
            all_series.append(Series(name, points))
    if not all_series:
        return []
    title = f"Latency of {scenario}, own client with own server"
    chart = line_chart(
        title, all_series, Ordinal((50.0, 90.0, 99.0, 99.9), lambda at: f"p{at:g}"), _log_y(all_series), "percentile",
        "us, logarithmic", lambda us: f"{figure(us)} us",
    )  # fmt: skip
    return [(title, chart)]


def curve_figures(records: list[dict]) -> list[Figure]:
    found = []
    for section, x, words, ordinal in (
        ("concurrency", "concurrency", "calls in flight", False),
        ("size", "size", "bytes in the message", True),
        ("connections", "channels", "connections, one call in flight on each", False),
    ):
        throughput = ("mb_per_s", "MB/s") if section == "size" else ("calls_per_s", "calls/s")
        for y, what, unit in (
            (cost_of_both, "CPU of both sides per operation", "us"),
            (reported("p50_us"), "median latency", "us"),
            (reported("p99_us"), "99th percentile of the latency", "us"),
            (reported(throughput[0]), "throughput", throughput[1]),
        ):
            all_series = series(records, section, x, y)
            if not all_series:
                continue
            places = tuple(sorted({place for one in all_series for place, _ in one.points}))
            x_scale = Ordinal(places, size) if ordinal else Logarithmic(max(1, places[0]) / 1.1, max(10, places[-1]) * 1.1)
            x_axis = words if ordinal else f"{words}, logarithmic"
            title = f"By {words.partition(',')[0]}: {what}"
            chart = line_chart(
                title, all_series, x_scale, _log_y(all_series), x_axis, f"{unit}, logarithmic",
                lambda value, unit=unit: f"{figure(value)} {unit}",
            )  # fmt: skip
            found.append((title, chart))
    return found


def memory_figures(records: list[dict]) -> list[Figure]:
    found = []
    for side, words in (("server", "servers"), ("client", "clients")):
        all_series = idle_series(records, side)
        if not all_series:
            continue
        title = f"Resident memory with idle streams: {words}"
        x_scale = Linear(max(x for one in all_series for x, _ in one.points))
        found.append((title, _memory_chart(title, all_series, x_scale, "streams open and silent")))
    for record in select(records, section="growth"):
        title = f"ThinGRPC's server under {record['scenario']}, over time"
        points = [(sample[0], sample[1] / 1024) for sample in record["samples"]]
        if points:
            all_series = [Series(record["server"], points)]
            found.append((title, _memory_chart(title, all_series, Linear(points[-1][0]), "seconds", has_marks=False)))
    return found


def _memory_chart(title: str, all_series: list[Series], x_scale: Linear, x_axis: str, has_marks: bool = True) -> str:
    y_scale = Linear(max(y for one in all_series for _, y in one.points))
    return line_chart(
        title, all_series, x_scale, y_scale, x_axis, "MiB resident", lambda mib: f"{figure(mib)} MiB", has_marks
    )


def codec_figures(records: list[dict]) -> list[Figure]:
    found = []
    for what, rows in (
        ("encode and decode", codec_table.rows(records)),
        ("encode and decode as JSON", codec_table.json_rows(records)),
    ):
        groups: dict[str, list[Bar]] = {}
        for row in rows:
            if row.ratio is None or row.implementation == "thin":
                continue
            tip = f"{label(row.implementation)}: encode {figure(row.encode_ns)} ns, decode {figure(row.decode_ns)} ns"
            text = f"{times(row.ratio)}, {figure(row.both_ns)} ns"
            groups.setdefault(row.shape, []).append(Bar(row.implementation, row.ratio, text, tip))
        axis = "times ThinGRPC's, logarithmic; longer is slower than ThinGRPC"
        found += _ratio_figure(f"Time to {what}, relative to ThinGRPC", axis, groups)
    return found


def rest_figures(records: list[dict], placement: str) -> list[Figure]:
    """How much more REST takes than gRPC, of each thing."""
    found = []
    for words, of in (
        ("payload bytes", lambda there: there.payload_bytes),
        ("median latency", lambda there: there.p50_us),
        ("time for a call, 1 / throughput", lambda there: 1e6 / there.calls_per_s),
        ("CPU of both sides a call", lambda there: there.cpu_us),
    ):
        groups = {}
        for task in rest.TASKS:
            ours, theirs = (rest.side(records, placement, task, name) for name in ("thin", "rest"))
            if ours and theirs and of(ours) and of(theirs):
                ratio = of(theirs) / of(ours)
                tip = f"{task}: gRPC {figure(of(ours))}, REST {figure(of(theirs))}"
                groups[task] = [Bar("rest", ratio, times(ratio), tip)]
        title = f"REST relative to gRPC, {PLACEMENTS[placement]}: {words}"
        found += _ratio_figure(title, "times gRPC's, logarithmic; longer is dearer than gRPC", groups)
    return found


def _ratio_figure(title: str, axis: str, groups: dict[str, list[Bar]]) -> list[Figure]:
    if not groups:
        return []
    values = [bar.value for bars in groups.values() for bar in bars]
    scale = Logarithmic(min(0.8, min(values) / 1.05), max(2.5, max(values) * 1.05))
    all_groups = [Group(name, bars) for name, bars in groups.items()]
    return [(title, bar_chart(title, all_groups, scale, axis, base=1.0))]


def _log_y(all_series: list[Series]) -> Logarithmic:
    return Logarithmic.around([y for one in all_series for _, y in one.points])
