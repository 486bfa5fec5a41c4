"""A picture of the page, by a browser without a window."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

_WIDTH = 1400
_TIMEOUT_S = 90
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class ScreenshotError(Exception):
    pass


def screenshot(page: Path, picture: Path) -> None:
    """Draws the whole page, which is as high as it says itself."""
    browser = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        raise ScreenshotError("no chromium to draw the page: `scripts/setup --browser` installs it")
    with tempfile.TemporaryDirectory() as profile:
        common = [browser, "--headless=new", "--disable-gpu", "--no-sandbox", "--hide-scrollbars"]
        common += [f"--user-data-dir={profile}", f"--window-size={_WIDTH},900"]
        height = page_height(_run([*common, "--dump-dom", page.resolve().as_uri()]))
        common[-1] = f"--window-size={_WIDTH},{height}"
        picture.unlink(missing_ok=True)
        _run([*common, f"--screenshot={picture.resolve()}", page.resolve().as_uri()])
    if not picture.exists():
        raise ScreenshotError("the browser drew no picture")


def page_height(document: str) -> int:
    found = re.search(r'data-height="(\d+)"', document)
    if found is None:
        raise ScreenshotError("the page did not say how high it is")
    return int(found.group(1))


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ScreenshotError(f"the browser failed: {error}") from error
    if done.returncode != 0:
        raise ScreenshotError(f"the browser failed: {done.stderr.strip()[-400:]}")
    return done.stdout
