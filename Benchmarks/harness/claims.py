"""gRPC beside JSON over HTTP/1.1, and what is often claimed of them beside what was measured."""

from dataclasses import dataclass

from .medians import measured_middle, middle
from .plan import REST_TASKS
from .tables import select

TASKS = tuple(task for task, *_ in REST_TASKS)


@dataclass(frozen=True)
class Side:
    """One of the two in one task: medians over the rounds."""

    # None where the clients do not tell, or no call ended in a window.
    payload_bytes: float | None
    p50_us: float | None
    p99_us: float | None
    calls_per_s: float
    cpu_us: float


@dataclass(frozen=True)
class Claim:
    """A claim, what was measured in each task, and a verdict on each: how many times better gRPC is, or by how
    many percent."""

    text: str
    unit: str
    low: float
    high: float
    amounts: dict[str, float]

    def verdict(self, task: str) -> str:
        amount = self.amounts[task]
        if amount < self.low:
            return "less than claimed"
        return "as claimed" if amount <= self.high else "more than claimed"


def side(records: list[dict], placement: str, task: str, name: str) -> Side | None:
    rows = [
        row
        for row in select(records, section="rest", placement=placement, task=task, server=name)
        if row["report"]["calls_per_s"] > 0
    ]
    if not rows:
        return None
    reports = [row["report"] for row in rows]
    return Side(
        payload_bytes=middle([bytes_ for report in reports if (bytes_ := bytes_a_call(report)) is not None]),
        p50_us=measured_middle([report["p50_us"] for report in reports]),
        p99_us=measured_middle([report["p99_us"] for report in reports]),
        # Calls, so that a page counts as one on either side.
        calls_per_s=middle([report["calls_per_s"] for report in reports]),
        cpu_us=middle([per_call(row) for row in rows]),
    )


def bytes_a_call(report: dict) -> float | None:
    """The bytes of the messages of one call, both ways; a client tells those of an operation."""
    if "request_bytes" not in report or "response_bytes" not in report:
        return None
    return (report["request_bytes"] + report["response_bytes"]) * report["ops_per_s"] / report["calls_per_s"]


def per_call(record: dict) -> float:
    """CPU of both sides for one call."""
    report = record["report"]
    return (record["server_us"] + record["client_us"]) * report["ops_per_s"] / report["calls_per_s"]


def claims(records: list[dict], placement: str) -> list[Claim]:
    """The claims with what was measured; tasks of which one side is missing are left out."""
    measured = {
        task: pair
        for task in TASKS
        if all(pair := (side(records, placement, task, "thin"), side(records, placement, task, "rest")))
    }

    def rest_to_grpc(key: str) -> dict[str, float]:
        amounts = {task: (getattr(grpc, key), getattr(rest, key)) for task, (grpc, rest) in measured.items()}
        return {task: rest / grpc for task, (grpc, rest) in amounts.items() if grpc and rest}

    throughput = {task: 1 / ratio for task, ratio in rest_to_grpc("calls_per_s").items()}
    saved = {task: (1 - 1 / ratio) * 100 for task, ratio in rest_to_grpc("cpu_us").items()}
    return [
        Claim("payload 3-5x smaller", "x", 3, 5, rest_to_grpc("payload_bytes")),
        Claim("latency 2-10x lower", "x", 2, 10, rest_to_grpc("p50_us")),
        Claim("throughput 3-10x higher", "x", 3, 10, throughput),
        Claim("CPU 30-50 % lower", "%", 30, 50, saved),
    ]
