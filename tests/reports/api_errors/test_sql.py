"""The SQL that the panels show can be pasted as it is, and gives what the page shows."""

from datetime import timedelta

import psycopg
import pytest

from dashboard.postgres.read import fetch, query
from dashboard.postgres.sql_text import Statement, sql_text
from dashboard.reports.api_errors.error_group import affected_statement, samples_statement
from dashboard.reports.api_errors.error_groups import error_groups, groups_statement
from dashboard.reports.api_errors.error_identity import identity, identity_statement
from dashboard.reports.api_errors.exposure import error_exposure, exposure_statement
from dashboard.reports.api_errors.groups_seen import seen_ever_statement
from dashboard.reports.api_errors.silent_failures import silent_statement
from tests.conftest import Warehouse
from tests.metrics.hand_made import WEEK, fill
from tests.present import present

_HORIZON = timedelta(days=7)


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    fill(warehouse)


def statements() -> dict[str, Statement]:
    refund = next(g for g in error_groups(WEEK, {}).groups if g.name == "refund")
    group = present(identity(refund.fingerprint, WEEK))
    groups = [present(identity(g.fingerprint, WEEK)) for g in error_groups(WEEK, {}).groups]
    reached = next(g for g in groups if error_exposure(g, WEEK, _HORIZON).exposed)
    scope = WEEK.where("topic", "billing").where("version", None)
    return {
        "groups": groups_statement(scope),
        "ever": seen_ever_statement(scope),
        "identity": identity_statement(group.fingerprint, scope),
        "affected": affected_statement(group, scope),
        "samples": samples_statement(group, scope),
        "exposure": exposure_statement(reached, WEEK, _HORIZON),
        "silent": silent_statement(WEEK),
        "trace": query("lists/trace_spans.sql").bindparams(
            account="a2", trace="t06", as_of=WEEK.as_of, most=10
        ),
    }


@pytest.mark.parametrize(
    "name",
    [
        "groups",
        "ever",
        "identity",
        "affected",
        "samples",
        "exposure",
        "silent",
        "trace",
    ],
)
def test_what_is_pasted_gives_what_is_shown(name: str, warehouse: Warehouse):
    statement = statements()[name]
    with psycopg.connect(warehouse.url, autocommit=True, options="-c timezone=UTC") as connection:
        pasted = connection.execute(sql_text(statement))
        while pasted.nextset():
            pass
        rows = pasted.fetchall()
    assert rows
    assert sorted(map(str, rows)) == sorted(str(tuple(row.values())) for row in fetch(statement))
