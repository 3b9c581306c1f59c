"""The command line: `python -m dashboard` runs everything, `python -m dashboard COMMAND` one thing."""

import argparse
import sys

import dashboard
from dashboard.errors import ControlRoomError

_EXAMPLES = """\
examples:
  python -m dashboard                              start with the embedded warehouse
  python -m dashboard check                        check that the warehouse is reachable, complete and fresh
  python -m dashboard measure containment_rate --by topic
  python -m dashboard load tau results.json        load tau-bench conversations
"""


def parser() -> argparse.ArgumentParser:
    """The parser of all commands; each sets `run`, a function of the parsed arguments.

    Raises `MetricInvalid` and `DimensionInvalid` for an entry that cannot work.
    """
    # Only here: the registry is checked as it is loaded, and what it refuses is said like any other error.
    from dashboard.cli import check, init, load, measure, rollup, run, simulate  # noqa: PLC0415

    top = argparse.ArgumentParser(
        prog="python -m dashboard",
        description="Control Room: live figures on what an AI support agent contains, escalates and breaks.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"Control Room {dashboard.__version__}")
    top.add_argument("--debug", action="store_true", help="show the stack trace of an error")
    top.set_defaults(run=run.run)
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    for command in (run, init, load, simulate, rollup, measure, check):
        command.add_parser(commands)
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code. A deliberate error is one line with its hint."""
    chosen: argparse.Namespace | None = None
    try:
        chosen = parser().parse_args(arguments)
        return chosen.run(chosen)
    except ControlRoomError as error:
        if chosen and chosen.debug:
            raise
        print(f"error: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
