"""What fills the gaps in the wording: names, invoice numbers, amounts, dates; one set an episode."""

from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from dashboard.sources.demo.arrivals import Arrivals
from dashboard.sources.demo.catalog import articles
from dashboard.sources.demo.company import LANGUAGES, company
from dashboard.sources.demo.phrasebook import names, phrasebook
from dashboard.sources.demo.world import World

Slots = dict[str, object]

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
_WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
}
_DATE_FORMS = {"en": "{} {}", "de": "{}. {}", "es": "{} de {}", "fr": "{} {}"}


def slots(world: World, day: date, who: Arrivals, random: np.random.Generator) -> list[Slots]:
    """One dictionary an episode: the slot's name to its text; the same in both parts of a thread."""
    practices = company(world)
    count = len(who)
    draws: dict[str, np.ndarray] = {
        "invoice": random.integers(104, 9_870, count),
        "payment": random.integers(100_000, 999_999, count),
        "ref": random.integers(40_000, 99_999, count),
        "count": random.integers(3, 42, count),
        "big": random.integers(120, 2_900, count),
        "card": random.integers(1_000, 9_999, count),
        "person": random.integers(0, 3, count),
        "client": random.integers(0, 1_000, count),
        "agent": random.integers(0, len(names()["human_agents"]), count),
        "back": random.integers(1, 12, count),
        "further": random.integers(13, 45, count),
        "ahead": random.integers(1, 20, count),
        "hour": random.integers(8, 18, count),
        "quarter": random.integers(0, 4, count),
    }
    amounts = np.round(random.lognormal(np.log(140), 0.8, count), 2)
    owed = np.round(amounts * random.uniform(1.05, 1.6, count), 2)
    draws |= {"amount": amounts, "owed": owed}
    _, first, same = np.unique(who.thread, return_index=True, return_inverse=True)
    columns = {name: values[first[same]].tolist() for name, values in draws.items()}
    columns |= {
        "account": who.account.tolist(),
        "language": who.language.tolist(),
        "scenario": who.scenario.tolist(),
        "currency": practices.currency[who.account].tolist(),
    }
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    return [_filled(world, day, row) for row in rows]


def _filled(world: World, day: date, row: dict) -> Slots:
    practices = company(world)
    language = LANGUAGES[row["language"]]
    known = names()[language]
    scenario = phrasebook().scenarios[row["scenario"]]
    people = practices.contacts[row["account"]]
    first, last = people[row["person"]]
    client = row["client"]
    filled: Slots = {
        "first": first,
        "last": last,
        "practice": practices.names[row["account"]],
        "account": practices.ids[row["account"]],
        "staff": people[3][0],
        "client": f"{known['first'][client % len(known['first'])]} "
        f"{known['last'][client % len(known['last'])]}",
        "invoice": f"INV-{row['invoice']:05d}",
        "payment": f"pay_{row['payment']}",
        "ref": f"R-{row['ref']}",
        "number": row["ref"],
        "count": row["count"],
        "few": 2 + row["count"] % 4,
        "big": row["big"],
        "card": row["card"],
        "amount": _money(row["amount"], row["currency"]),
        "owed": _money(row["owed"], row["currency"]),
        "time": f"{row['hour']:02d}:{row['quarter'] * 15:02d}",
        **_dates(day, row, language),
        "agent": names()["human_agents"][row["agent"]].split()[0],
        "agent_name": names()["human_agents"][row["agent"]],
        "article": scenario.article or "",
        "article_title": articles()[scenario.article]["title"] if scenario.article else "",
        "search": scenario.search,
    }
    filled["lookup"] = scenario.lookup[language].format_map(filled)
    return filled


def _dates(day: date, row: dict, language: str) -> Slots:
    return {
        "day": _spoken(day, -row["back"], language),
        "earlier": _spoken(day, -row["further"], language),
        "soon": _spoken(day, row["ahead"], language),
        "weekday": _weekday(day, -row["back"], language),
        "iso_day": _iso(day, -row["back"]),
        "iso_today": _iso(day, 0),
        "iso_soon": _iso(day, row["ahead"]),
    }


def _money(amount: float, currency: int) -> str:
    if currency == 2:
        return f"{amount:.2f} €".replace(".", ",")
    return f"{'$' if currency else '£'}{amount:,.2f}"


@lru_cache(maxsize=1024)
def _spoken(day: date, shift: int, language: str) -> str:
    then = day + timedelta(days=shift)
    return _DATE_FORMS[language].format(then.day, _MONTHS[language].split()[then.month - 1])


@lru_cache(maxsize=1024)
def _weekday(day: date, shift: int, language: str) -> str:
    return _WEEKDAYS[language].split()[(day + timedelta(days=shift)).weekday()]


@lru_cache(maxsize=1024)
def _iso(day: date, shift: int) -> str:
    return (day + timedelta(days=shift)).isoformat()
