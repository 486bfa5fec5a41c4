"""One client against one server: what each of them used in the measured window."""

import json
import time
from contextlib import suppress

from .accounting import cpu_seconds, memory_kib
from .children import Child, ChildError
from .implementations import ALL, Implementation
from .steps import LoadStep

_START_S = 30
# How long a client may take beyond its window; the floor's gives up after 30 s by itself.
_PATIENCE_S = 45


def measure_load(step: LoadStep, core: int) -> dict:
    """Runs the step; raises ChildError where a program failed."""
    pinned_to = core if step.placement == "pinned" else None
    server_side, client_side = ALL[step.server], ALL[step.client]
    with Child(server_command(server_side, step), pinned_to) as server:
        address = server.expect("listening on ", _START_S)
        with Child(client_command(client_side, step, address), pinned_to) as client:
            measured = _watch(client, server, step)
            client.finish(_PATIENCE_S)
        server.stop()
    return measured


def server_command(implementation: Implementation, step: LoadStep) -> list[str]:
    large = implementation.large_messages if step.section == "size" else ()
    return [*implementation.server, "--listen", "127.0.0.1:0", *large]


def client_command(implementation: Implementation, step: LoadStep, address: str) -> list[str]:
    command = [*implementation.client, "--addr", address, "--scenario", step.scenario, "--json", "--marks"]
    command += ["--duration-s", f"{step.duration_s:g}", "--warmup-s", f"{step.warmup_s:g}"]
    if step.channels > 1:
        command += ["--channels", str(step.channels)]
    for flag, value in [("--concurrency", step.concurrency), ("--page", step.page), ("--size", step.size)]:
        if value is not None:
            command += [flag, str(value)]
    return command


def _watch(client: Child, server: Child, step: LoadStep) -> dict:
    """Reads the client's output, and the server's use of the machine at its marks."""
    deadline = time.monotonic() + step.warmup_s + step.duration_s + _PATIENCE_S
    begin = end = report = None
    measured = {}
    while (line := client.line(deadline)) is not None:
        if line == "#begin":
            begin = cpu_seconds(server.pid)
            measured["client_peak_kib"] = memory_kib(client.pid, "VmHWM")
        elif line == "#end":
            end = cpu_seconds(server.pid)
            # Some clients are gone as soon as they have said this; then their peak is that of the warm-up.
            with suppress(ValueError, OSError):
                measured["client_peak_kib"] = memory_kib(client.pid, "VmHWM")
            measured["server_peak_kib"] = memory_kib(server.pid, "VmHWM")
        elif line.startswith("{"):
            report = json.loads(line)
    if report is None:
        client.finish(_PATIENCE_S)
        raise ChildError(f"{client.name} ended without a report")
    return {**measured, **checked(report, begin, end)}


def checked(report: dict, begin: float | None, end: float | None) -> dict:
    """The costs in a client's report, which must be one without errors."""
    if report["errors"]:
        raise ChildError(f"{report['errors']} errors, the first: {report.get('first_error')}")
    if begin is None or end is None:
        raise ChildError("the client did not mark its window")
    # Not `ops`, which is rounded: of a long operation only a part may lie in the window.
    operations = report["ops_per_s"] * report["seconds"]
    if operations <= 0:
        raise ChildError("nothing was measured in the window")
    return {
        "report": report,
        "server_us": (end - begin) * 1e6 / operations,
        "client_us": report["cpu_us_per_op"],
    }
