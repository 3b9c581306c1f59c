"""What is left to chance: the same draws in every ordinary run, new ones in `make test-random`.

`TEST_SEED` (a whole number) makes a run explore: all that is drawn comes from it, and far more of it.
"""

import os
from random import Random

from hypothesis import HealthCheck, settings

_USUAL_SEED = 20260325
_TIMES_MORE = 10
_given = os.environ.get("TEST_SEED")

EXPLORES = _given is not None
SEED = int(_given) if _given else _USUAL_SEED


def load_profile() -> None:
    """Tell Hypothesis: nothing is remembered from run to run, and a slow machine is no failure."""
    settings.register_profile(
        "chance",
        max_examples=100 * (_TIMES_MORE if EXPLORES else 1),
        # Where a seed is given, `--hypothesis-seed` sets it.
        derandomize=not EXPLORES,
        database=None,
        deadline=None,
        print_blob=EXPLORES,
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("chance")


def tries(count: int) -> settings:
    """So many examples in an ordinary run: for tests of which each example asks a warehouse."""
    return settings(max_examples=count * (_TIMES_MORE if EXPLORES else 1))


def chance() -> Random:
    """What rows are drawn from."""
    return Random(SEED)
