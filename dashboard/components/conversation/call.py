"""One call in the transcript: collapsed, with its request and response; a failure shows while collapsed."""

from datetime import datetime

from dashboard.components.shared.out_links import trace_html
from dashboard.components.shared.plain_text import as_html, inline_html
from dashboard.metrics.formatting import value_text
from dashboard.metrics.value_words import operation_phrase
from dashboard.reports.conversation.conversation import Row
from dashboard.reports.shared.moments import moment_words


def call_html(row: Row, key: tuple[str, str], started_at: datetime, time_zone: str) -> str:
    """A collapsed row for the span `row` of the conversation `key`, which started at `started_at`."""
    at = moment_words(row["started_at"], started_at, time_zone)
    what = operation_phrase(row["operation"], None if row["origin"] == "agent" else row["origin"])
    took = value_text("milliseconds", row["duration_ms"]) if row["duration_ms"] is not None else ""
    return (
        f'<details class="call" data-state="{_state(row)}"><summary>'
        f'<span class="line"><i aria-hidden="true">{_SHAPES[_state(row)]}</i>'
        f"<b>{inline_html(row['system'])} · {inline_html(row['name'])}</b>"
        f' <span class="muted">{inline_html(what)}</span>'
        f'<span class="took">{as_html(took)} <time>{as_html(at)}</time></span></span>'
        f"{_failure_html(row, key, started_at, time_zone)}</summary>{_inside_html(row)}</details>"
    )


_SHAPES = {"ok": "✓", "failed": "✕", "recovered": "✕"}


def _state(row: Row) -> str:
    if row["error_type"] is None:
        return "ok"
    return "failed" if row["recovered_at"] is None else "recovered"


def _failure_html(row: Row, key: tuple[str, str], started_at: datetime, time_zone: str) -> str:
    if row["error_type"] is None:
        return ""
    message = f": {row['error_message']}" if row["error_message"] else ""
    if row["recovered_at"]:
        later = f"Recovered at {moment_words(row['recovered_at'], started_at, time_zone)}."
    else:
        later = "Not recovered."
    account, conversation = key
    trace = trace_html(account, row["trace_id"], row["span_id"], conversation)
    return (
        f'<span class="failure"><b>Failed</b> {inline_html(row["error_type"] + message)}'
        f' <span class="later">{as_html(later)}</span> {trace}</span>'
    )


def _inside_html(row: Row) -> str:
    details = [("Status", row["status_code"]), ("Span", row["span_id"])]
    if row["input_tokens"] is not None or row["output_tokens"] is not None:
        counts = (_count(row["input_tokens"]), _count(row["output_tokens"]))
        details.append(("Tokens in, out", ", ".join(counts)))
    if row["cost_usd"] is not None:
        details.append(("Cost", f"{row['cost_usd']:.4f} USD"))
    facts = " · ".join(f"{name} {inline_html(value)}" for name, value in details if value)
    return (
        f'<div class="inside"><div class="muted">{facts}</div>'
        f"{_payload_html('Request', row['request'], row['request_characters'])}"
        f"{_payload_html('Response', row['response'], row['response_characters'])}</div>"
    )


def _count(tokens: int | None) -> str:
    return "unknown" if tokens is None else f"{tokens:,}"


def _payload_html(name: str, payload: str | None, characters: int | None) -> str:
    if payload is None:
        return f'<div class="payload"><h4>{name}</h4><p class="none">not recorded</p></div>'
    cut = ""
    if characters is not None and characters > len(payload):
        cut = (
            f'<p class="note">Showing the first {len(payload):,} of {characters:,} characters.</p>'
        )
    return f'<div class="payload"><h4>{name}</h4><pre dir="ltr">{as_html(payload)}</pre>{cut}</div>'
