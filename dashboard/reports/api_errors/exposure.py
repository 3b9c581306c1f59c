"""One error group's exposure: what became of the accounts' later episodes, against the others of the window.

An episode is exposed when its account had a failure of the group that was known before the episode
started, and had begun at most a horizon before. Only episodes that can be judged count: the AI took
part, and they are not pending.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Select,
    Subquery,
    case,
    column,
    extract,
    func,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import distinct_on

from dashboard.metrics.definitions.counts import SETTLED
from dashboard.metrics.facts import FACTS
from dashboard.metrics.sql import conditions, rows_of
from dashboard.postgres.read import fetch
from dashboard.query.measure import measure
from dashboard.reports.api_errors.error_identity import Identity, of_group
from dashboard.rollups.materialized import FAILURES, Rows, compute_rows
from dashboard.rollups.materialized_rows import materialized_rows
from dashboard.scope import Scope
from dashboard.stats.exposure import Exposure, Stratum, exposure

HORIZONS = {"7d": timedelta(days=7), "72h": timedelta(hours=72), "24h": timedelta(hours=24)}
"""How long before an episode a failure may be, by its name in a link; the first is the default."""

LAGS = (
    ("under 1 h", 1),
    ("1–3 h", 3),
    ("3–6 h", 6),
    ("6–12 h", 12),
    ("12–24 h", 24),
    ("1–2 d", 48),
    ("2–3 d", 72),
    ("3–7 d", 168),
    ("over 7 d", None),
)
"""The bins of the histogram and the hours at which each ends; from the failure on."""

START, HANDOFF = "start", "handoff"
MOST_LISTED = 20
_EPISODES = FACTS["episodes"]
_KEYS = ("account_id", "conversation_id")
_STRATUM = ("topic", "channel")
_EDGES = [hours for _, hours in LAGS if hours is not None]

Row = dict[str, Any]


@dataclass(frozen=True)
class ErrorExposure:
    """`found` is None where nothing can be compared. `lags`: `START` or `HANDOFF` → episodes by bin.

    `START` counts all exposed episodes by their start, `HANDOFF` those with a handoff by that.
    """

    found: Exposure | None
    strata: tuple[Stratum, ...]
    lags: dict[str, tuple[int, ...]]

    @property
    def exposed(self) -> int:
        return sum(stratum.exposed[1] for stratum in self.strata)


def error_exposure(group: Identity, scope: Scope, horizon: timedelta) -> ErrorExposure:
    """The exposure over the episodes of `scope`. The errors of `fetch` and `measure` pass through."""
    exposed: dict[tuple, list[int]] = {}
    lags = {START: [0] * len(LAGS), HANDOFF: [0] * len(LAGS)}
    for row in fetch(exposure_statement(group, scope, horizon, materialized_rows)):
        counts = exposed.setdefault((row["topic"], row["channel"]), [0, 0])
        counts[0] += row["escalated"]
        counts[1] += row["episodes"]
        lags[START][row["start_bin"]] += row["episodes"]
        if row["handoff_bin"] is not None:
            lags[HANDOFF][row["handoff_bin"]] += row["episodes"]
    found = _strata(exposed, _of_episodes(scope))
    return ErrorExposure(
        exposure(found), found, {kind: tuple(counts) for kind, counts in lags.items()}
    )


def _strata(exposed: dict[tuple, list[int]], scope: Scope) -> tuple[Stratum, ...]:
    """Each stratum's exposed episodes, and as the others what is left of all that can be judged."""
    rows = measure(["containment_rate"], scope, by=_STRATUM)
    strata = []
    for row in rows.itertuples():
        escalated, episodes = exposed.get((row.topic, row.channel), (0, 0))
        judged = int(row.denominator)
        others = (judged - int(row.numerator) - escalated, judged - episodes)
        strata.append(Stratum(row.topic, row.channel, (escalated, episodes), others))
    return tuple(strata)


