"""The counts that are kept in the repository, each with the limit that a later count must not pass."""

import json
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).resolve().parent / "counts.json"


@dataclass(frozen=True)
class Limit:
    """What was counted when the limit was set, and the limit."""

    counted: int
    limit: int

    @staticmethod
    def above(counted: int, allowed_percent: int) -> "Limit":
        return Limit(counted, counted * (100 + allowed_percent) // 100)


def read(file: Path = FILE) -> dict[str, Limit]:
    return {name: Limit(**entry) for name, entry in json.loads(file.read_text()).items()}


def write(limits: dict[str, Limit], file: Path = FILE):
    """One line an entry, so that a change reads as what it is."""
    lines = (f'  {json.dumps(name)}: {{"counted": {x.counted}, "limit": {x.limit}}}' for name, x in limits.items())
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n")
