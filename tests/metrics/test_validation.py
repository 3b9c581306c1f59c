"""An entry of the registry that cannot be measured is refused when it is loaded, in plain words."""

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select, text

from dashboard.errors import MetricInvalid
from dashboard.metrics.columns import columns_of, conditions_of, fact_columns
from dashboard.metrics.distributions import Mean
from dashboard.metrics.facts import FACTS, Fact
from dashboard.metrics.figure import Aggregate, Kind, RowCount
from dashboard.metrics.metric import Metric
from dashboard.metrics.registry import METRICS
from dashboard.metrics.sql import file_rows, window_of
from dashboard.metrics.validation import check_metrics
from dashboard.postgres.engines import read_engine
from dashboard.scope import Scope
from tests.conftest import MIDNIGHT, Warehouse, at
from tests.rollups.strangers import WORKING, counting, metric


@dataclass(frozen=True)
class Distinct(Kind):
    """As a stranger writes a kind: without a thought for days that are added up."""

    rows: RowCount
    rolled_up: bool = True

    @property
    def row_counts(self):
        return (self.rows,)

    def asked(self):
        yield from super().asked()
        yield Aggregate("spans", "count(distinct account_id)", "accounts", self.rolled_up)


SPANS = RowCount("spans", "spans")


@pytest.mark.parametrize(
    ("planted", "message", "hint"),
    [
        (
            counting("closed_badly", "closing in ('negative')"),
            "Metric 'closed_badly' mentions the column 'closing', which no episode has:",
            "Did you mean closing_signal? There are: account_id, ",
        ),
        (
            counting("slow", "duration > 5", "spans"),
            "Metric 'slow' mentions the column 'duration', which no span has:",
            "Did you mean duration_ms? There are: account_id, ",
        ),
        (
            counting("quoted", '"Rating" > 3'),
            "Metric 'quoted' mentions the column 'Rating', which no episode has:",
            "Did you mean rating? There are: ",
        ),
        (
            metric("mean", Mean(SPANS, "duration"), "milliseconds"),
            "Metric 'mean' mentions the column 'duration', which no span has:",
            "Did you mean duration_ms?",
        ),
        (
            counting("unfinished", "rating >"),
            "Metric 'unfinished' cannot be used: count(*) filter (where rating >) is not SQL (",
            "",
        ),
        (
            counting("two", "true; drop table x"),
            "Metric 'two' cannot be used: count(*) filter (where true; drop table x) is not SQL (",
            "",
        ),
        (
            counting("outside", "true) or (false"),
            "Metric 'outside' cannot be used: count(*) filter (where true) or (false) does not add up",
            "Say rolled_up=False",
        ),
        (
            metric("accounts", Distinct(SPANS)),
            "Metric 'accounts' cannot be used: count(distinct account_id) does not add up over days",
            "Say rolled_up=False",
        ),
        (
            counting("of_a_plan", "account_id in (select account_id from accounts)"),
            "Metric 'of_a_plan' cannot be used: count(*) filter (where account_id in (select"
            " account_id from accounts)) reads another relation.",
            "Put what you need of it into the fact's own file.",
        ),
        (
            counting("named", "episodes.rating > 3"),
            "Metric 'named' cannot be used: count(*) filter (where episodes.rating > 3) names"
            " 'episodes.rating' with its table.",
            "Say 'rating' alone.",
        ),
        (
            counting("first", "row_number() over (order by started_at) = 1"),
            "Metric 'first' cannot be used: count(*) filter (where row_number() over (order by"
            " started_at) = 1) looks at other rows",
            "Put the window function into the fact's file.",
        ),
        (
            counting("today", "started_at > now() - interval '1 day'"),
            "Metric 'today' cannot be used: count(*) filter (where started_at > now() - interval"
            " '1 day') asks the clock or chance",
            "Compare with known_until",
        ),
        (
            counting("many", "count(*) > 3"),
            "Metric 'many' cannot be used: count(*) filter (where count(*) > 3) is not one aggregate.",
            "",
        ),
        (
            counting("calls", "true", "span"),
            "Metric 'calls' counts 'span', which is no fact.",
            "Did you mean spans? There are: episodes, ",
        ),
        (
            replace(counting("counted", "true"), unit="percent"),
            "Metric 'counted' has the unit 'percent'.",
            "There are: count, share, per 100, seconds, milliseconds, score.",
        ),
        (
            replace(counting("better", "true"), good="more"),
            "Metric 'better' has the good 'more'.",
            "There are: up, down, neither.",
        ),
        (
            replace(counting("carded", "true"), cards_on=("contaiment",)),
            "Metric 'carded' has the card on 'contaiment'.",
            "Did you mean containment? There are: containment, escalations, ",
        ),
        (
            replace(counting("drawn", "true"), trend_on=("account",)),
            "Metric 'drawn' has the trend on 'account'.",
            "There are: containment, escalations, satisfaction, api_errors.",
        ),
        (
            replace(counting("of_no_system", "true"), trend_on=("api_errors",)),
            "Metric 'of_no_system' has the trend on 'api_errors', which is split by system, and its rows"
            " have no system.",
            "Count calls, or leave that page out of trend_on.",
        ),
        (
            replace(counting("csat", "true"), label="Another"),
            "There are two metrics 'csat'.",
            "Give one another key.",
        ),
        (
            replace(counting("satisfied", "true"), label="CSAT"),
            "The metrics 'csat' and 'satisfied' are both called 'CSAT'.",
            "Give one another label.",
        ),
    ],
    ids=lambda given: given.key if isinstance(given, Metric) else "",
)
def test_a_strangers_mistake_is_told(planted: Metric, message: str, hint: str):
    with pytest.raises(MetricInvalid) as refused:
        check_metrics([*METRICS.values(), planted])
    assert refused.value.message.startswith(message)
    assert refused.value.hint.startswith(hint)


def test_what_works_is_let_through():
    checked = check_metrics([*METRICS.values(), *WORKING])
    assert list(checked) == [*METRICS, *(metric.key for metric in WORKING)]
    assert check_metrics([metric("accounts", Distinct(SPANS, rolled_up=False))])


def test_a_column_is_what_is_no_word_of_sql_and_no_text():
    sql = "count(*) filter (where case when Rating > 3 then topic in ('rated_at') else outcome = 'x' end)"
    assert columns_of(sql) == {"rating", "topic", "outcome"}
    assert conditions_of("count(*) filter (where a and (b or c) and not d)") == {
        "a",
        "b OR c",
        "NOT d",
    }


@pytest.mark.parametrize("fact", FACTS.values(), ids=FACTS)
def test_a_fact_has_the_columns_that_its_file_gives(fact: Fact, warehouse: Warehouse):
    scope = Scope(MIDNIGHT, at(24), at(48))
    values = {"instants": [at(24)]} if fact.is_snapshot else {**window_of(scope), **fact.fixed}
    rows = select(text("*")).select_from(file_rows(fact.path, values, 0)).limit(0)
    with read_engine().connect() as connection:
        assert list(connection.execute(rows).keys()) == list(fact_columns(fact))
