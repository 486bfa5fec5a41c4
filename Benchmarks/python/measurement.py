"""The measured window: when it begins and ends, what is counted in it, and what went wrong."""

import asyncio
import resource
import time
from array import array


def _cpu_seconds() -> float:
    """CPU of the whole process: the library's own threads are part of the cost."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


class Measurement:
    def __init__(self, options):
        self._options = options
        self._stopped = asyncio.Event()
        self.is_measuring = False
        self.is_over = False
        self.calls = 0
        self.messages = 0
        self.operations = 0
        # Of messages, in both directions, without framing.
        self.payload_bytes = 0
        # Nanoseconds, every one: the percentiles are exact.
        self.latencies = array("Q")
        self.seconds = 0.0
        self.cpu_seconds = 0.0
        self.errors = 0
        self.first_error = None

    def count(self, messages: int, payload_bytes: int):
        if self.is_measuring:
            self.messages += messages
            self.operations += messages
            self.payload_bytes += payload_bytes

    def add_latency(self, started: int) -> int:
        """Notes that something took from `started` to now. Returns now, for what starts next."""
        now = time.monotonic_ns()
        if self.is_measuring:
            self.latencies.append(now - started)
        return now

    def fail(self, error: str):
        """Counts an error; the first one's text is kept. Errors count in the warm-up too."""
        self.errors += 1
        if self.first_error is None:
            self.first_error = error

    def stop(self):
        """Ends the run early, keeping what was measured."""
        self._stopped.set()

    async def run_window(self):
        """Waits through warm-up and window."""
        if not await self._stops_within(self._options.warmup_s):
            self._mark("#begin")
            cpu, begin = _cpu_seconds(), time.monotonic()
            self.is_measuring = True
            await self._stops_within(self._options.duration_s)
            # Calls still in flight go on; what they do is outside.
            self.is_measuring = False
            self.seconds = time.monotonic() - begin
            self.cpu_seconds = _cpu_seconds() - cpu
            self._mark("#end")
        self.is_over = True

    async def _stops_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._stopped.wait(), seconds)
            return True
        except TimeoutError:
            return False

    def _mark(self, line: str):
        if self._options.marks:
            print(line, flush=True)
