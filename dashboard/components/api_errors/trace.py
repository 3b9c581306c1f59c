"""One trace as a waterfall, and what the picked span asked and got."""

import streamlit as st

from dashboard.charts.traces import SpanBar, trace_figure
from dashboard.components.api_errors.links import group_link, overview_link
from dashboard.components.api_errors.picked import picked, picked_before
from dashboard.components.shared.ink import ink
from dashboard.components.shared.links import account_link, conversation_link
from dashboard.components.shared.out_links import trace_html
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import panel
from dashboard.components.shared.plain_text import as_html, as_line, inline_html
from dashboard.metrics.formatting import count_text, instant_words, value_text
from dashboard.metrics.value_words import operation_phrase
from dashboard.postgres.read import query
from dashboard.reports.api_errors.traces import (
    LONGEST_PAYLOAD,
    MOST_DRAWN,
    MOST_SPANS,
    Bar,
    Row,
    Trace,
    payload,
    trace,
)
from dashboard.scope import Scope

_LONGEST_LABEL = 60
_ROWS_IN_SIGHT, _TALLEST = 14, 680


def show_trace(context: PageContext, trace_id: str, account_id: str, span_id: str) -> None:
    """The trace of that account instead of the overview; `span_id` is picked, if it is there."""
    out = context.page_scope.where("account")
    back = as_html(overview_link(out))
    st.html(
        f'<nav class="cr nav"><a class="chip" href="{back}" target="_self">‹ All error groups</a></nav>'
    )
    if not account_id:
        _absent("The link names a trace but no account; it needs both.")
        return
    found = context.ask(
        "trace", lambda scope: trace(account_id, trace_id, scope), account_id, trace_id
    )
    if found is None:
        _absent(f"No trace {trace_id} of account {account_id} found at this as-of time.")
        return
    st.html(_head_html(context, found))
    _draw_waterfall(context, found, found.bar(span_id).span_id)


def _absent(words: str) -> None:
    st.html(f'<div class="cr absent"><p>{inline_html(words)}</p></div>')


def _head_html(context: PageContext, found: Trace) -> str:
    top, scope, keys = found.bars[0].row, context.scope(), found.conversation_ids
    links = "".join(
        f' · <a href="{as_html(conversation_link(context.page_scope, found.account_id, key))}"'
        ' target="_self">Open conversation →</a>'
        for key in keys[:3]
    )
    account = account_link(context.page_scope, found.account_id)
    out = trace_html(found.account_id, found.trace_id, conversation_id=next(iter(keys), None))
    failed = f"{found.failed:,} failed" if found.failed else "none failed"
    took = value_text("milliseconds", found.duration.total_seconds() * 1000)
    return (
        f'<header class="cr group-head"><h1>{inline_html(top["system"])} · {inline_html(top["name"])}'
        f' <span class="quiet">trace</span></h1><p><a href="{as_html(account)}" target="_self">'
        f"{inline_html(found.account_name)}</a> · "
        f"{as_html(instant_words(found.started_at, scope.time_zone, seconds=True))} "
        f"({as_html(scope.time_zone)}) · {count_text(found.spans, 'span')}, {failed} · {as_html(took)}"
        f'{links}</p><p class="faint">Trace <code>{as_html(found.trace_id)}</code> {out}</p></header>'
    )


def _draw_waterfall(context: PageContext, found: Trace, selected: str) -> None:
    asked = {"account": found.account_id, "trace": found.trace_id, "most": MOST_SPANS}
    statement = query("lists/trace_spans.sql").bindparams(**asked, as_of=context.scope().as_of)
    note = "Each span from start to end, below the span that called it. Select one for details."
    left, right = st.columns([3, 2], gap="medium")
    with left, panel("Waterfall", [], {"spans of the trace": statement}, note):
        places = {bar.span_id: place for place, bar in enumerate(found.bars)}
        clicked = picked_before(f"trace {found.trace_id}")
        if clicked in places:
            selected = clicked
            st.query_params["span"] = selected
        bars = [_bar(found, bar) for bar in found.bars]
        with st.container(
            height=_TALLEST if len(bars) > _ROWS_IN_SIGHT else "content", border=False
        ):
            picked(trace_figure(bars, places[selected], ink()), f"trace {found.trace_id}")
        if found.spans > len(found.bars):
            st.caption(
                f"Showing {len(found.bars):,} of {found.spans:,} spans (limit {MOST_DRAWN}): failed "
                "spans with their callers first, then in order."
            )
    with right:
        _draw_span(context, found, found.bars[places[selected]])


