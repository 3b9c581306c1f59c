"""Short ways to say when and what: the moments and the small stories of the hand-made tests."""

import math
import re
from datetime import datetime, timedelta
from typing import Any

from dashboard.query.measure import measure
from dashboard.scope import Scope
from tests.conftest import MIDNIGHT, Warehouse, conversation, message, span

_MOMENT = re.compile(r"(-?\d+) (\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?")
EVER = "40 00:00"


def on(moment: str) -> datetime:
    """`2 10:05` is 10:05 UTC on the Wednesday, two days after Monday 2 March 2026; seconds may follow."""
    found = _MOMENT.fullmatch(moment)
    assert found, f"{moment!r} is no moment"
    day, hour, minute, second = found.groups()
    return MIDNIGHT + timedelta(
        days=int(day), hours=int(hour), minutes=int(minute), seconds=float(second or 0)
    )


def window(since: str, until: str, as_of: str = EVER, zone: str = "UTC") -> Scope:
    return Scope(on(since), on(until), on(as_of), zone)


def known(value: Any) -> float | None:
    """A measured number, or None where the frame holds none."""
    missing = value is None or (isinstance(value, float) and math.isnan(value))
    return None if missing else float(value)


class Story:
    """What happened to one account; every account of the module's warehouse is a story of its own."""

    def __init__(self, warehouse: Warehouse, account: str) -> None:
        self._warehouse = warehouse
        self.account = account

    def conversation(self, number: int, started: str, **facts: Any) -> None:
        self._warehouse.add(
            "conversations", [conversation(number, on(started), **self._mine(facts))]
        )

    def span(self, number: int, started: str, **facts: Any) -> None:
        self._warehouse.add("spans", [span(number, on(started), **self._mine(facts))])

    def background(self, number: int, started: str, **facts: Any) -> None:
        """A failed job of a minute in a system that nothing else names, unless said otherwise."""
        job = {
            "origin": "background",
            "operation": "job",
            "system": "ledger-sync",
            "name": "copy_entries",
            "error_type": "http_503",
            "duration_ms": 60_000.0,
        }
        self.span(number, started, **{**job, **facts})

    def message(
        self, number: int, position: int, sent: str, author: str, body: str = "…", **more
    ) -> None:
        said = message(f"c{number}", position, on(sent), author, body)
        self._warehouse.add("messages", [{**said, "account_id": self.account, **more}])

    def figure(self, metric: str, scope: Scope, **asked: Any) -> dict[str, Any]:
        """The figure of `metric` for this account alone."""
        frame = measure([metric], scope.where("account", self.account), **asked)
        assert len(frame) == 1
        return frame.iloc[0].to_dict()

    def value(self, metric: str, scope: Scope, **asked: Any) -> float | None:
        return known(self.figure(metric, scope, **asked)["value"])

    def part(self, metric: str, scope: Scope) -> tuple[float | None, float | None]:
        """(numerator, denominator)."""
        figure = self.figure(metric, scope)
        return known(figure["numerator"]), known(figure["denominator"])

    def groups(self, metric: str, scope: Scope, by: str) -> dict[str | None, float | None]:
        """The value of each group of the breakdown by one dimension."""
        frame = measure([metric], scope.where("account", self.account), by=[by])
        return {row[by]: known(row["value"]) for row in frame.to_dict("records")}

    def _mine(self, facts: dict[str, Any]) -> dict[str, Any]:
        """This account's, unless said otherwise; moments where a column holds one."""
        read = {
            name: on(value) if name.endswith("_at") and isinstance(value, str) else value
            for name, value in facts.items()
        }
        return {"account_id": self.account, **read}
