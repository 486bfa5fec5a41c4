"""Processes that are started, watched and stopped: by their own id, never by name."""

import select
import subprocess
import tempfile
import time


class ChildError(Exception):
    """A program did not do what it should have done; the text says what."""


class Child:
    """A program with its output in our hands. Use it in a `with`, which ends it whatever happens."""

    def __init__(self, command: list[str], core: int | None, holds_input: bool = False):
        # A group of its own: Ctrl-C is for us, and we stop the children.
        self._errors = tempfile.TemporaryFile()
        self.name = command[0].rpartition("/")[2]
        pinned = ["taskset", "-c", str(core)] if core is not None else []
        try:
            self._process = subprocess.Popen(
                [*pinned, *command],
                stdin=subprocess.PIPE if holds_input else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                bufsize=0,
                process_group=0,
            )
        except OSError as error:
            self._errors.close()
            raise ChildError(f"{self.name}: {error}") from error
        self._pending = b""

    @property
    def pid(self) -> int:
        return self._process.pid

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *_) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._errors.close()

    def line(self, deadline: float) -> str | None:
        """The next line of its output; None at the end."""
        while b"\n" not in self._pending:
            ready, _, _ = select.select([self._process.stdout], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise ChildError(f"{self.name} said nothing in time{self._last_words()}")
            chunk = self._process.stdout.read(65_536)
            if not chunk:
                rest, self._pending = self._pending, b""
                return rest.decode(errors="replace") or None
            self._pending += chunk
        line, _, self._pending = self._pending.partition(b"\n")
        return line.decode(errors="replace")

    def expect(self, beginning: str, timeout_s: float) -> str:
        """Waits for a line that begins so and returns the rest of it."""
        line = self.line(time.monotonic() + timeout_s)
        if line is None or not line.startswith(beginning):
            code = self.wait(5) if line is None else None
            raise ChildError(f"{self.name} said {line!r} instead of {beginning!r}, exit code {code}{self._last_words()}")
        return line[len(beginning) :]

    def end_input(self) -> None:
        self._process.stdin.close()

    def wait(self, timeout_s: float) -> int:
        try:
            return self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise ChildError(f"{self.name} did not end in time{self._last_words()}") from None

    def finish(self, timeout_s: float) -> None:
        """Waits for its end, which must be a good one."""
        code = self.wait(timeout_s)
        if code != 0:
            raise ChildError(f"{self.name} ended with exit code {code}{self._last_words()}")

    def stop(self) -> None:
        """Ends a server the way its operator would."""
        if self._process.poll() is None:
            self._process.terminate()
        self.finish(20)

    def _last_words(self) -> str:
        self._errors.seek(0)
        words = " ".join(self._errors.read()[-600:].decode(errors="replace").split())
        return f": {words}" if words else ""
