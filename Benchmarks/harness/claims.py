"""gRPC beside JSON over HTTP/1.1, and what is often claimed of them beside what was measured."""

from dataclasses import dataclass

from .medians import middle
from .plan import REST_TASKS
from .tables import select

TASKS = tuple(task for task, *_ in REST_TASKS)


@dataclass(frozen=True)
class Side:
    """One of the two in one task: medians over the rounds."""

    payload_bytes: float | None
    p50_us: float
    p99_us: float
    ops_per_s: float
    cpu_us: float


@dataclass(frozen=True)
class Claim:
    """A claim, what was measured in each task, and a verdict on each: how many times better gRPC is, or how many percent less."""

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
    rows = select(records, section="rest", placement=placement, task=task, server=name)
    if not rows:
        return None
    reports = [row["report"] for row in rows]
    return Side(
        payload_bytes=middle([bytes_ for report in reports if (bytes_ := bytes_a_call(report)) is not None]),
        p50_us=middle([report["p50_us"] for report in reports]),
        p99_us=middle([report["p99_us"] for report in reports]),
        # Calls, so that a page counts as one on either side.
        ops_per_s=middle([report["calls_per_s"] for report in reports]),
        cpu_us=middle([per_call(row) for row in rows]),
    )


def bytes_a_call(report: dict) -> float | None:
    """The bytes of the messages of one call, both ways; a client tells those of an operation."""
    if "request_bytes" not in report or "response_bytes" not in report:
        return None
    return (report["request_bytes"] + report["response_bytes"]) * report["ops"] / report["calls"]


def per_call(record: dict) -> float:
    """CPU of both sides for one call."""
    report = record["report"]
    return (record["server_us"] + record["client_us"]) * report["ops"] / report["calls"]


def claims(records: list[dict], placement: str) -> list[Claim]:
    """The claims with what was measured; tasks of which one side is missing are left out."""
    measured = {
        task: pair
        for task in TASKS
        if all(pair := (side(records, placement, task, "thin"), side(records, placement, task, "rest")))
    }

    def amounts(of) -> dict[str, float]:
        return {task: of(grpc, rest) for task, (grpc, rest) in measured.items()}

    with_bytes = {
        task: rest.payload_bytes / grpc.payload_bytes
        for task, (grpc, rest) in measured.items()
        if grpc.payload_bytes and rest.payload_bytes
    }
    return [
        Claim("payload 3-5x smaller", "x", 3, 5, with_bytes),
        Claim("latency 2-10x lower", "x", 2, 10, amounts(lambda grpc, rest: rest.p50_us / grpc.p50_us)),
        Claim("throughput 3-10x higher", "x", 3, 10, amounts(lambda grpc, rest: grpc.ops_per_s / rest.ops_per_s)),
        Claim("CPU 30-50 % lower", "%", 30, 50, amounts(lambda grpc, rest: (1 - grpc.cpu_us / rest.cpu_us) * 100)),
    ]
