"""The things that can be measured, each in one go that takes seconds."""

from dataclasses import asdict, dataclass, field

# What starting and stopping two programs takes, roughly.
_OVERHEAD_S = 0.4


@dataclass(frozen=True)
class LoadStep:
    """One client puts one scenario's load on one server."""

    section: str
    placement: str
    scenario: str
    server: str
    client: str
    round: int
    duration_s: float
    warmup_s: float
    concurrency: int | None = None
    channels: int = 1
    page: int | None = None
    size: int | None = None
    # What the scenario is called where client and server are not gRPC's.
    task: str | None = None

    def expected_seconds(self) -> float:
        return self.duration_s + self.warmup_s + _OVERHEAD_S

    def title(self) -> str:
        details = [
            f"{name} {value}"
            for name, value in [
                ("concurrency", self.concurrency),
                ("channels", self.channels if self.channels > 1 else None),
                ("page", self.page),
                ("size", self.size),
            ]
            if value is not None
        ]
        pair = f"client {self.client}, server {self.server}"
        return ", ".join([f"{self.section} {self.placement}, round {self.round}: {self.scenario}", *details, pair])

    def record(self) -> dict:
        return asdict(self)


@dataclass(frozen=True)
class IdleStep:
    """Streams that are open and do nothing: what their memory is."""

    server: str
    client: str
    streams: int
    channels: int
    section: str = field(default="idle")

    def expected_seconds(self) -> float:
        return 1.0 + self.streams / 4_000

    def title(self) -> str:
        return f"idle: {self.streams} streams, client {self.client}, server {self.server}"

    def record(self) -> dict:
        return asdict(self)


@dataclass(frozen=True)
class GrowthStep:
    """Full load for minutes: whether memory stays where it is."""

    server: str
    client: str
    duration_s: float
    scenario: str = field(default="unary-load")
    section: str = field(default="growth")

    def expected_seconds(self) -> float:
        return self.duration_s + 2

    def title(self) -> str:
        return f"growth: {self.scenario} for {self.duration_s:.0f} s, client {self.client}, server {self.server}"

    def record(self) -> dict:
        return asdict(self)


@dataclass(frozen=True)
class CodecStep:
    """Encoding and decoding, without a call around them."""

    rounds: int
    section: str = field(default="codec")

    def expected_seconds(self) -> float:
        return 2 + 2.2 * self.rounds

    def title(self) -> str:
        return "codec: encode and decode, binary and JSON"

    def record(self) -> dict:
        return asdict(self)


Step = LoadStep | IdleStep | GrowthStep | CodecStep
