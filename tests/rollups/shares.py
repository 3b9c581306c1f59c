"""How much of the windows' time was read from what is kept."""

import pandas as pd

from dashboard.query.read_from import Store


def shares(figures: pd.DataFrame) -> dict[str, float]:
    """Rollup group, or table of materialized rows → its share, of what `measure` returned."""
    return {
        source.name: source.share
        for sources in figures.attrs["read_from"].values()
        for source in sources
        if source.store is not Store.FACTS
    }
