"""Attacks userd, one kind after the other, and prints what became of its memory and of a normal client.

Usage, in Tests/Interop: USER_PROGRAMS=FOLDER python -m attacks [--json] [--seconds N] [ATTACK...]

It fails where a normal client was not served within a second after an attack, or the memory grew by more than 64 MiB and no setting
bounds that.
"""

import argparse
import dataclasses
import json
import sys
import tempfile
from pathlib import Path

from .measure import ATTACKS, BOUNDS, DEADLINE, MOST_GROWTH, Outcome, run


def is_good(outcome: Outcome) -> bool:
    has_bound = outcome.growth < MOST_GROWTH or outcome.attack in BOUNDS
    return outcome.served_after is not None and outcome.served_after <= DEADLINE and has_bound


def row(outcome: Outcome) -> str:
    verdict = "ok" if is_good(outcome) else "FAIL"
    if verdict == "ok" and outcome.growth >= MOST_GROWTH:
        verdict = f"bounded by {BOUNDS[outcome.attack]}"
    after = "never" if outcome.served_after is None else f"{outcome.served_after:.2f} s"
    return (
        f"| {outcome.attack} | {outcome.sent} | {outcome.memory_before:.0f} | {outcome.memory_peak:.0f} "
        f"| {outcome.old_served} of {outcome.old_calls}, {outcome.old_slowest:.2f} s "
        f"| {outcome.new_served} of {outcome.new_calls}, {outcome.new_slowest:.2f} s | {after} | {verdict} |")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("attacks", nargs="*", metavar="ATTACK", choices=[[], *ATTACKS], help=", ".join(ATTACKS))
    parser.add_argument("--seconds", type=float, default=10, help="how long each attack lasts")
    parser.add_argument("--json", action="store_true", help="print a line of JSON for each attack")
    parser.add_argument("--only-attack", metavar="ADDRESS", help="attack a server that runs, and print what was sent")
    arguments = parser.parse_args()
    if arguments.only_attack:
        for name in arguments.attacks:
            print(ATTACKS[name](arguments.only_attack, arguments.seconds))
        return 0
    if not arguments.json:
        print("| attack | sent | MiB before | at the peak | served in 1 s on an old connection | on a new one | served after | |")
        print("| --- | --- | --: | --: | --- | --- | --- | --- |")
    has_failed = False
    for name in arguments.attacks or ATTACKS:
        with tempfile.TemporaryDirectory() as folder:
            outcome = run(name, Path(folder) / "users.sqlite", arguments.seconds)
        has_failed = has_failed or not is_good(outcome)
        print(json.dumps(dataclasses.asdict(outcome)) if arguments.json else row(outcome), flush=True)
    return 1 if has_failed else 0


if __name__ == "__main__":
    sys.exit(main())
