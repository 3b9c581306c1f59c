"""The company's customers: 3,000 small practices with their people, languages and habits."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dashboard.sources.demo.phrasebook import names
from dashboard.sources.demo.table import Table
from dashboard.sources.demo.world import World

LANGUAGES = ("en", "de", "es", "fr")
_LANGUAGE_SHARES = (0.68, 0.15, 0.08, 0.09)
_PLANS = (("Starter", 59.0), ("Practice", 149.0), ("Practice Plus", 289.0), ("Group", 640.0))
_PLAN_SHARES = (0.42, 0.36, 0.16, 0.06)
_REVENUE_UNKNOWN = 0.06
_LEDGER_SHARE = 1 / 3
# The few groups of practices that write in all day long.
_GROUP_SHARE = 0.02
_PEOPLE = 4


@dataclass(frozen=True)
class Company:
    """Arrays with one entry an account, in the order of the account numbers.

    `contacts` holds up to four people each as (first, last); `weight` is how often an account
    writes in; `is_group` marks those that do so all day; `has_ledger` those with the nightly sync.
    """

    ids: np.ndarray
    names: np.ndarray
    plan: np.ndarray
    language: np.ndarray
    currency: np.ndarray
    contacts: list[list[tuple[str, str]]]
    weight: np.ndarray
    is_group: np.ndarray
    has_ledger: np.ndarray


@lru_cache(maxsize=4)
def company(world: World) -> Company:
    """The accounts of `world`, always the same ones."""
    random = world.random("company")
    count = world.accounts
    language = random.choice(len(LANGUAGES), count, p=_LANGUAGE_SHARES)
    is_group = np.zeros(count, dtype=bool)
    is_group[random.permutation(count)[: max(1, int(count * _GROUP_SHARE))]] = True
    plan = np.where(is_group, 3, random.choice(len(_PLANS), count, p=_PLAN_SHARES))
    american = random.random(count) < 0.25
    contacts = [_people(LANGUAGES[code], random) for code in language]
    weight = random.lognormal(0, 0.6, count)
    weight[is_group] = random.lognormal(0, 0.8, is_group.sum())
    return Company(
        ids=np.array([f"acct-{1000 + number}" for number in range(count)], dtype=object),
        names=_practice_names(language, is_group, contacts, random),
        plan=plan,
        language=language,
        currency=np.where(language > 0, 2, np.where(american, 1, 0)),
        contacts=contacts,
        weight=weight,
        is_group=is_group,
        has_ledger=_ledger(count, random),
    )


def accounts_table(world: World) -> Table:
    """The relation `accounts`."""
    practices = company(world)
    random = world.random("accounts")
    count = world.accounts
    price = np.array([price for _, price in _PLANS])[practices.plan]
    seats = random.integers(0, 6, count) * 19.0
    unknown = random.random(count) < _REVENUE_UNKNOWN
    age = random.integers(world.days + 5, 1_900, count)
    created = (
        np.datetime64(world.anchor, "ms")
        - age.astype("timedelta64[D]")
        + random.integers(25_200, 61_200, count) * 1000
    )
    columns = {
        "account_id": practices.ids,
        "name": practices.names,
        "plan": np.array([name for name, _ in _PLANS], dtype=object)[practices.plan],
        "monthly_revenue": np.where(unknown, np.nan, price + seats),
        "created_at": created,
    }
    return Table("accounts", columns, created)


def _people(language: str, random: np.random.Generator) -> list[tuple[str, str]]:
    known = names()[language]
    firsts = random.choice(len(known["first"]), _PEOPLE, replace=False)
    lasts = random.integers(0, len(known["last"]), _PEOPLE)
    return [
        (known["first"][first], known["last"][last])
        for first, last in zip(firsts, lasts, strict=True)
    ]


def _practice_names(
    language: np.ndarray,
    is_group: np.ndarray,
    contacts: list[list[tuple[str, str]]],
    random: np.random.Generator,
) -> np.ndarray:
    taken: set[str] = set()
    chosen = []
    for code, runs_many, people in zip(language, is_group, contacts, strict=True):
        known = names()[LANGUAGES[code]]
        patterns = known["group" if runs_many else "practice"]
        pattern = patterns[random.integers(len(patterns))]
        place = known["place"][random.integers(len(known["place"]))]
        name = pattern.format(place=place, last=people[0][1], last2=people[1][1])
        if name in taken:
            towns = random.permutation(known["town"])
            branches = [f"{name}, {town}" for town in towns] + [f"{name} ({len(taken)})"]
            name = next(branch for branch in branches if branch not in taken)
        taken.add(name)
        chosen.append(name)
    return np.array(chosen, dtype=object)


def _ledger(count: int, random: np.random.Generator) -> np.ndarray:
    chosen = np.zeros(count, dtype=bool)
    chosen[random.permutation(count)[: max(2, round(count * _LEDGER_SHARE))]] = True
    return chosen
