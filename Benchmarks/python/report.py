"""What a run has measured, as one line of JSON or as a sentence."""

import json
import math


def _percentile(ordered, fraction: float) -> float:
    """The latency at or below which the fraction of all lies, in microseconds."""
    if not ordered:
        return 0.0
    return ordered[max(math.ceil(fraction * len(ordered)) - 1, 0)] / 1000


def report(options, measurement) -> dict:
    ordered = sorted(measurement.latencies)
    seconds, cpu_us = measurement.seconds, measurement.cpu_seconds * 1e6

    def per(amount: float, count: float) -> float:
        return amount / count if count else 0.0

    return {
        "client": "python-aio",
        "scenario": options.scenario,
        "concurrency": options.concurrency,
        "channels": options.channels,
        "threads": 1,
        "seconds": seconds,
        "calls": measurement.calls,
        "msgs": measurement.messages,
        "ops": measurement.operations,
        "errors": measurement.errors,
        "calls_per_s": per(measurement.calls, seconds),
        "msgs_per_s": per(measurement.messages, seconds),
        "ops_per_s": per(measurement.operations, seconds),
        "mb_per_s": per(measurement.payload_bytes / 1e6, seconds),
        "p50_us": _percentile(ordered, 0.5),
        "p90_us": _percentile(ordered, 0.9),
        "p99_us": _percentile(ordered, 0.99),
        "p999_us": _percentile(ordered, 0.999),
        "max_us": _percentile(ordered, 1),
        "cpu_us_per_call": per(cpu_us, measurement.calls),
        "cpu_us_per_op": per(cpu_us, measurement.operations),
        "first_error": measurement.first_error,
    }


def as_json(result: dict) -> str:
    return json.dumps(result, separators=(",", ":"))


def as_text(result: dict) -> str:
    text = (
        "{scenario}, {concurrency} at a time, {seconds:.2f} s: {ops_per_s:.0f} ops/s, {cpu_us_per_op:.3f} us CPU"
        " per op, p50 {p50_us:.1f} us, p99 {p99_us:.1f} us, {errors} errors"
    ).format(**result)
    return f"{text}\nfirst error: {result['first_error']}" if result["errors"] else text
