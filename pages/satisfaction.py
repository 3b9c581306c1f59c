"""Satisfaction: how customers rate, who does and who does not, and what they write."""

from dashboard.components.satisfaction import show_satisfaction
from dashboard.components.shared.page import guarded

with guarded():
    show_satisfaction()
