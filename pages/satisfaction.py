"""Satisfaction: how customers rate, who does and who does not, and what they write."""

from dashboard.components.page import guarded
from dashboard.components.satisfaction import show_satisfaction

with guarded():
    show_satisfaction()
