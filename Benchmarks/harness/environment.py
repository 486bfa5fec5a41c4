"""What was measured on: the machine and the versions, nothing that names the machine or its owner."""

import os
import platform
import re
import subprocess
from pathlib import Path

from .implementations import ROOT

_DEBIAN_PACKAGES = ("libgrpc-dev", "libprotobuf-c-dev", "libgrpc++-dev", "libprotobuf-dev")


def environment(core: int) -> dict:
    return {
        "kernel": f"{platform.system()} {platform.release()}",
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "pinned_to_core": core,
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20,
        "load_average_at_start": round(os.getloadavg()[0], 2),
        "commit": _commit(),
        "versions": {
            "swift": _first_match(_output("swift", "--version"), r"Swift version (\S+)"),
            "gcc": _output("gcc", "-dumpfullversion"),
            **{package: version for package in _DEBIAN_PACKAGES if (version := _debian_version(package))},
            **_python_versions(),
            **swift_pins((ROOT / "Package.swift").read_text()),
            **_nested_pins(),
        },
    }


def swift_pins(manifest: str) -> dict[str, str]:
    """The packages that a manifest takes in one exact version."""
    return dict(re.findall(r'url: "[^"]*/([^"/]+?)(?:\.git)?",\s*exact: "([^"]+)"', manifest))


def _nested_pins() -> dict[str, str]:
    manifest = ROOT / "Benchmarks/Package.swift"
    return swift_pins(manifest.read_text()) if manifest.exists() else {}


def _python_versions() -> dict[str, str]:
    listed = _output(".build-python/bin/pip", "--disable-pip-version-check", "freeze")
    version = _first_match(listed, r"(?m)^grpcio==(\S+)")
    return {"grpcio": version} if version else {}


def _processor() -> str:
    return _first_match(Path("/proc/cpuinfo").read_text(), r"model name\s*: (.+)") or platform.machine()


def _commit() -> str:
    commit = _output("git", "rev-parse", "--short=12", "HEAD")
    return f"{commit}, with changes" if commit and _output("git", "status", "--porcelain") else commit


def _debian_version(package: str) -> str:
    return _output("dpkg-query", "-W", "-f", "${Version}", package)


def _output(*command: str) -> str:
    """What a command prints; nothing where it is not there."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _first_match(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    return found.group(1).strip() if found else ""
