"""Counts the instructions that one side of a call costs, with valgrind's callgrind.

Two runs are compared, one twice as long as the other: start-up and end are in both and drop out of the difference. The
other side is always the C floor, without valgrind, so that a change moves only the count of the side that it changed.
"""

import json
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from programs import LIST_PAGE, Implementation, Kind

# Seconds; a run takes a few.
PATIENCE = 300


class CountingFailed(Exception):
    """A run that ended badly, so that its count says nothing."""


def count(kind: Kind, side: str, counted: Implementation, other: Implementation, profile: Path | None = None) -> int:
    """The instructions of one operation. `profile` is where the longer run's callgrind file is kept."""
    with tempfile.TemporaryDirectory(prefix="guard-") as folder:
        short = _run(kind, kind.calls, side, counted, other, Path(folder))
        long = _run(kind, 2 * kind.calls, side, counted, other, Path(folder))
        if profile is not None:
            shutil.copyfile(long, profile)
        difference = _instructions(long) - _instructions(short)
    return round(difference / (kind.calls * kind.operations_a_call))


def _run(kind: Kind, calls: int, side: str, counted: Implementation, other: Implementation, folder: Path) -> Path:
    output = folder / f"callgrind-{calls}"
    valgrind = ["valgrind", "--quiet", "--vgdb=no", "--tool=callgrind", f"--callgrind-out-file={output}"]
    # Percentiles cost more the longer the longest call took, which does not repeat: a part is written before them.
    valgrind.append("--dump-before=*valueAtPercentile*")
    address = f"unix:{folder}/socket"
    server = [*(counted if side == "server" else other).server, "--listen", address]
    client = [*(counted if side == "client" else other).client, "--addr", address, "--scenario", kind.scenario]
    client += ["--calls", str(calls), "--page", str(LIST_PAGE), "--duration-s", str(PATIENCE), "--json"]
    with _serving(valgrind + server if side == "server" else server):
        _load(valgrind + client if side == "client" else client, calls * kind.operations_a_call)
    first_part = output.with_name(f"{output.name}.1")
    return first_part if first_part.exists() else output


@contextmanager
def _serving(command: list[str]):
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        if not server.stdout.readline().startswith("listening on "):
            raise CountingFailed(f"did not serve: {' '.join(command)}")
        yield
        server.terminate()
        if server.wait(PATIENCE) != 0:
            raise CountingFailed(f"exit code {server.returncode}: {' '.join(command)}")
    finally:
        server.kill()
        server.wait()


def _load(command: list[str], operations: int):
    client = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=PATIENCE)
    if client.returncode != 0:
        raise CountingFailed(f"exit code {client.returncode}: {' '.join(command)}\n{client.stdout}")
    report = json.loads(client.stdout)
    if report["ops"] != operations or report["errors"] != 0:
        raise CountingFailed(f"not {operations} operations without an error: {client.stdout}")


def _instructions(callgrind_file: Path) -> int:
    total = re.search(r"^totals: (\d+)$", callgrind_file.read_text(), re.MULTILINE)
    if total is None:
        raise CountingFailed("callgrind wrote no total")
    return int(total[1])
