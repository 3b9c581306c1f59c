"""Background work: the nightly sync of invoices to the ledger, mostly well, sometimes silently not."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from dashboard.sources.demo.calls import NO_FAILURE, Failure
from dashboard.sources.demo.company import company
from dashboard.sources.demo.spans import FAILURES, failure_columns, identifiers
from dashboard.sources.demo.story import affected_accounts
from dashboard.sources.demo.table import NULL, Table
from dashboard.sources.demo.world import World

SYSTEM, JOB = "ledger-sync", "nightly_sync"
_AT = 3 * 3600 + 10 * 60
_SPREAD = 150
_RETRY_AFTER = 600
_FAILS_AND_RECOVERS, _FAILS = 0.006, 0.0012


@dataclass
class _Jobs:
    """One entry a run: its account, start and duration in seconds, failure or -1, and its day's run."""

    account: np.ndarray
    start: np.ndarray
    seconds: np.ndarray
    failure: np.ndarray
    step: np.ndarray


# What a run consists of: the job itself, and, where it failed, the calls it made.
_STEPS = (
    ("job", SYSTEM, JOB),
    ("http", "auth-service", "POST /oauth/token"),
    ("http", "ledger-api", "POST /v3/journals"),
)


def background_spans(world: World, day: date) -> Table:
    """The relation `spans` for the night's jobs; each run is a trace of its own."""
    random = world.random("nightly", day)
    jobs, run = _runs(world, day, random)
    started = np.datetime64(day, "ms") + (jobs.start * 1000).astype("timedelta64[ms]")
    taken = (jobs.seconds * 1000).astype("timedelta64[ms]")
    traces = identifiers(int(run.max(initial=0)) + 1, 16, random)
    ids = identifiers(len(run), 8, random)
    is_child = jobs.step > 0
    # A run's own span comes before its children's.
    parents = ids[np.searchsorted(run, run)]
    kinds = np.array(_STEPS, dtype=object)[jobs.step]
    columns = {
        "account_id": company(world).ids[jobs.account],
        "span_id": ids,
        "trace_id": traces[run],
        "parent_span_id": np.where(is_child, parents, NULL),
        "origin": np.full(len(run), "background", dtype=object),
        "operation": kinds[:, 0],
        "system": kinds[:, 1],
        "name": kinds[:, 2],
        "started_at": started,
        "duration_ms": np.round(jobs.seconds * 1000, 1),
        **_words(company(world).ids[jobs.account], jobs, day, random),
    }
    lag = (random.uniform(1, 6, len(run)) * 1000).astype("timedelta64[ms]")
    return Table("spans", columns, started + taken + lag)


def _runs(world: World, day: date, random: np.random.Generator) -> tuple[_Jobs, np.ndarray]:
    account = np.flatnonzero(company(world).has_ledger)
    chance = random.random(len(account))
    affected = np.isin(account, affected_accounts(world, day))
    recovers = (chance < _FAILS_AND_RECOVERS) & ~affected
    fails = affected | (chance < _FAILS_AND_RECOVERS + _FAILS)
    kind = random.choice([Failure.TIMEOUT, Failure.BAD_GATEWAY], len(account), p=[0.6, 0.4])
    first = _Jobs(
        account=account,
        start=_AT + random.uniform(-_SPREAD, _SPREAD, len(account)),
        seconds=np.where(fails, 31.5, random.lognormal(np.log(4.2), 0.5, len(account))),
        failure=np.where(fails, kind, NO_FAILURE),
        step=np.zeros(len(account), dtype=int),
    )
    again = _Jobs(
        account=account[recovers],
        start=first.start[recovers] + _RETRY_AFTER,
        seconds=random.lognormal(np.log(5.5), 0.4, int(recovers.sum())),
        failure=np.full(int(recovers.sum()), NO_FAILURE),
        step=np.zeros(int(recovers.sum()), dtype=int),
    )
    runs = _joined([first, again])
    number = np.arange(len(runs.account))
    failed = np.flatnonzero(runs.failure >= 0)
    token, journal = (_child(runs, failed, step) for step in (1, 2))
    order = np.argsort(np.concatenate([number, failed, failed]), kind="stable")
    every = _joined([runs, token, journal])
    return _joined([every], order), np.concatenate([number, failed, failed])[order]


def _child(runs: _Jobs, failed: np.ndarray, step: int) -> _Jobs:
    is_journal = step == 2
    return _Jobs(
        account=runs.account[failed],
        start=runs.start[failed] + (0.9 if is_journal else 0.2),
        seconds=np.full(len(failed), 30.0 if is_journal else 0.31),
        failure=runs.failure[failed] if is_journal else np.full(len(failed), NO_FAILURE),
        step=np.full(len(failed), step),
    )


def _joined(parts: list[_Jobs], order: np.ndarray | slice = slice(None)) -> _Jobs:
    return _Jobs(
        **{
            name: np.concatenate([getattr(part, name) for part in parts])[order]
            for name in ("account", "start", "seconds", "failure", "step")
        }
    )


def _words(
    accounts: np.ndarray, jobs: _Jobs, day: date, random: np.random.Generator
) -> dict[str, np.ndarray]:
    count = len(accounts)
    numbers = random.integers(3, 40, count).tolist()
    requests: list[str] = []
    responses: list[str | None] = []
    messages: list[str | None] = []
    rows = zip(accounts.tolist(), jobs.step.tolist(), jobs.failure.tolist(), numbers, strict=True)
    for account, step, failure, number in rows:
        requests.append(_REQUESTS[step].format(account=account, day=day, count=number))
        if failure == NO_FAILURE:
            messages.append(None)
            responses.append(_RESPONSES[step].format(count=number))
        else:
            reference = f"R-{number * 2_311 % 89_999 + 10_000}"
            text = FAILURES[failure][2].format(ref=reference, count=number)
            messages.append(text if step else f"POST /v3/journals: {text}")
            responses.append(None)
    return {
        "request": np.array(requests, dtype=object),
        "response": np.array(responses, dtype=object),
        **failure_columns(jobs.failure, messages),
    }


# The business date makes the next night's run a different request, not a retry of this one.
_REQUESTS = (
    '{{"practice": "{account}", "business_date": "{day}"}}',
    '{{"grant_type": "refresh_token", "practice": "{account}"}}',
    '{{"practice": "{account}", "business_date": "{day}", "invoices": {count}}}',
)
_RESPONSES = ('{{"synced_invoices": {count}}}', '{{"expires_in": 3600}}', "{{}}")
