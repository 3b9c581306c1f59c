"""What several metrics count, and what they leave out."""

from dashboard.metrics.figure import RowCount
from dashboard.metrics.kinds import Share

NOT_EXCLUDED = "Test, spam and outbound conversations"
NOR_PENDING = f"{NOT_EXCLUDED}; episodes that have not ended"
SPANS_EXCLUDED = "Spans from the customer's own device; spans in excluded conversations"

EPISODES = RowCount("episodes", "episodes")
INVOLVED = RowCount("episodes", "involved episodes", "is_involved")
ANSWERED = RowCount("episodes", "episodes the AI answered", "first_ai_reply_at is not null")
SETTLED = RowCount(
    "episodes", "involved episodes that are not pending", "is_involved and not is_pending"
)
CONTAINED = RowCount(
    "episodes",
    "involved episodes that ended without escalation",
    "is_involved and not is_pending and not is_escalated",
)
RESOLVED = RowCount("episodes", "resolved episodes, confirmed or assumed", "is_resolved")
CONFIRMED = RowCount("episodes", "episodes the customer confirmed", "outcome = 'confirmed'")
ENDED = RowCount("episodes", "episodes that have ended", "ended_at is not null")
HANDOFFS = RowCount("handoffs", "handoffs")
SPANS = RowCount("spans", "spans")
FAILED = RowCount("spans", "failed spans", "is_failed")
TIMED = RowCount("spans", "spans with a measured duration", "duration_ms is not null")
NO_LONGER_WAITING = RowCount("handoffs", "handoffs no longer waiting", "not is_waiting")
UNANSWERED = RowCount(
    "handoffs",
    "handoffs whose episode ended without a human reply",
    "not is_waiting and first_human_reply_at is null",
)
ANSWERED_OR_WAITING = RowCount("handoffs", "handoffs with measured times", "not times_placed")

INVOLVED_SHARE = Share(INVOLVED, EPISODES)
RESOLVED_SHARE = Share(RESOLVED, SETTLED)
