"""`make test` with every Python that the product promises and this machine has, each in a venv of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

VERSIONS = ("3.11", "3.12", "3.13", "3.14")


def interpreter(version: str, environment: Mapping[str, str]) -> str | None:
    """Where Python `version` is, by its name on the path, else among pyenv's; None where it is not.

    pyenv lays a command of each name on the path whether or not it leads anywhere, so each is tried.
    """
    pyenv = Path(environment.get("PYENV_ROOT") or Path.home() / ".pyenv", "versions")
    kept = sorted(pyenv.glob(f"{version}.*/bin/python"), key=_patch, reverse=True)
    candidates = [shutil.which(f"python{version}", path=environment.get("PATH", "")), *kept]
    return next((str(each) for each in candidates if each and _is(version, each)), None)


def _patch(path: Path) -> int:
    last = path.parents[1].name.split(".")[-1]
    return int(last) if last.isdigit() else -1


def _is(version: str, command: str | Path) -> bool:
    asked = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        said = subprocess.run([command, "-c", asked], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return said.stdout.strip() == version


def main() -> int:
    """Test with each in turn; 1 when one failed, or none is here."""
    outcomes = {}
    for version in VERSIONS:
        python = interpreter(version, os.environ)
        if python is None:
            print(f"Python {version}: not on this machine, skipped", flush=True)
            continue
        print(f"Python {version}: {python}", flush=True)
        command = ["make", "test", f"PYTHON={python}", f"VENV=.venv-{version}"]
        outcomes[version] = subprocess.run(command, check=False).returncode
    for version, code in outcomes.items():
        print(f"Python {version}: {'failed' if code else 'passed'}")
    return int(not outcomes or any(outcomes.values()))


if __name__ == "__main__":
    sys.exit(main())