def exposure_statement(
    group: Identity, scope: Scope, horizon: timedelta, rows: Rows = compute_rows
) -> Select:
    """What `error_exposure` asks of the exposed: episodes by stratum and the bins of their lags."""
    exposed = _exposed(group, scope, horizon, rows)
    groups = [exposed.c[name] for name in (*_STRATUM, *_BINS.values())]
    return select(
        *groups,
        func.count().label("episodes"),
        func.count().filter(exposed.c.is_escalated).label("escalated"),
    ).group_by(*groups)


_BINS = {START: "start_bin", HANDOFF: "handoff_bin"}


def exposed_episodes(
    group: Identity, scope: Scope, horizon: timedelta, kind: str, place: int
) -> list[Row]:
    """The newest exposed episodes of one bin of the histogram, at most `MOST_LISTED`.

    Columns: account, conversation, `account_name`, `topic`, `outcome`, `started_at`, `handoff_at`,
    `failed_at` (the failure known last before the start). Raises the errors of `fetch`.
    """
    exposed = _exposed(group, scope, horizon, materialized_rows)
    accounts = table("accounts", column("account_id"), column("name"))
    statement = (
        select(
            *(
                exposed.c[name]
                for name in (*_KEYS, "topic", "outcome", "started_at", "handoff_at", "failed_at")
            ),
            func.coalesce(accounts.c.name, exposed.c.account_id).label("account_name"),
        )
        .select_from(exposed.outerjoin(accounts, accounts.c.account_id == exposed.c.account_id))
        .where(exposed.c[_BINS[kind]] == place)
        .order_by(exposed.c.started_at.desc(), *(exposed.c[key] for key in _KEYS))
        .limit(MOST_LISTED)
    )
    return [dict(row) for row in fetch(statement)]


def _exposed(group: Identity, scope: Scope, horizon: timedelta, rows: Rows) -> Subquery:
    """The exposed episodes that can be judged, each with the failure known last before its start."""
    earlier = Scope(scope.since - horizon, scope.until, scope.as_of, scope.time_zone)
    failure = (
        select(column("account_id"), column("started_at"), column("known_at"))
        .select_from(rows(FAILURES, earlier, frame=1))
        .where(*of_group(group))
        .subquery("failure")
    )
    names = (*_KEYS, *_STRATUM, "outcome", "is_escalated", "started_at", "handoff_at")
    account: ColumnClause = literal_column("fact.account_id")
    episode = (
        select(*map(column, names))
        # Distinct, though they are: so an account's episodes are looked up by its key.
        .ext(distinct_on(account, literal_column("fact.conversation_id")))
        .select_from(rows_of(_EPISODES, scope))
        .where(
            literal_column(f"({SETTLED.where})"),
            *conditions(_EPISODES, _of_episodes(scope).filters),
            account == failure.c.account_id,
            literal_column("fact.started_at") >= failure.c.known_at,
            literal_column("fact.started_at") <= failure.c.started_at + literal(horizon),
        )
        .lateral("episode")
    )
    same = failure.c.account_id == episode.c.account_id
    last = (
        select(*episode.c, func.max(failure.c.known_at).label("failed_at"))
        .select_from(failure.join(episode, same))
        .group_by(*episode.c)
        .subquery("last")
    )
    lag = {
        START: last.c.started_at - last.c.failed_at,
        HANDOFF: last.c.handoff_at - last.c.failed_at,
    }
    bins = (_bin(lag[kind]).label(name) for kind, name in _BINS.items())
    return select(*last.c, *bins).subquery("exposed")


def _of_episodes(scope: Scope) -> Scope:
    own = {dimension.key for dimension in _EPISODES.dimensions}
    return replace(scope, filters=tuple(pair for pair in scope.filters if pair[0] in own))


def _bin(lag: ColumnElement) -> ColumnElement:
    """The place in `LAGS` of a time since the failure; null where there is none."""
    hours = extract("epoch", lag) / 3600
    return case(
        *((hours < edge, place) for place, edge in enumerate(_EDGES)),
        (hours.is_not(None), len(_EDGES)),
    )
