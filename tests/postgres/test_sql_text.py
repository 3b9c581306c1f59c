"""What a panel shows as its SQL gives the panel's figures when it is run as it stands."""

import psycopg

from dashboard.metrics.registry import METRICS
from dashboard.postgres.read import query
from dashboard.postgres.sql_text import sql_text
from dashboard.query.measure import measure, questions
from dashboard.scope import Scope
from tests.conftest import Warehouse, at, conversation, span


def test_the_pasted_sql_counts_what_the_page_counts(warehouse: Warehouse):
    quoted = "o'clock :as_of_0 drop table conversations --"
    warehouse.add(
        "conversations",
        [
            conversation(number, at(number), topic=topic, handoff_at=at(number + 0.5))
            for number, topic in enumerate(["billing", quoted, quoted, None])
        ],
    )
    warehouse.add("spans", [span(1, at(1), error_type="timeout"), span(2, at(2))])
    scope = Scope(at(0), at(24), at(24), "Europe/Berlin").where("topic", quoted, None)
    escalations = measure(["escalations"], scope, by=["topic"], bucket="hour")
    statement = questions(["escalations"], [scope], ["topic"], "hour")["handoffs"].statement

    with psycopg.connect(warehouse.url) as connection:
        rows = (
            connection.execute(sql_text(statement).split(";\n", 1)[0])
            and connection.execute(sql_text(statement).split(";\n", 1)[1]).fetchall()
        )

    assert sorted((topic, count) for _, _, topic, count in rows if topic) == [(quoted, 1)] * 2
    assert sum(count for *_, count in rows) == escalations["value"].sum() == 3


def test_every_metric_can_be_pasted(warehouse: Warehouse):
    scope = Scope(at(0), at(24), at(24))
    for question in questions(list(METRICS), [scope]).values():
        with psycopg.connect(warehouse.url) as connection:
            for part in sql_text(question.statement).split(";\n\n", 1):
                connection.execute(part)


def test_a_value_of_several_lines_stays_a_value(warehouse: Warehouse):
    hostile = "a1\n; drop table conversations; --"
    statement = query("lists/account_identity.sql").bindparams(account=hostile, as_of=at(24))
    with psycopg.connect(warehouse.url) as connection:
        schema, asked = sql_text(statement).split(";\n\n", 1)
        connection.execute(schema)
        assert connection.execute(asked).fetchall()[0][0] == hostile
