"""Idle streams, and load for minutes: what memory does."""

import json
import time

from .accounting import memory_kib
from .children import Child, ChildError
from .implementations import ALL
from .steps import GrowthStep, IdleStep

_START_S = 30
_OPEN_S = 120
# How long both sides get to come to rest before their memory is read.
_REST_S = 0.3


def measure_idle(step: IdleStep) -> dict:
    with Child([*ALL[step.server].server, "--listen", "127.0.0.1:0"], None) as server:
        address = server.expect("listening on ", _START_S)
        command = [*ALL[step.client].idle, "--addr", address, "--json"]
        command += ["--streams", str(step.streams), "--channels", str(step.channels)]
        with Child(command, None, holds_input=True) as client:
            client.expect(f"holding {step.streams} streams", _OPEN_S)
            time.sleep(_REST_S)
            memory = {
                "server_kib": memory_kib(server.pid, "VmRSS"),
                "client_kib": memory_kib(client.pid, "VmRSS"),
            }
            client.end_input()
            report = json.loads(client.line(time.monotonic() + _OPEN_S) or "{}")
            if report.get("errors") != 0:
                raise ChildError(f"{client.name}: {report.get('first_error')}")
            client.finish(_OPEN_S)
        server.stop()
    return memory


def measure_growth(step: GrowthStep) -> dict:
    """Samples the memory of both sides each second."""
    samples = []
    with Child([*ALL[step.server].server, "--listen", "127.0.0.1:0"], None) as server:
        address = server.expect("listening on ", _START_S)
        command = [*ALL[step.client].client, "--addr", address, "--scenario", step.scenario, "--json"]
        command += ["--duration-s", f"{step.duration_s:g}", "--warmup-s", "1"]
        with Child(command, None) as client:
            begin = time.monotonic()
            while (elapsed := time.monotonic() - begin) < step.duration_s:
                time.sleep(min(1.0, step.duration_s - elapsed))
                seconds = round(time.monotonic() - begin, 2)
                samples.append([seconds, memory_kib(server.pid, "VmRSS"), memory_kib(client.pid, "VmRSS")])
            report = json.loads(client.line(time.monotonic() + 60) or "{}")
            if report.get("errors") != 0:
                raise ChildError(f"{client.name}: {report.get('first_error')}")
            client.finish(60)
        server.stop()
    return {"samples": samples, "report": report}
