"""The source `demo`: a generated company, as the command line describes it."""

import argparse
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime

from dashboard.errors import InvalidInput
from dashboard.sources.base import Load
from dashboard.sources.demo.day import SOURCES
from dashboard.sources.demo.fill import fill
from dashboard.sources.demo.world import DEFAULT_SEED, World, anchor_for


class DemoSource:
    """A `Source`: the whole history in one transaction. `simulate` also keeps it going."""

    key = "demo"
    label = "Demo company"
    description = (
        "Fill an empty warehouse with a generated company. The same seed gives the same rows."
    )
    examples = ("load demo", "load demo --accounts 100 --days 5 --episodes 1500")
    feeds: Mapping[str, str] = dict(zip(SOURCES, ("Demo helpdesk", "Demo phone line"), strict=True))

    def add_arguments(self, command: argparse.ArgumentParser) -> None:
        command.add_argument("--seed", type=int, default=DEFAULT_SEED, help="default: %(default)s")
        command.add_argument(
            "--accounts", type=_positive, default=3_000, help="default: %(default)s"
        )
        command.add_argument(
            "--days", type=_positive, default=90, help="days of history, default: %(default)s"
        )
        command.add_argument(
            "--episodes",
            type=_positive,
            default=150_000,
            help="episodes in total, default: %(default)s",
        )
        command.add_argument(
            "--anchor", type=_day, help="the day around which the incidents happen, default: today"
        )
        command.add_argument(
            "--until",
            type=_instant,
            help="end of the history, UTC if it names no offset, default: now",
        )
        command.add_argument(
            "--replace", action="store_true", help="delete existing demo data first"
        )

    def load(self, arguments: argparse.Namespace, run: Load) -> None:
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
                f"The history would start on {world.first_day} and end earlier,"
                f" on {until:%Y-%m-%d}.",
                "Use an --anchor closer to --until, or more --days.",
            )
        started = time.monotonic()
        if not fill(world, until, run.show, replace=arguments.replace):
            run.say(f"Demo data with seed {world.seed} already exists.")
            return
        took = time.monotonic() - started
        ((conversations,),) = run.connection.execute(
            "select count(*) from conversations"
        ).fetchall()
        run.given["conversations"] = conversations
        run.say(f"Demo data created, seed {world.seed}, in {took:.0f} s.")


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
