"""What the control room asks of an embedded warehouse, counted in the warehouse's own log."""

from types import TracebackType

import psycopg

from dashboard.postgres.embedded import EmbeddedWarehouse
from dashboard.query_files import query_text

_ONCE_A_SET = query_text("lists/history_start.sql").splitlines()[1]
"""A line of a statement that every set of the wall's reads has exactly once."""

_OURS = " control-room LOG:  "
_PING = f"{_OURS}statement: ;"
"""What a connection is asked before it is used again: whether it is still there."""

_FOR_THE_LABEL = [
    query_text("lists/demo.sql").splitlines()[0],
    query_text("lists/has_demo_table.sql").splitlines()[1],
]
"""Asked once a minute, however many walls are open: is this demo data?"""

_FOR_ROLLUPS = [
    query_text("rollups/state.sql").splitlines()[0],
    "with loaded_conversation as (",
    query_text("rollups/days.sql").splitlines()[0],
    query_text("rollups/quarters.sql").splitlines()[0],
    query_text("rollups/table_rows.sql").splitlines()[0],
]
"""Asked by the clock, once a second at most: which sums may be used?"""


class StatementLog:
    """Logs every statement while the block runs; `sets` and `statements` count those since then."""

    def __init__(self, warehouse: EmbeddedWarehouse) -> None:
        self._warehouse = warehouse

    def __enter__(self) -> "StatementLog":
        self._run("alter system set log_statement = 'all'")
        self._run("alter system set log_line_prefix = '%m [%p] %a '")
        self._run("select pg_reload_conf()")
        self.begin()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._warehouse.is_running():
            self._run("alter system reset all")
            self._run("select pg_reload_conf()")

    def begin(self) -> None:
        """Count from here."""
        self._from = self._warehouse.log.stat().st_size

    @property
    def sets(self) -> int:
        return self._new().count(_ONCE_A_SET)

    @property
    def statements(self) -> int:
        """Questions for figures."""
        new = self._new()
        others = [_PING, *_FOR_THE_LABEL, *_FOR_ROLLUPS]
        return new.count(_OURS) - sum(new.count(words) for words in others)

    def _new(self) -> str:
        with open(self._warehouse.log, "rb") as log:
            log.seek(self._from)
            return log.read().decode(errors="replace")

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._warehouse.url, autocommit=True) as connection:
            connection.execute(statement)
