"""Escalations: how many, when, why and where to, who waits now and whom nobody answered."""

from dashboard.components.escalations import show_escalations
from dashboard.components.shared.page import guarded

with guarded():
    show_escalations()
