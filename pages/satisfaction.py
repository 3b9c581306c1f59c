"""Satisfaction: how customers rate, response bias, and their comments."""

from dashboard.components.satisfaction import show_satisfaction
from dashboard.components.shared.page import guarded

with guarded():
    show_satisfaction()
