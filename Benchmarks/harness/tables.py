"""The tables of costs: each scenario and side, every implementation, relative to the floor."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .implementations import FLOOR, PEERS, VARIANTS
from .medians import Spread, measured_middle, paired_ratio, spread
from .plan import SCENARIOS

# What ThinGRPC may cost relative to the floor.
BAR = 1.15

SIDES = {
    "server": "server alone, driven by the floor's client",
    "client": "client alone, against the floor's server",
    "both": "both: its own client with its own server",
}


@dataclass(frozen=True)
class Cell:
    """One implementation in one scenario on one side."""

    cost_us: Spread
    # None where the floor was not measured beside it.
    ratio: Spread | None
    # None where no call was short enough to end in a window.
    ops_per_s: float | None
    p50_us: float | None
    p99_us: float | None
    server_peak_kib: int
    client_peak_kib: int

    @property
    def is_above_bar(self) -> bool:
        return self.ratio is not None and self.ratio.median > BAR


def pair_of(side: str, name: str) -> tuple[str, str]:
    """The server and the client that are measured for one side of an implementation."""
    return {"server": (name, FLOOR), "client": (FLOOR, name), "both": (name, name)}[side]


def cost_us(record: dict, side: str) -> float:
    return {
        "server": record["server_us"],
        "client": record["client_us"],
        "both": record["server_us"] + record["client_us"],
    }[side]


def select(records: Iterable[dict], **wanted) -> list[dict]:
    """The records that succeeded and have these values."""
    return [
        record
        for record in records
        if not record["error"] and all(record.get(key) == value for key, value in wanted.items())
    ]


def names_on(side: str, records: list[dict]) -> list[str]:
    """The implementations that were measured on a side, in their usual order; ours in other modes follow."""
    measured = {(record["server"], record["client"]) for record in select(records, section="tables")}
    return [name for name in [*PEERS, *VARIANTS] if pair_of(side, name) in measured]


def cell(
    records: list[dict], placement: str, scenario: str, side: str, name: str, base: str = FLOOR
) -> Cell | None:
    """What `name` costs, and its ratio to `base`."""

    def of(pair: tuple[str, str]) -> list[dict]:
        server, client = pair
        return select(
            records, section="tables", placement=placement, scenario=scenario, server=server, client=client
        )

    own = of(pair_of(side, name))
    if not own:
        return None

    def by_round(rows: list[dict]) -> dict[int, float]:
        return {row["round"]: cost_us(row, side) for row in rows}

    def of_report(key: str) -> float | None:
        return measured_middle([row["report"][key] for row in own])

    def most(key: str) -> int:
        return max(row[key] for row in own)

    return Cell(
        cost_us=spread(list(by_round(own).values())),
        ratio=paired_ratio(by_round(own), by_round(of(pair_of(side, base)))),
        ops_per_s=of_report("ops_per_s"),
        p50_us=of_report("p50_us"),
        p99_us=of_report("p99_us"),
        server_peak_kib=most("server_peak_kib"),
        client_peak_kib=most("client_peak_kib"),
    )


def each_cell(
    records: list[dict], placement: str, side: str
) -> tuple[list[str], list[str], Callable[[str, str], Cell | None]]:
    """The scenarios and the implementations of one table, and what stands in each place."""
    rows = select(records, section="tables", placement=placement)
    scenarios = [scenario for scenario in SCENARIOS if select(rows, scenario=scenario)]
    return scenarios, names_on(side, records), lambda scenario, name: cell(records, placement, scenario, side, name)


def ratios(records: list[dict], name: str, base: str = FLOOR) -> list[float]:
    """What `name` costs relative to `base` on one core, in every scenario and on every side where both were measured."""
    cells = [cell(records, "pinned", scenario, side, name, base) for side in SIDES for scenario in SCENARIOS]
    return [there.ratio.median for there in cells if there is not None and there.ratio is not None]


def above_bar(records: list[dict], placement: str = "pinned") -> list[str]:
    """Where ThinGRPC costs more than it may, in words."""
    found = []
    for side in SIDES:
        scenarios, _, at = each_cell(records, placement, side)
        for scenario in scenarios:
            ours = at(scenario, "thin")
            if ours is not None and ours.is_above_bar:
                found.append(f"{scenario}, {side}: {ours.ratio.median:.2f}x")
    return found
