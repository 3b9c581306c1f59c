"""Conversation: its messages and calls, and what happened to this customer before."""

from dashboard.components.conversation import show_conversation
from dashboard.components.shared.page import guarded

with guarded():
    show_conversation()
