"""Escalations: how many, when, why and to which queue; who is waiting and who got no answer."""

from dashboard.components.escalations import show_escalations
from dashboard.components.shared.page import guarded

with guarded():
    show_escalations()
