"""Conversations: find those behind a figure, or by what happened in them."""

from dashboard.components.conversations import show_conversations
from dashboard.components.shared.page import guarded

with guarded():
    show_conversations()
