"""The demo warehouse: a generated company, filled in one go and kept going at real-time pace."""

import sys
from datetime import UTC, datetime

from dashboard.errors import InvalidInput
from dashboard.sources.demo.fill import Progress, fill
from dashboard.sources.demo.world import World, anchor_for

LIVE_ARGV = (sys.executable, "-m", "dashboard", "simulate", "--live")
"""The command that keeps a filled demo going; it ends with the process that starts it."""


def fill_if_empty(progress: Progress) -> bool:
    """Fill an empty warehouse with the demo; False where it already holds something."""
    now = datetime.now(UTC)
    try:
        return fill(World(anchor_for(now)), now, progress)
    except InvalidInput:
        return False


__all__ = ["LIVE_ARGV", "Progress", "World", "anchor_for", "fill", "fill_if_empty"]
