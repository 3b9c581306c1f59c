"""Where Chromium is. As a command: prints the path, or exits 1."""

import os
import shutil
import sys
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MACOS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def browser_path() -> str | None:
    """The path of a Chromium on this machine; CHROMIUM names another."""
    named = os.environ.get("CHROMIUM")
    found = [named, *map(shutil.which, _NAMES), *_MACOS]
    return next((path for path in found if path and Path(path).exists()), None)


if __name__ == "__main__":
    path = browser_path()
    if path is None:
        sys.exit(1)
    print(path)
