"""How many rows there are of what sums and materialized rows are made from, day by day."""

from collections import Counter
from datetime import datetime

import psycopg

from dashboard.postgres.statements import run_file
from dashboard.rollups.definitions import ROLLUP_GROUPS
from dashboard.rollups.materialized import ROWS

_SPANS = "spans"
# Conversations are counted by the date that a group has them on.
_MADE_FROM = {
    **{
        group.key: (_SPANS if group.fact.key == _SPANS else str(group.fact.fixed["dated_by"]),)
        for group in ROLLUP_GROUPS
    },
    ROWS: (_SPANS, "start"),
}


class RowCounts:
    """The rows of each day in [since, until), each relation counted once, when it is first asked for."""

    def __init__(
        self, connection: psycopg.Connection, since: datetime, until: datetime, time_zone: str
    ) -> None:
        self._connection = connection
        self._window = {"since": since, "until": until, "time_zone": time_zone}
        self._counted: dict[str, dict[datetime, int]] = {}

    def of(self, key: str) -> Counter[datetime]:
        """Start of the day → rows that what is kept under `key` is made from."""
        counts: Counter[datetime] = Counter()
        for relation in _MADE_FROM[key]:
            counts.update(self._of_relation(relation))
        return counts

    def _of_relation(self, relation: str) -> dict[datetime, int]:
        if relation not in self._counted:
            self._counted[relation] = dict(
                run_file(self._connection, "rollups/counted_spans.sql", **self._window)
                if relation == _SPANS
                else run_file(
                    self._connection,
                    "rollups/counted_conversations.sql",
                    **self._window,
                    dated_by=relation,
                )
            )
        return self._counted[relation]
