"""What a conversation is called where its messages are not shown."""

from collections.abc import Mapping
from typing import Any

from dashboard.metrics.value_words import value_words


def conversation_title(row: Mapping[str, Any]) -> str:
    """Its subject, else its topic: About Data import."""
    if row.get("subject"):
        return row["subject"]
    return f"About {value_words('topic', row['topic'])}" if row["topic"] else "Conversation"
