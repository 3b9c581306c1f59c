"""`python -m tests.benchmarks`: a long history in a warehouse of its own, and what every page costs on it."""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from dashboard.cli.progress import ProgressLine
from dashboard.errors import ControlRoomError
from dashboard.settings import PROJECT_ROOT
from tests.benchmarks.fill import Progress, fill
from tests.benchmarks.history import Filled, History, held, same_or_refuse
from tests.benchmarks.measuring import measure_all
from tests.benchmarks.report import as_data, printed_lines
from tests.benchmarks.windows import measure_windows, roll_up_windows, window_lines

_EXAMPLES = """\
examples:
  python -m tests.benchmarks                                   a million episodes, eight weeks
  python -m tests.benchmarks --episodes 10000000 --keep /tmp/ten-million --indexes
  python -m tests.benchmarks --episodes 10000000 --keep /tmp/ten-million --only containment --detail
  WAREHOUSE_URL=postgresql://writer@host/empty python -m tests.benchmarks --here
"""


def parser() -> argparse.ArgumentParser:
    """The parser of the command."""
    command = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Fill a warehouse of its own by bulk SQL and time every page on it, no answer kept "
        "from one run to the next. More episodes are a longer history at the same pace.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_history(command)
    command.add_argument(
        "--runs", type=_positive, default=9, help="of each question, default: %(default)s"
    )
    command.add_argument(
        "--only", action="append", default=[], metavar="PAGE", help="repeat for more"
    )
    command.add_argument(
        "--facts", action="store_true", help="make no rollups: what every row costs anew"
    )
    command.add_argument(
        "--windows",
        action="store_true",
        help="measure whether the router takes the quicker of facts and rollups, and nothing else",
    )
    command.add_argument("--detail", action="store_true", help="print every panel too")
    command.add_argument(
        "--indexes", action="store_true", help="print what each index costs on disk"
    )
    command.add_argument("--format", choices=("table", "json"), default="table")
    where = command.add_mutually_exclusive_group()
    where.add_argument(
        "--keep",
        type=Path,
        metavar="FOLDER",
        help="keep the filled warehouse here, or measure it again",
    )
    where.add_argument(
        "--here",
        action="store_true",
        help="use the warehouse that the settings name; it must be empty or filled by this command",
    )
    command.add_argument("--debug", action="store_true", help="show the stack trace of an error")
    return command


def _add_history(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--episodes", type=_positive, default=1_000_000, help="default: %(default)s"
    )
    command.add_argument(
        "--weeks", type=float, help="default: one for 125,000 episodes, at least 8"
    )
    command.add_argument(
        "--accounts", type=_positive, help="default: 60,000, fewer for few episodes"
    )
    command.add_argument(
        "--transcripts",
        type=_positive,
        default=1_000_000,
        help="how many of the newest episodes have messages, default: %(default)s",
    )


def main(words: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    arguments = parser().parse_args(words)
    try:
        return run(arguments)
    except ControlRoomError as error:
        if arguments.debug:
            raise
        print(f"error: {error}", file=sys.stderr)
        return 1


def run(arguments: argparse.Namespace) -> int:
    """Fill where nothing is filled yet, measure, print."""
    # Left alone, this signal ends the process at once, and the server would run on without it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if not arguments.here:
        return _run_in_a_folder(arguments)
    wanted = History.of(
        arguments.episodes, arguments.weeks, arguments.accounts, arguments.transcripts
    )
    with ProgressLine() as line:
        filled = _filled(wanted, line.show)
        if arguments.windows:
            roll_up_windows(filled, line.show)
            timings = measure_windows(filled, arguments.runs, line.show)
    if arguments.windows:
        print("\n".join(window_lines(timings)))
        return int(not all(timing.is_met for timing in timings))
    with ProgressLine() as line:
        measured = measure_all(
            filled, arguments.runs, line.show, arguments.only, not arguments.facts
        )
    if arguments.format == "json":
        print(json.dumps(as_data(measured), indent=2))
    else:
        print("\n".join(printed_lines(measured, arguments.detail, arguments.indexes)))
    return 0


def _filled(wanted: History, progress: Progress) -> Filled:
    found = held()
    if found:
        return same_or_refuse(found, wanted)
    return fill(wanted, datetime.now(UTC).replace(microsecond=0), progress)


def _run_in_a_folder(arguments: argparse.Namespace) -> int:
    """The same command once more, its warehouse in a folder of its own.

    The settings are read once and for all from the environment, so that another warehouse is another
    process. As root the server's own user must be able to reach the folder.
    """
    kept = arguments.keep
    folder = kept or Path(tempfile.gettempdir()) / f"control-room-bench-{os.getpid()}"
    environment = {**os.environ, "CONTROL_ROOM_HOME": str(folder.absolute())}
    for name in ("WAREHOUSE_URL", "WAREHOUSE_WRITE_URL"):
        environment.pop(name, None)
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks", *_as_command_line(arguments), "--here"],
        env=environment,
        cwd=PROJECT_ROOT,
    )
    try:
        return child.wait()
    finally:
        # Interrupted, the child has been told too, or is told here; it stops its server first.
        if child.poll() is None:
            child.terminate()
            child.wait()
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)


def _as_command_line(arguments: argparse.Namespace) -> list[str]:
    """The command line that says what `arguments` say, but for where."""
    words = ["--debug"] if arguments.debug else []
    for name in ("episodes", "weeks", "accounts", "transcripts", "runs", "format"):
        if getattr(arguments, name) is not None:
            words.append(f"--{name}={getattr(arguments, name)}")
    words += [f"--only={page}" for page in arguments.only]
    return words + [
        f"--{name}"
        for name in ("detail", "facts", "indexes", "windows")
        if getattr(arguments, name)
    ]


def _positive(text: str) -> int:
    number = int(text.replace("_", ""))
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
