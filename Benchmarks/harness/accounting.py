"""What the kernel says that a process has used."""

import ctypes
import os
import re
import time
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)


def cpu_seconds(pid: int) -> float:
    """The CPU time of all threads of a process, ended ones too.

    From its CPU clock, in nanoseconds; /proc/PID/schedstat tells of the first thread alone and lags behind a thread that
    runs, and /proc/PID/stat counts ticks of 10 ms: it is for kernels that keep the clock to themselves.
    """
    clock = ctypes.c_int()
    if _libc.clock_getcpuclockid(pid, ctypes.byref(clock)) == 0:
        try:
            return time.clock_gettime(clock.value)
        except OSError:
            pass
    return _ticks(Path(f"/proc/{pid}/stat").read_text()) / os.sysconf("SC_CLK_TCK")


def _ticks(stat: str) -> int:
    """User and system time in the text of /proc/PID/stat, whose second field may hold anything."""
    fields = stat.rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def memory_kib(pid: int, field: str) -> int:
    """Resident memory: VmRSS now, VmHWM at its highest."""
    return field_kib(Path(f"/proc/{pid}/status").read_text(), field)


def field_kib(status: str, field: str) -> int:
    found = re.search(rf"^{field}:\s+(\d+) kB$", status, re.MULTILINE)
    if found is None:
        raise ValueError(f"no {field} in the process's status")
    return int(found.group(1))
