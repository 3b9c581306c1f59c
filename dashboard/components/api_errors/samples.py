"""Sample traces of one error group: its newest failures, unmasked, each with a link to its trace."""

from collections.abc import Callable

import streamlit as st

from dashboard.components.api_errors.links import trace_link
from dashboard.components.shared.links import conversation_link
from dashboard.components.shared.out_links import trace_html
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import panel
from dashboard.components.shared.plain_text import as_html, inline_html
from dashboard.metrics.formatting import value_text
from dashboard.query.explaining import RowsBehind
from dashboard.reports.api_errors.error_group import MOST_SAMPLES, Sample, Window, samples_statement
from dashboard.reports.api_errors.error_identity import Identity
from dashboard.reports.shared.moments import moment_words
from dashboard.rollups.materialized import FAILURES
from dashboard.scope import Scope
from dashboard.scope_url import OpenScope

_HEAD: tuple[tuple[str, str, Callable[[OpenScope, Sample, Scope], str]], ...] = (
    (
        "when",
        "When",
        lambda page_scope, sample, scope: as_html(
            moment_words(sample.started_at, scope.as_of, scope.time_zone)
        ),
    ),
    ("customer", "Account", lambda page_scope, sample, scope: inline_html(sample.account_name)),
    (
        "message",
        "Message",
        lambda page_scope, sample, scope: (
            f'<div class="came" dir="auto">{inline_html(sample.message or "–")}</div>'
        ),
    ),
    ("status", "Status", lambda page_scope, sample, scope: inline_html(sample.status_code or "–")),
    (
        "took",
        "Duration",
        lambda page_scope, sample, scope: as_html(value_text("milliseconds", sample.duration_ms)),
    ),
    (
        "fate",
        "Recovery",
        lambda page_scope, sample, scope: (
            "recovered" if sample.is_recovered else '<b class="worse">not recovered</b>'
        ),
    ),
    ("open", "Open", lambda page_scope, sample, scope: _opens(page_scope, sample)),
)


def _opens(page_scope: OpenScope, sample: Sample) -> str:
    trace = trace_link(page_scope, sample.account_id, sample.trace_id, sample.span_id)
    html = f'<a href="{as_html(trace)}" target="_self">Trace</a>'
    if sample.conversation_id:
        href = conversation_link(page_scope, sample.account_id, sample.conversation_id)
        html += f' · <a href="{as_html(href)}" target="_self">Conversation</a>'
    out = trace_html(
        sample.account_id, sample.trace_id, sample.span_id, sample.conversation_id, "Tracing"
    )
    return f"{html} {out}"


def draw_samples(context: PageContext, group: Identity, found: Window) -> None:
    """The panel, the newest first."""
    scope = context.scope()
    statement = {"sample traces": RowsBehind(samples_statement(group, scope), FAILURES, scope)}
    note = f"The newest {MOST_SAMPLES} traces with this failure, messages unmasked."
    with panel("Sample traces", [], statement, note):
        scope = context.scope()
        head = "".join(f'<th scope="col" class="{key}">{label}</th>' for key, label, _ in _HEAD)
        rows = "".join(
            "<tr>"
            + "".join(
                f'<td class="{key}" data-label="{label}">{cell(context.page_scope, sample, scope)}</td>'
                for key, label, cell in _HEAD
            )
            + "</tr>"
            for sample in found.samples
        )
        st.html(
            f'<div class="cr"><table class="samples"><thead><tr>{head}</tr></thead>'
            f"<tbody>{rows}</tbody></table></div>"
        )
