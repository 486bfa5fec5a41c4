"""Encoding and decoding alone: the lines of codec-bench."""

import json
import time

from .children import Child, ChildError
from .implementations import CODEC_BENCH
from .steps import CodecStep

_KEYS = ("shape", "implementation", "encode_ns", "decode_ns", "bytes")
# What has JSON tells of it, too.
_JSON_KEYS = ("json_encode_ns", "json_decode_ns", "json_bytes")
_WITH_JSON = ("thin", "swift-protobuf")
_TIMEOUT_S = 300


def measure_codec(step: CodecStep, core: int) -> dict:
    deadline = time.monotonic() + _TIMEOUT_S
    with Child([*CODEC_BENCH, "--rounds", str(step.rounds)], core) as child:
        lines = []
        while (line := child.line(deadline)) is not None:
            lines.append(line)
        child.finish(10)
    return {"results": parsed(lines)}


def parsed(lines: list[str]) -> list[dict]:
    results = [json.loads(line) for line in lines if line.strip()]
    for result in results:
        keys = _KEYS + (_JSON_KEYS if result.get("implementation") in _WITH_JSON else ())
        missing = [key for key in keys if key not in result]
        if missing:
            raise ChildError(f"codec-bench told nothing of {', '.join(missing)}")
    if not results:
        raise ChildError("codec-bench measured nothing")
    return results
