"""What is wrong with an entry of the registry, said when it is loaded, before anybody asks for it."""

import difflib
from collections.abc import Iterable, Iterator

from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

from dashboard.errors import DimensionInvalid, MetricInvalid
from dashboard.metrics.columns import columns_of, fact_columns, parse
from dashboard.metrics.dimension import Dimension
from dashboard.metrics.facts import FACTS
from dashboard.metrics.figure import Aggregate
from dashboard.metrics.metric import Metric

UNITS = ("count", "share", "per 100", "seconds", "milliseconds", "score")
DIRECTIONS = ("up", "down", "neither")
CARD_PAGES = ("containment", "escalations", "satisfaction", "api_errors", "account")
TREND_PAGES = ("containment", "escalations", "satisfaction", "api_errors")
"""Pages whose cards, and whose trend, are made from the registry."""

_CLOCKS = (
    exp.CurrentTimestamp,
    exp.CurrentDate,
    exp.CurrentTime,
    exp.Localtime,
    exp.Localtimestamp,
    exp.Rand,
)
_CLOCK_NAMES = frozenset(
    ("clock_timestamp", "statement_timestamp", "transaction_timestamp", "timeofday", "age")
)


def check_metrics(metrics: Iterable[Metric]) -> dict[str, Metric]:
    """The metrics by key, in their order. Raises `MetricInvalid` for the first that cannot be used."""
    checked: dict[str, Metric] = {}
    labels: dict[str, str] = {}
    for metric in metrics:
        if metric.key in checked:
            raise MetricInvalid(f"There are two metrics {metric.key!r}.", "Give one another key.")
        if metric.label in labels:
            raise MetricInvalid(
                f"The metrics {labels[metric.label]!r} and {metric.key!r} are both called"
                f" {metric.label!r}.",
                "Give one another label.",
            )
        _check_choice(metric, "unit", metric.unit, UNITS)
        _check_choice(metric, "good", metric.good, DIRECTIONS)
        for page in metric.cards_on:
            _check_choice(metric, "card on", page, CARD_PAGES)
        for page in metric.trend_on:
            _check_choice(metric, "trend on", page, TREND_PAGES)
        for aggregate in metric.aggregates():
            check_aggregate(metric.key, aggregate)
        if "api_errors" in metric.trend_on and "system" not in {d.key for d in metric.dimensions}:
            raise MetricInvalid(
                f"Metric {metric.key!r} has the trend on 'api_errors', which is split by system, and its"
                " rows have no system.",
                "Count calls, or leave that page out of trend_on.",
            )
        checked[metric.key] = metric
        labels[metric.label] = metric.key
    return checked


def check_dimensions(dimensions: Iterable[Dimension]) -> None:
    """Hold dimensions against the facts that have them. Raises `DimensionInvalid`."""
    for one in dimensions:
        if one.sql and _asks_clock(parse(one.sql)):
            raise DimensionInvalid(
                f"The dimension {one.key!r} asks the clock or chance, so that its sums would be others"
                " with the same rows.",
                "Say it by what the warehouse holds.",
            )
        for key in one.facts or FACTS:
            if key not in FACTS:
                raise DimensionInvalid(
                    f"The dimension {one.key!r} is of {key!r}, which is no fact.", _hint(key, FACTS)
                )
            if one.column not in fact_columns(FACTS[key]):
                raise DimensionInvalid(
                    f"The dimension {one.key!r} is the column {one.column!r}, which the rows of"
                    f" {key} do not have.",
                    _hint(one.column, fact_columns(FACTS[key])),
                )


def _check_choice(metric: Metric, name: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise MetricInvalid(f"Metric {metric.key!r} has the {name} {given!r}.", _hint(given, known))


def check_aggregate(metric: str, aggregate: Aggregate) -> None:
    """Hold one aggregate of the metric of that key against its fact. Raises `MetricInvalid`."""
    if aggregate.fact not in FACTS:
        raise MetricInvalid(
            f"Metric {metric!r} counts {aggregate.fact!r}, which is no fact.",
            _hint(aggregate.fact, FACTS),
        )
    try:
        tree = parse(aggregate.sql)
        mentioned = columns_of(aggregate.sql)
    except SqlglotError as error:
        raise _refusal(metric, aggregate, f"is not SQL ({_reason(error)})") from error
    fact = FACTS[aggregate.fact]
    known = fact_columns(fact)
    for name in sorted(mentioned):
        if name not in known:
            raise MetricInvalid(
                f"Metric {metric!r} mentions the column {name!r}, which no {fact.row} has:"
                f" {aggregate.sql}",
                _hint(name, known),
            )
    for fault, hint in _faults(tree, aggregate):
        raise _refusal(metric, aggregate, fault, hint)


def _faults(tree: exp.Expr, aggregate: Aggregate) -> Iterator[tuple[str, str]]:
    """What the tree holds that one row of the fact cannot answer; and what to do instead."""
    root = tree.this if isinstance(tree, exp.Filter) else tree
    if tree.find(exp.Query):
        yield "reads another relation", "Put what you need of it into the fact's own file."
    if qualified := next((c for c in tree.find_all(exp.Column) if c.table), None):
        yield f"names {qualified.sql()!r} with its table", f"Say {qualified.name!r} alone."
    if tree.find(exp.Window):
        yield "looks at other rows of the result", "Put the window function into the fact's file."
    if _asks_clock(tree):
        yield (
            "asks the clock or chance, so that its figure would change with the same rows",
            "Compare with known_until, the instant of asking, where the fact has it.",
        )
    if sum(1 for _ in tree.find_all(exp.AggFunc)) != 1:
        yield (
            "is not one aggregate",
            "Count rows or gather one column; a row's own test holds none.",
        )
    if aggregate.rolled_up and not _adds_up(root):
        yield (
            "does not add up over days: only count(…) and sum(…) without distinct do",
            "Say rolled_up=False, and it is read from the facts each time.",
        )


def _asks_clock(tree: exp.Expr) -> bool:
    named = (found.name for found in tree.find_all(exp.Anonymous))
    return tree.find(*_CLOCKS) is not None or not _CLOCK_NAMES.isdisjoint(named)


def _adds_up(root: exp.Expr) -> bool:
    return isinstance(root, exp.Count | exp.Sum) and not isinstance(root.this, exp.Distinct)


def _refusal(metric: str, aggregate: Aggregate, fault: str, hint: str = "") -> MetricInvalid:
    return MetricInvalid(f"Metric {metric!r} cannot be used: {aggregate.sql} {fault}.", hint)


def _reason(error: SqlglotError) -> str:
    if isinstance(error, ParseError) and error.errors:
        return str(error.errors[0]["description"]).rstrip(".")
    return str(error).splitlines()[0].rstrip(".")


def _hint(given: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(given, list(known), n=1)
    there = f"There are: {', '.join(known)}."
    return f"Did you mean {near[0]}? {there}" if near else there
