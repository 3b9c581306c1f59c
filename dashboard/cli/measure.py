"""`measure`: the same figures as on screen, for scripts."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

from dashboard.errors import ScopeInvalid
from dashboard.metrics.buckets import BUCKETS
from dashboard.metrics.registry import METRICS, find_metric
from dashboard.query.measure import measure, sources_of
from dashboard.query.read_from import ReadFrom, Reading, Store, sentence
from dashboard.scope import (
    Scope,
    filter_text,
    instant_text,
    make_filters,
    parse_filter_value,
    parse_instant,
    parse_length,
)
from dashboard.settings import settings

_EXAMPLES = """\
examples:
  python -m dashboard measure containment_rate --by topic
  python -m dashboard measure containment_rate escalations --by topic --from 2026-03-01 --to 2026-03-08
  python -m dashboard measure csat --bucket day --last 14d --where channel=chat --format csv
  python -m dashboard measure api_error_rate --by system --as-of 2026-03-02T09:40 --format json
  python -m dashboard measure csat --last 28d --explain
  python -m dashboard measure --list
"""


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Describe the command."""
    command = commands.add_parser(
        "measure",
        help="print metrics with n and confidence interval",
        description="Print metrics as of a point in time, each with n and, for rates, the 95 % interval.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("metric", nargs="*", help="metric keys; --list shows them")
    command.add_argument("--list", action="store_true", help="list all metrics and exit")
    command.add_argument(
        "--by", nargs="+", default=[], metavar="DIM", help="dimensions to break down by"
    )
    command.add_argument("--bucket", choices=BUCKETS, help="one row per time bucket")
    command.add_argument("--from", dest="since", metavar="TIME", help="start of the window")
    command.add_argument("--to", dest="until", metavar="TIME", help="end of the window (exclusive)")
    command.add_argument(
        "--last",
        metavar="LENGTH",
        help="length of the window before --as-of, for example 24h (default 7d)",
    )
    command.add_argument(
        "--as-of", metavar="TIME", help="use only what was known then (default: now)"
    )
    command.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="DIM=VALUE",
        help="filter; repeat for more values; (unknown) matches missing values",
    )
    command.add_argument(
        "--dated-by",
        choices=("episode", "event"),
        default="episode",
        help="date ratings by their episode (default) or by when they were given",
    )
    command.add_argument("--time-zone", help="reporting time zone (default: REPORTING_TIME_ZONE)")
    way = command.add_mutually_exclusive_group()
    way.add_argument(
        "--facts",
        dest="reading",
        action="store_const",
        const=Reading.FACTS,
        help="ignore rollups and compute the same figures from all rows",
    )
    way.add_argument(
        "--rollups",
        dest="reading",
        action="store_const",
        const=Reading.ROLLUPS,
        help="read rollups wherever they can answer, even where the facts are quicker",
    )
    command.add_argument(
        "--explain",
        action="store_true",
        help="say what each figure was read from, and why; --format json and csv always do",
    )
    command.add_argument("--format", choices=("table", "json", "csv"), default="table")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure and print."""
    if arguments.list:
        for metric in METRICS.values():
            print(f"{metric.key:<30} {metric.description}")
        return 0
    if not arguments.metric:
        raise ScopeInvalid("No metric given.", "`python -m dashboard measure --list` lists them.")
    scope = scope_from(arguments, datetime.now(UTC))
    figures = measure(
        arguments.metric,
        scope,
        arguments.by,
        arguments.bucket,
        arguments.dated_by,
        arguments.reading or Reading.CHEAPEST,
    )
    figures.insert(1, "unit", [find_metric(key).unit for key in figures["metric"]])
    sources = {key: sources_of(figures, key, arguments.dated_by) for key in arguments.metric}
    if arguments.explain:
        for key, read_from in sources.items():
            print(f"{key}: {sentence(read_from)}", file=sys.stderr)
    if arguments.format != "table":
        shares = {key: rolled_share(read_from) for key, read_from in sources.items()}
        figures["from_rollups"] = [shares[key] for key in figures["metric"]]
        told = _as_data if arguments.format == "json" else sentence
        figures["read_from"] = [told(sources[key]) for key in figures["metric"]]
    _print(figures, arguments.format, list(arguments.by))
    return 0


def scope_from(arguments: argparse.Namespace, now: datetime) -> Scope:
    """The scope that the options name, asked at `now` unless `--as-of` says otherwise."""
    zone = arguments.time_zone or settings().reporting_time_zone
    as_of = parse_instant(arguments.as_of, zone) if arguments.as_of else now
    if arguments.since and arguments.last:
        raise ScopeInvalid("--from and --last cannot be combined.", "Use one of them.")
    latest = Scope.last(parse_length(arguments.last or "7d"), as_of, zone)
    until = parse_instant(arguments.until, zone) if arguments.until else latest.until
    since = parse_instant(arguments.since, zone) if arguments.since else until - latest.length
    filters: dict[str, list[str | None]] = {}
    for text in arguments.where:
        dimension, separator, value = text.partition("=")
        if not separator:
            raise ScopeInvalid(
                f"{text!r} is not a filter.", "Use for example --where channel=chat."
            )
        filters.setdefault(dimension.strip(), []).append(parse_filter_value(value.strip()))
    return Scope(since, until, as_of, zone, make_filters(filters))


def rolled_share(sources: Sequence[ReadFrom]) -> float:
    """How much of the windows' time a figure was read from what is kept: 0 to 1, of its slowest part."""
    return min(0.0 if part.store is Store.FACTS else part.share for part in sources)


def _as_data(sources: Sequence[ReadFrom]) -> list[dict[str, Any]]:
    return [part.as_data() for part in sources]


def _print(figures: pd.DataFrame, form: str, by: list[str]) -> None:
    if form == "csv":
        figures.to_csv(sys.stdout, index=False)
        return
    if form == "json":
        records = [
            {name: _plain(value) for name, value in row.items()}
            for row in figures.to_dict(orient="records")
        ]
        json.dump(records, sys.stdout, indent=2, ensure_ascii=False, allow_nan=False)
        print()
        return
    for name in by:
        figures[name] = [filter_text(value) for value in figures[name]]
    kept = figures.drop(columns=["numerator", "denominator"]).dropna(axis="columns", how="all")
    print(kept.to_string(index=False, na_rep="–", float_format=lambda value: f"{value:.4g}"))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value if isinstance(value, list) or not pd.isna(value) else None
