"""Traces: nesting whatever the source left out, and nothing after the instant."""

from datetime import timedelta
from typing import Any

import pytest

from dashboard.reports.api_errors.traces import (
    CIRCLE,
    LOST_PARENT,
    MOST_DRAWN,
    MOST_SPANS,
    Bar,
    Trace,
    arranged,
    drawn,
    payload,
    trace,
)
from dashboard.scope import Scope
from tests.conftest import Warehouse, at, conversation, span
from tests.present import present

DAY = Scope(at(0), at(24), at(24))


def row(key: str, parent: str | None = None, second: float = 0, **known: Any) -> dict[str, Any]:
    started = at(1) + timedelta(seconds=second)
    return {
        "span_id": key,
        "parent_span_id": parent,
        "started_at": started,
        "error_type": None,
        "duration_ms": 10.0,
        "conversation_id": None,
        **known,
    }


def shape(bars: list[Bar]) -> list[tuple[str, int, str]]:
    return [(bar.span_id, bar.depth, bar.note) for bar in bars]


def test_children_stand_below_their_parents_in_order_of_time():
    rows = [row("late", "top", 5), row("leaf", "early", 2), row("early", "top", 1), row("top")]
    assert shape(arranged(rows)) == [
        ("top", 0, ""),
        ("early", 1, ""),
        ("leaf", 2, ""),
        ("late", 1, ""),
    ]


def test_a_span_whose_parent_is_lost_stands_at_the_top_and_says_so():
    rows = [row("orphan", "lost", 3), row("below", "orphan", 4), row("top")]
    assert shape(arranged(rows)) == [
        ("top", 0, ""),
        ("orphan", 0, LOST_PARENT),
        ("below", 1, ""),
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row("self", "self")], [("self", 0, CIRCLE)]),
        ([row("b", "a", 1), row("a", "b")], [("a", 0, CIRCLE), ("b", 1, "")]),
        (
            [row("a", "c"), row("b", "a", 1), row("c", "b", 2), row("leaf", "b", 3), row("top")],
            [("top", 0, ""), ("a", 0, CIRCLE), ("b", 1, ""), ("c", 2, ""), ("leaf", 2, "")],
        ),
    ],
)
def test_a_circle_is_cut_at_its_first_span(rows: list[dict], expected: list[tuple]):
    assert shape(arranged(rows)) == expected


def test_every_span_stands_once_however_many_and_deep():
    chain = [row(f"s{i:04}", f"s{i - 1:04}" if i else None, i) for i in range(3_000)]
    bars = arranged(chain)
    assert [bar.depth for bar in bars] == list(range(3_000))
    bundle = [row("top"), *(row(f"c{i}", "top", i) for i in range(3_000))]
    assert len({bar.span_id for bar in arranged(bundle)}) == 3_001


def test_of_a_large_trace_the_failures_with_what_is_above_them_are_drawn_first():
    rows = [row("top"), *(row(f"s{i:04}", "top", i) for i in range(1_000))]
    rows.append(row("deep", "s0990", 999.5))
    rows.append(row("deeper", "deep", 999.6, error_type="timeout"))
    kept = [bar.span_id for bar in drawn(arranged(rows))]
    assert len(kept) == MOST_DRAWN
    assert {"top", "s0990", "deep", "deeper"} <= set(kept)
    others = [key for key in kept if key not in {"top", "s0990", "deep", "deeper"}]
    assert others == [f"s{i:04}" for i in range(MOST_DRAWN - 4)]
    assert drawn(arranged(rows[:50])) == arranged(rows[:50])


def test_the_picked_span_is_the_link_s_else_the_deepest_failure_else_the_first():
    rows = [row("top", error_type="e"), row("deep", "top", 1, error_type="e"), row("ok", "deep", 2)]
    found = Trace("a", "a", "t", tuple(arranged(rows)), 3, 2)
    assert found.bar("ok").span_id == "ok"
    assert found.bar("no such span").span_id == "deep"
    calm = Trace("a", "a", "t", tuple(arranged([row("top"), row("x", "top", 1)])), 2, 0)
    assert calm.bar("").span_id == "top"


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    in_trace = {"trace_id": "t", "conversation_id": "c1"}
    warehouse.add("accounts", [{"account_id": "a1", "name": "Harbour Dental"}])
    warehouse.add("conversations", [conversation(1, at(1))])
    warehouse.add(
        "spans",
        [
            span("top", at(1), duration_ms=60_000.0, **in_trace),
            span(
                "failed",
                at(1) + timedelta(seconds=1),
                parent_span_id="stop",
                error_type="timeout",
                error_message="no answer",
                request={"id": 1},
                **in_trace,
            ),
            span(
                "again",
                at(1) + timedelta(seconds=5),
                parent_span_id="stop",
                request={"id": 1},
                response={"ok": True},
                input_tokens=0,
                **in_trace,
            ),
            span(
                "device",
                at(1) + timedelta(seconds=2),
                parent_span_id="stop",
                origin="customer",
                duration_ms=None,
                **in_trace,
            ),
            span("other", at(1), account_id="a2", **in_trace),
            *(
                span(
                    f"wide{i}",
                    at(2) + timedelta(milliseconds=i),
                    trace_id="wide",
                    error_type="e" if i > 1_050 else None,
                )
                for i in range(1_100)
            ),
        ],
    )


def test_a_trace_of_one_account_with_every_origin():
    found = present(trace("a1", "t", DAY))
    assert (found.account_name, found.spans, found.failed) == ("Harbour Dental", 4, 1)
    assert shape(list(found.bars)) == [
        ("stop", 0, ""),
        ("sfailed", 1, ""),
        ("sdevice", 1, ""),
        ("sagain", 1, ""),
    ]
    assert found.duration == timedelta(seconds=60)
    assert found.conversation_ids == ["c1"]
    assert found.bar("sfailed").row["recovered_at"] == at(1) + timedelta(seconds=6)
    assert set(found.groups) == {"sfailed"}
    assert found.bar("sdevice").row["duration_ms"] is None


def test_what_ends_after_the_instant_is_not_there():
    early = present(trace("a1", "t", Scope(at(0), at(24), at(1) + timedelta(seconds=4))))
    assert [bar.span_id for bar in early.bars] == ["sfailed", "sdevice"]
    assert [bar.note for bar in early.bars] == [LOST_PARENT, LOST_PARENT]
    assert early.bar("sfailed").row["recovered_at"] is None
    assert trace("a1", "t", Scope(at(0), at(24), at(1))) is None
    assert trace("a1", "no such trace", DAY) is None
    assert trace("nobody", "t", DAY) is None


def test_a_trace_of_a_thousand_spans_keeps_its_failures():
    found = present(trace("a1", "wide", DAY))
    assert (found.spans, found.failed) == (1_100, 49)
    assert len(found.bars) == MOST_DRAWN
    assert sum(bar.is_failed for bar in found.bars) == 49
    assert MOST_SPANS < 1_100


def test_the_payload_of_a_span_as_text():
    told = present(payload("a1", "sagain", DAY))
    assert told["request"] == '{\n    "id": 1\n}'
    assert told["response_characters"] == len('{\n    "ok": true\n}')
    assert (told["input_tokens"], told["output_tokens"]) == (0, None)
    assert payload("a1", "sagain", Scope(at(0), at(24), at(1))) is None
    assert payload("a2", "sagain", DAY) is None
