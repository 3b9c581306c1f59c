"""The help centre's articles and what people changed, from `phrases/catalog.toml`."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import numpy as np

from dashboard.sources.demo.phrasebook import catalog
from dashboard.sources.demo.table import Table
from dashboard.sources.demo.world import World

_FURTHER_CHANGE_EVERY = 9


@lru_cache(maxsize=1)
def articles() -> dict[str, dict]:
    """The help centre's articles by id: title, and days from the anchor of the last edit."""
    return {entry["id"]: entry for entry in catalog()["article"]}


def articles_table(world: World) -> Table:
    """The relation `articles`, whole."""
    entries = list(articles().values())
    updated = np.array([_instant(world.anchor, entry["edited"], "11:20") for entry in entries])
    columns = {
        "article_id": _texts(entry["id"] for entry in entries),
        "title": _texts(entry["title"] for entry in entries),
        "url": _texts(f"https://help.hazelbook.example/{entry['id']}" for entry in entries),
        "updated_at": updated,
    }
    return Table("articles", columns, updated)


def changes_table(world: World, until: date) -> Table:
    """The relation `changes` up to the end of `until`."""
    entries = [entry for entry in catalog()["change"] if -entry["day"] < world.days]
    last = world.offset(until)
    further = catalog()["further"]
    for number, offset in enumerate(range(_FURTHER_CHANGE_EVERY, last + 1, _FURTHER_CHANGE_EVERY)):
        entries.append(further[number % len(further)] | {"day": offset})
    entries = [entry for entry in entries if entry["day"] <= last]
    when = np.array([_instant(world.anchor, entry["day"], entry["at"]) for entry in entries])
    columns = {
        "change_id": _texts(
            f"chg-{instant.astype('datetime64[D]')}-{entry['component']}"
            for instant, entry in zip(when, entries, strict=True)
        ),
        "changed_at": when,
        "component": _texts(entry["component"] for entry in entries),
        "title": _texts(entry["title"] for entry in entries),
        "url": _texts(entry.get("url") for entry in entries),
    }
    return Table("changes", columns, when)


def _instant(anchor: date, offset: int, at: str) -> np.datetime64:
    moment = datetime.combine(anchor + timedelta(days=offset), time.fromisoformat(at))
    return np.datetime64(moment, "ms")


def _texts(values: Iterable[str | None]) -> np.ndarray:
    return np.array(list(values), dtype=object)
