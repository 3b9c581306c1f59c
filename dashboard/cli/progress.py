"""How far a command is: one line on a terminal, which is written over."""

import sys


class ProgressLine:
    """Progress on one line that is written over, or a line for each stage where there is no terminal."""

    def __init__(self) -> None:
        self._overwrites = sys.stderr.isatty()
        self._stage = ""

    def __enter__(self) -> "ProgressLine":
        return self

    def __exit__(self, *_: object) -> None:
        self._clear()

    def show(self, stage: str, share: float | None = None) -> None:
        """Say what is being done and the share that is done, from 0 to 1, where that is known."""
        if self._overwrites:
            done = "" if share is None else f" … {share:4.0%}"
            print(f"\r\033[K{stage}{done}", end="", file=sys.stderr, flush=True)
        elif share is not None and stage != self._stage:
            print(f"{stage} …", file=sys.stderr, flush=True)
        self._stage = stage

    def say(self, line: str) -> None:
        """A line that stays, above the progress."""
        self._clear()
        print(line, file=sys.stderr, flush=True)

    def _clear(self) -> None:
        if self._overwrites and self._stage:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