def _bar(found: Trace, bar: Bar) -> SpanBar:
    row = bar.row
    name = as_line(f"{row['system']} · {row['name']}")
    name = name if len(name) <= _LONGEST_LABEL else f"{name[: _LONGEST_LABEL - 1]}…"
    took = "not measured" if row["duration_ms"] is None else _took(row)
    lines = [f"<b>{as_html(name)}</b>", as_html(f"{_what(row)}, {took}")]
    if bar.is_failed:
        lines.append(as_html(as_line(f"{row['error_type']}: {row['error_message'] or ''}")[:140]))
    if bar.note:
        lines.append(as_html(bar.note))
    return SpanBar(
        as_html(name),
        as_html(took + (f", {bar.note}" if bar.note else "")),
        bar.depth,
        (row["started_at"] - found.started_at).total_seconds() * 1000,
        row["duration_ms"],
        _state(row),
        "<br>".join(lines),
        bar.span_id,
    )


def _state(row: Row) -> str:
    if row["error_type"] is None:
        return "ok"
    return "failed" if row["recovered_at"] is None else "recovered"


def _took(row: Row) -> str:
    return value_text("milliseconds", row["duration_ms"])


def _what(row: Row) -> str:
    return as_line(operation_phrase(row["operation"], row["origin"]))


def _draw_span(context: PageContext, found: Trace, bar: Bar) -> None:
    with panel("Span"):
        details = context.ask(
            "span",
            lambda scope: payload(found.account_id, bar.span_id, scope),
            found.account_id,
            bar.span_id,
        )
        st.html(_span_html(context, found, bar, details or {}))


def _span_html(context: PageContext, found: Trace, bar: Bar, details: Row) -> str:
    row, scope = bar.row, context.scope()
    started = instant_words(row["started_at"], scope.time_zone, seconds=True)
    facts = [
        ("Started", started),
        ("Duration", "not measured" if row["duration_ms"] is None else _took(row)),
        ("Status", row["status_code"]),
        ("Tokens in, out", _tokens(details)),
        ("Cost", None if details.get("cost_usd") is None else f"{details['cost_usd']:.4f} USD"),
        ("Span", row["span_id"]),
        ("Parents", bar.note),
    ]
    listed = "".join(
        f"<div><dt>{name}</dt><dd>{inline_html(value)}</dd></div>" for name, value in facts if value
    )
    return (
        f'<div class="cr span"><h2>{inline_html(row["system"])} · {inline_html(row["name"])}</h2>'
        f'<p class="muted">{inline_html(_what(row))}</p>{_failure_html(context, found, bar, scope)}'
        f"<dl>{listed}</dl>{_payload_html('Request', details)}{_payload_html('Response', details)}</div>"
    )


def _tokens(details: Row) -> str | None:
    counts = [details.get("input_tokens"), details.get("output_tokens")]
    if counts == [None, None]:
        return None
    return ", ".join("unknown" if count is None else f"{count:,}" for count in counts)


def _failure_html(context: PageContext, found: Trace, bar: Bar, scope: Scope) -> str:
    if not bar.is_failed:
        return ""
    row = bar.row
    later = "Not recovered."
    if row["recovered_at"]:
        later = f"Recovered at {instant_words(row['recovered_at'], scope.time_zone, seconds=True)}."
    group = found.groups.get(bar.span_id)
    more = ""
    if group:
        href = as_html(group_link(context.page_scope.where("account"), group))
        more = f' <a href="{href}" target="_self">All failures in this group →</a>'
    return (
        f'<div class="failure"><b>{inline_html(row["error_type"])}</b> '
        f'<span class="text">{as_html(row["error_message"] or "no message")}</span>'
        f'<div class="second">{as_html(later)}{more}</div></div>'
    )


def _payload_html(name: str, details: Row) -> str:
    text, characters = details.get(name.lower()), details.get(f"{name.lower()}_characters")
    if text is None:
        return f'<h3>{name}</h3><p class="faint">not recorded</p>'
    cut = ""
    if characters is not None and characters > len(text):
        cut = f'<p class="faint">Showing the first {LONGEST_PAYLOAD:,} of {characters:,} characters.</p>'
    return f'<h3>{name}</h3><pre dir="ltr">{as_html(text)}</pre>{cut}'
