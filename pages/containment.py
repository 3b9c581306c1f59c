"""Containment: how much the AI contains and resolves, and what changed it."""

from dashboard.components.containment import show_containment
from dashboard.components.shared.page import guarded

with guarded():
    show_containment()
