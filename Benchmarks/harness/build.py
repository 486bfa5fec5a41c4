"""Sets up and builds what is measured, in release."""

import subprocess
from pathlib import Path

from .implementations import ALL, CODEC_BENCH, ROOT
from .options import Options
from .progress import say

_SHARED_BUILD = ("swift", "build", "--configuration", "release", "--scratch-path", ".build-shared", "--product", "rpcbench")


class BuildError(Exception):
    pass


_NESTED = ("grpc-swift-peer", "rest-server", "rest-client", "codec-bench")


def needed(options: Options) -> list[str]:
    """The names of what the options need, in the order in which it is made ready."""
    names = [name for measured in (*options.peers, *options.variants) for name in ALL[measured].builds]
    if "rest" in options.sections and "thin" in options.peers:
        names += ["rpcbench", *ALL["rest"].builds]
    if "codec" in options.sections:
        names.append("codec-bench")
    if options.screenshot:
        names.append("browser")
    return list(dict.fromkeys(names))


def commands(name: str) -> list[list[str]]:
    """What makes one of them ready, from the root of the checkout."""
    if name == "rpcbench":
        return [["scripts/build-static", "rpcbench"]]
    if name == "rpcbench-shared":
        return [["scripts/setup"], ["env", "THINGRPC_SHARED_CORE=1", *_SHARED_BUILD]]
    if name in _NESTED:
        return [["Benchmarks/build", name]]
    if name == "floor":
        return [["scripts/setup"], ["Benchmarks/floor/build"]]
    if name == "cpp":
        return [["scripts/setup", "--bench"], ["Benchmarks/cpp/build"]]
    if name == "python":
        return [["scripts/setup", "--bench"]]
    if name == "browser":
        return [["scripts/setup", "--browser"]]
    raise ValueError(name)


def build(options: Options) -> None:
    for name in needed(options):
        say(f"making {name} ready")
        for command in commands(name):
            try:
                done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            except OSError as error:
                raise BuildError(f"{name}: {error}") from error
            if done.returncode != 0:
                output = done.stdout.decode(errors="replace")[-4_000:]
                raise BuildError(f"{name}: {' '.join(command)} failed\n{output}")


def missing(options: Options) -> list[str]:
    """The programs that the options need and that are not there."""
    needs = set(needed(options))
    programs = [
        part
        for implementation in ALL.values()
        if needs.issuperset(implementation.builds)
        for command in (implementation.server, implementation.client, implementation.idle)
        for part in command or ()
        if part.startswith(f"{ROOT}/")
    ]
    if "codec" in options.sections:
        programs.append(CODEC_BENCH[0])
    return [program for program in dict.fromkeys(programs) if not Path(program).exists()]
