"""Links out to the helpdesk, the tracing system and the CRM, where the settings say how to make them."""

from dashboard.components.shared.plain_text import as_html
from dashboard.outlinks import out_link
from dashboard.settings import settings


def helpdesk_html(account_id: str, conversation_id: str | None, words: str = "Helpdesk") -> str:
    """A conversation in the helpdesk as a link, `words` on it; empty where there is none to make."""
    known = {"account_id": account_id, "conversation_id": conversation_id}
    return _html(settings().helpdesk_url, words, **known)


def trace_html(
    account_id: str,
    trace_id: str | None,
    span_id: str | None = None,
    conversation_id: str | None = None,
    words: str = "Trace",
) -> str:
    """A call's trace in the tracing system as a link; empty where there is none to make."""
    known = {
        "account_id": account_id,
        "trace_id": trace_id,
        "span_id": span_id,
        "conversation_id": conversation_id,
    }
    return _html(settings().tracing_url, words, **known)


def crm_html(account_id: str, words: str = "CRM") -> str:
    """An account in the CRM as a link; empty where there is none to make."""
    return _html(settings().crm_url, words, account_id=account_id)


def _html(template: str | None, words: str, **known: str | None) -> str:
    href = out_link(template, **known)
    if href is None:
        return ""
    # The other system must not learn which page, and so which customer, the visitor came from.
    return (
        f'<a class="out" href="{as_html(href)}" target="_blank" rel="noopener noreferrer">'
        f"{as_html(words)}&nbsp;↗</a>"
    )
