"""What the person who waits sees, on standard error."""

import sys
import time


def say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


class Progress:
    """Counts steps and estimates the time that is left from the time that earlier ones took."""

    def __init__(self, expected_seconds: list[float], now=time.monotonic):
        self._expected = expected_seconds
        self._now = now
        self._begun = now()
        self._done = 0

    def seconds_left(self) -> float:
        done, left = sum(self._expected[: self._done]), sum(self._expected[self._done :])
        # A few steps tell little of how slow the machine is.
        pace = (self._now() - self._begun) / done if done > 20 else 1.0
        return left * pace

    def begin(self, what: str) -> None:
        left = self.seconds_left()
        time_left = f"{left / 60:.0f} min" if left >= 90 else f"{left:.0f} s"
        width = len(str(len(self._expected)))
        say(f"[{self._done + 1:{width}}/{len(self._expected)}] {what} ({time_left} left)")

    def end(self) -> None:
        self._done += 1
