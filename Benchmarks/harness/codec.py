"""Encoding and decoding alone: the lines of codec-bench."""

import json
import time

from .children import Child, ChildError
from .implementations import CODEC_BENCH
from .steps import CodecStep

_KEYS = ("shape", "implementation", "encode_ns", "decode_ns", "bytes")
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
        missing = [key for key in _KEYS if key not in result]
        if missing:
            raise ChildError(f"codec-bench told nothing of {', '.join(missing)}")
    if not results:
        raise ChildError("codec-bench measured nothing")
    return results
