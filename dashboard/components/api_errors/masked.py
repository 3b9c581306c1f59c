"""A masked message as HTML: what was masked stands out from what every occurrence says."""

import re

from dashboard.components.shared.plain_text import as_html

_MASKS = re.compile("('…'|‹id›|‹n›)")
NO_MESSAGE = '<i class="faint">no message</i>'


def masked_html(message: str | None) -> str:
    """`message`, escaped, each mask in a quiet box of its own."""
    if not message:
        return NO_MESSAGE
    parts = _MASKS.split(message)
    return (
        "<bdi>"
        + "".join(
            f'<span class="mask">{as_html(part.strip("‹›"))}</span>' if place % 2 else as_html(part)
            for place, part in enumerate(parts)
        )
        + "</bdi>"
    )
