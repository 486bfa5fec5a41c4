"""scripts/bench: builds, measures, reports."""

import json
import os
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path

from . import build, options
from .environment import environment
from .implementations import ROOT
from .markdown import markdown
from .page import page
from .plan import steps
from .progress import say
from .report import FORMAT, assemble, failures
from .screenshot import ScreenshotError, screenshot
from .session import measure


def main(arguments: list[str]) -> int:
    given = options.parse(arguments)
    os.chdir(ROOT)
    if given.render is not None:
        return _render(given)
    # A thousand connections are two thousand files; the children inherit the limit.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if given.build:
        try:
            build.build(given)
        except build.BuildError as error:
            say(f"cannot build {error}")
            say("--only and --sections choose what is measured")
            return 1
    if absent := build.missing(given):
        say(f"these programs are not there: {', '.join(absent)}")
        return 1
    if not given.quick:
        say("figures are only as quiet as the machine: end what else runs on it")
    begun, machine = _now(), environment(given.core)
    records, is_complete = measure(steps(given), given.core)
    report = assemble(given, machine, records, is_complete, begun, _now())
    succeeded = _write(report, given)
    if not is_complete:
        return 130
    return 0 if succeeded and not failures(report) else 1


def _render(given: options.Options) -> int:
    try:
        report = json.loads(given.render.read_text())
    except (OSError, ValueError) as error:
        say(f"cannot read {given.render}: {error}")
        return 2
    if report.get("format") != FORMAT:
        say(f"{given.render} is no report of format {FORMAT}")
        return 2
    return 0 if _write(report, given) else 1


def _write(report: dict, given: options.Options) -> bool:
    """Writes the report in all its forms; false where one could not be made."""
    folder: Path = given.output
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(report, indent=1) + "\n")
    (folder / "report.md").write_text(markdown(report))
    (folder / "report.html").write_text(page(report))
    if given.json:
        print(json.dumps(report))
    succeeded = True
    if given.screenshot:
        try:
            screenshot(folder / "report.html", folder / "report.png")
        except ScreenshotError as error:
            say(str(error))
            succeeded = False
    for failure in failures(report):
        say(f"failed: {failure}")
    say(f"the report is in {folder}/: report.md, report.html, report.json")
    return succeeded


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
