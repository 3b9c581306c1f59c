"""Containment: how much the AI contains and resolves, why that moved, and by whose rule."""

from dashboard.components.containment import show_containment
from dashboard.components.shared.page import guarded

with guarded():
    show_containment()
