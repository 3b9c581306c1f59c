"""How an outcome looks on every page: a shape, words and a colour."""

from dashboard.components.shared.plain_text import as_html
from dashboard.metrics.value_words import value_words

_SHAPES = {
    "escalated": "▲",
    "pending": "○",
    "abandoned": "✕",
    "confirmed": "●",
    "assumed": "◐",
    "ambiguous": "◇",
    "excluded": "⊘",
}


def outcome_html(outcome: str) -> str:
    """The outcome's shape and words; `palette.css` colours it."""
    return (
        f'<span class="outcome" data-outcome="{as_html(outcome)}">'
        f'<i aria-hidden="true">{_SHAPES.get(outcome, "◇")}</i>'
        f"{as_html(value_words('outcome', outcome))}</span>"
    )
