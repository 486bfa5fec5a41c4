"""Takes the steps one after the other and keeps what they measured, until the last or an interruption."""

import signal

from .children import ChildError
from .codec import measure_codec
from .idle import measure_growth, measure_idle
from .load import measure_load
from .progress import Progress, say
from .steps import CodecStep, GrowthStep, IdleStep, LoadStep, Step


class Interrupted(Exception):
    pass


def measure(steps: list[Step], core: int) -> tuple[list[dict], bool]:
    """The records of the steps, and whether all were taken. A step that fails has its record too, with the error in it."""
    progress = Progress([step.expected_seconds() for step in steps])
    records: list[dict] = []
    before = {number: signal.signal(number, _interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for step in steps:
            progress.begin(step.title())
            records.append(_record(step, core))
            progress.end()
    except Interrupted:
        say("interrupted; the report will have what was measured until now")
        return records, False
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return records, True


def _interrupt(*_) -> None:
    raise Interrupted


def _record(step: Step, core: int) -> dict:
    try:
        return {**step.record(), **_measure(step, core), "error": None}
    except ChildError as error:
        say(f"FAILED: {error}")
        return {**step.record(), "error": str(error)}
    except (OSError, ValueError, KeyError) as error:
        # A program that ended under our hands, or said something that is no report.
        say(f"FAILED: {type(error).__name__}: {error}")
        return {**step.record(), "error": f"{type(error).__name__}: {error}"}


def _measure(step: Step, core: int) -> dict:
    match step:
        case LoadStep():
            return measure_load(step, core)
        case IdleStep():
            return measure_idle(step)
        case GrowthStep():
            return measure_growth(step)
        case CodecStep():
            return measure_codec(step, core)
