"""The silent nightly sync: it fails, the AI says all is well, the customer comes back angry.

Nothing in the first conversation touches the failure: the AI reads the settings, which are right,
and the conversation ends in silence, so it counts as resolved by the AI. Hours later a human finds
the failed job.
"""

from datetime import date

import numpy as np

from dashboard.sources.demo.arrivals import Arrivals
from dashboard.sources.demo.company import company
from dashboard.sources.demo.phrasebook import phrasebook
from dashboard.sources.demo.plans import Plan
from dashboard.sources.demo.timeline import sync_fails
from dashboard.sources.demo.world import World

_AFFECTED_SHARE = (0.04, 0.12)
_WRITES_IN = 0.24
_COMES_BACK = 0.65


def affected_accounts(world: World, day: date) -> np.ndarray:
    """Numbers of the accounts whose sync fails silently in the night to `day`; usually none."""
    if not sync_fails(world, day):
        return np.zeros(0, dtype=int)
    random = world.random("story", day)
    synced = np.flatnonzero(company(world).has_ledger)
    count = max(2, int(len(synced) * random.uniform(*_AFFECTED_SHARE)))
    return np.sort(random.permutation(synced)[:count])


def story_arrivals(world: World, day: date) -> Arrivals:
    """Both visits of the affected customers who notice."""
    affected = affected_accounts(world, day)
    random = world.random("visits", day)
    count = max(min(2, len(affected)), int(len(affected) * _WRITES_IN))
    account = random.permutation(affected)[:count]
    practices = company(world)
    first = Arrivals(
        account=account,
        scenario=np.full(count, phrasebook().numbers("sync_first")[0]),
        start=random.uniform(7.6, 10.9, count) * 3600,
        channel=random.choice([0, 3], count),
        language=practices.language[account],
        language_known=np.ones(count, dtype=bool),
        plan=np.full(count, int(Plan.ASSUMED)),
        thread=random.integers(0, 2**62, count),
        is_back=np.zeros(count, dtype=bool),
        is_excluded=np.zeros(count, dtype=bool),
    )
    returning = max(min(1, count), round(count * _COMES_BACK))
    second = first.picked(np.arange(returning))
    second.scenario[:] = phrasebook().numbers("sync_back")[0]
    second.start += random.uniform(3.2, 5.2, returning) * 3600
    second.plan[:] = Plan.ESCALATED
    return first.joined(second)
