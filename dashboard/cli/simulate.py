"""`python -m dashboard simulate`: fill the warehouse with a generated company, or keep it going."""

import argparse
import sys
import time
from datetime import UTC, date, datetime

from dashboard.errors import InvalidInput
from dashboard.sources.demo import World, anchor_for, fill
from dashboard.sources.demo.live import run as run_live
from dashboard.sources.demo.world import DEFAULT_SEED

_EXAMPLES = """examples:
  python -m dashboard simulate
  python -m dashboard simulate --replace --seed 7
  python -m dashboard simulate --accounts 100 --days 5 --episodes 1500 --until 2026-03-02T11:30
  python -m dashboard simulate --live
"""


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Register the command `simulate`."""
    parser = subparsers.add_parser(
        "simulate",
        help="fill the warehouse with demo data, or keep the demo going",
        description="Fill an empty warehouse with a generated company. The same seed gives the same rows.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="default: %(default)s")
    parser.add_argument("--accounts", type=_positive, default=3_000, help="default: %(default)s")
    parser.add_argument(
        "--days", type=_positive, default=90, help="days of history, default: %(default)s"
    )
    parser.add_argument(
        "--episodes",
        type=_positive,
        default=150_000,
        help="episodes in total, default: %(default)s",
    )
    parser.add_argument(
        "--anchor", type=_day, help="the day around which the incidents happen, default: today"
    )
    parser.add_argument(
        "--until", type=_instant, help="end of the history, UTC if it names no offset, default: now"
    )
    parser.add_argument("--replace", action="store_true", help="delete existing demo data first")
    parser.add_argument(
        "--live", action="store_true", help="keep adding live demo data until stopped"
    )
    parser.add_argument(
        "--parent",
        type=int,
        metavar="PID",
        help="with --live: exit when this process exits",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command; 0 when it did what was asked."""
    if arguments.live:
        return run_live(arguments.parent)
    until = arguments.until or datetime.now(UTC)
    world = World(
        anchor=arguments.anchor or anchor_for(until),
        seed=arguments.seed,
        accounts=arguments.accounts,
        episodes=arguments.episodes,
        days=arguments.days,
    )
    if until.astimezone(UTC).date() < world.first_day:
        raise InvalidInput(
            f"The history would start on {world.first_day} and end earlier, on {until:%Y-%m-%d}.",
            "Use an --anchor closer to --until, or more --days.",
        )
    started = time.monotonic()
    with ProgressLine() as line:
        filled = fill(world, until, line.show, replace=arguments.replace)
    took = time.monotonic() - started
    print(
        f"Demo data created, seed {world.seed}, in {took:.0f} s."
        if filled
        else f"Demo data with seed {world.seed} already exists.",
        file=sys.stderr,
    )
    return 0


class ProgressLine:
    """Progress on one line that is written over, or a line for each stage where there is no terminal."""

    def __init__(self) -> None:
        self._overwrites = sys.stderr.isatty()
        self._stage = ""

    def __enter__(self) -> "ProgressLine":
        return self

    def __exit__(self, *_: object) -> None:
        if self._overwrites and self._stage:
            print(file=sys.stderr)

    def show(self, stage: str, share: float) -> None:
        """Say what is being done and the share that is done, from 0 to 1."""
        if self._overwrites:
            print(f"\r\033[K{stage} … {share:4.0%}", end="", file=sys.stderr, flush=True)
        elif stage != self._stage:
            print(f"{stage} …", file=sys.stderr, flush=True)
        self._stage = stage


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return number


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
