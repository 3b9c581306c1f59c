"""The result files themselves: what is in the warehouse against what stands in the JSON.

The counting here reads the JSON with nothing of the importer.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

_DATA = Path(
    os.environ.get("CONTROL_ROOM_TAU_DATA")
    or Path(__file__).resolve().parents[3] / "shared" / "data" / "tau"
)
_FILES = {
    "tau1_airline_gpt-4o_4trials.json": (200, 1164, 0, 73, 48),
    "tau2_airline_gpt-4.1.json": (20, 148, 0, 1, 3),
    "tau2_retail_gpt-4.1-sft.json": (40, 292, 0, 23, 1),
    "tau2_retail_gpt-4.1.json": (40, 299, 0, 12, 2),
    "tau2_telecom_gpt-4.1.json": (40, 207, 482, 0, 25),
}
pytestmark = [
    pytest.mark.tau,
    pytest.mark.skipif(not _DATA.is_dir(), reason=f"no tau-bench result files in {_DATA}"),
]
each_file = pytest.mark.parametrize("name", _FILES)


def _records(name: str) -> list[tuple[dict, list[dict]]]:
    document = json.loads((_DATA / name).read_text())
    if isinstance(document, dict):
        return [(record, record["messages"]) for record in document["simulations"]]
    return [(record, record["traj"]) for record in document]


def _pairs(entries: list[dict]) -> Iterator[tuple[str, str, object, str, bool]]:
    """Side, tool, arguments, answer and failure of every call, by the order they stand in."""
    waiting: list[tuple[str, str, object]] = []
    for entry in entries:
        if entry["role"] == "tool":
            side, tool, arguments = waiting.pop(0)
            failed = entry["error"] if "error" in entry else entry["content"].startswith("Error")
            yield side, tool, arguments, entry["content"], failed
            continue
        assert not waiting
        for call in entry.get("tool_calls") or []:
            if "function" in call:
                function = call["function"]
                waiting.append(("assistant", function["name"], json.loads(function["arguments"])))
            else:
                waiting.append((call["requestor"], call["name"], call["arguments"]))
    assert not waiting


def _counted(name: str) -> tuple[int, int, int, int, int]:
    conversations = agent = customer = failures = escalated = 0
    for _, entries in _records(name):
        conversations += 1
        pairs = list(_pairs(entries))
        agent += sum(side == "assistant" for side, *_ in pairs)
        customer += sum(side == "user" for side, *_ in pairs)
        failures += sum(failed for *_, failed in pairs)
        escalated += any(
            side == "assistant" and tool == "transfer_to_human_agents" for side, tool, *_ in pairs
        )
    return conversations, agent, customer, failures, escalated


_COUNTS = """
select
    (select count(*) from conversations) as conversations,
    (select count(*) from spans where origin = 'agent') as agent,
    (select count(*) from spans where origin = 'customer') as customer,
    (select count(*) from spans where error_type is not null) as failed,
    (select count(*) from conversations where handoff_at is not null) as escalated
"""


@each_file
def test_the_warehouse_counts_what_the_file_holds(tau_warehouse, name):
    loaded = tau_warehouse.load_path(_DATA / name)
    assert loaded.refused == []
    stored = tuple(tau_warehouse.row(_COUNTS).values())
    assert stored == _counted(name) == _FILES[name]


def test_the_files_together_are_the_sum_of_each(tau_warehouse):
    for name in _FILES:
        tau_warehouse.load_path(_DATA / name)
    sums = tuple(map(sum, zip(*map(_counted, _FILES), strict=True)))
    assert tuple(tau_warehouse.row(_COUNTS).values()) == sums
    by_version = tau_warehouse.rows(
        "select topic, agent_version, count(*) as n from conversations group by 1, 2 order by 1, 2"
    )
    assert [tuple(row.values()) for row in by_version] == [
        ("airline", "gpt-4.1", 20),
        ("airline", "gpt-4o", 200),
        ("retail", "ft:gpt-4.1-2025-04-14:sierra:tau2-full-sft:BzrYdMNm", 40),
        ("retail", "gpt-4.1", 40),
        ("telecom", "gpt-4.1", 40),
    ]


@each_file
def test_every_call_keeps_its_own_arguments_and_answer(tau_warehouse, name):
    tau_warehouse.load_path(_DATA / name)
    spans = tau_warehouse.rows(
        "select origin, name, request, response, error_message, conversation_id from spans"
        " order by conversation_id, span_id"
    )
    stored: dict[str, list[dict]] = {}
    for span in spans:
        stored.setdefault(span.pop("conversation_id"), []).append(span)
    expected = []
    for _, entries in _records(name):
        expected.append(
            [
                {
                    "origin": {"assistant": "agent", "user": "customer"}[side],
                    "name": tool,
                    "request": arguments,
                    "response": _as_json(answer),
                    "error_message": answer if failed else None,
                }
                for side, tool, arguments, answer, failed in _pairs(entries)
            ]
        )
    as_text = sorted(json.dumps(calls, sort_keys=True) for calls in stored.values())
    assert as_text == sorted(json.dumps(calls, sort_keys=True) for calls in expected if calls)


def _as_json(text: str) -> object:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, dict | list) else text


@each_file
def test_every_text_is_shown_once_without_control_tokens(tau_warehouse, name):
    tau_warehouse.load_path(_DATA / name)
    tokens = ("###STOP###", "###TRANSFER###", "###OUT-OF-SCOPE###")
    expected = []
    for _, entries in _records(name):
        for entry in entries:
            text = entry["content"] or ""
            if entry["role"] == "user" and any(token in text for token in tokens):
                for token in tokens:
                    text = text.replace(token, "")
                text = text.strip()
            if entry["role"] in ("user", "assistant") and text.strip():
                author = "customer" if entry["role"] == "user" else "ai_agent"
                expected.append((author, text))
    stored = tau_warehouse.rows("select author, body from messages")
    assert sorted((row["author"], row["body"]) for row in stored) == sorted(expected)


@each_file
def test_the_reward_is_an_evaluation_and_never_a_rating(tau_warehouse, name):
    tau_warehouse.load_path(_DATA / name)
    rewards = [
        record["reward"] if "reward" in record else record["reward_info"]["reward"]
        for record, _ in _records(name)
    ]
    stored = tau_warehouse.rows("select score from evaluations where name = 'task_reward'")
    assert sorted(row["score"] for row in stored) == sorted(rewards)
    unknown = tau_warehouse.row(
        "select count(rating) + count(rated_at) + count(rating_comment) + count(closing_signal)"
        " + count(language) + count(first_human_reply_at) as n from conversations"
    )
    assert unknown == {"n": 0}


@each_file
def test_only_measured_times_give_durations(tau_warehouse, name):
    tau_warehouse.load_path(_DATA / name)
    is_placed = name.startswith("tau1")
    placed = tau_warehouse.row(
        "select bool_and(times_placed) as every, bool_or(times_placed) as any from conversations"
    )
    assert placed == {"every": is_placed, "any": is_placed}
    durations = tau_warehouse.row(
        "select count(*) as spans, count(duration_ms) as measured, min(duration_ms) as least,"
        " count(input_tokens) + count(output_tokens) + count(cost_usd) as spent from spans"
    )
    assert durations["measured"] == (0 if is_placed else durations["spans"])
    assert is_placed or durations["least"] > 0
    assert durations["spent"] == 0


@each_file
def test_the_transcript_keeps_its_order_in_time(tau_warehouse, name):
    tau_warehouse.load_path(_DATA / name)
    disorder = tau_warehouse.rows(
        """
        select conversation_id from (
            select conversation_id, position, sent_at,
                lag(sent_at) over (
                    partition by account_id, conversation_id order by position
                ) as before
            from messages) m
        where sent_at < before
        union all
        select conversation_id from conversations c join spans s using (account_id, conversation_id)
        where s.started_at not between c.started_at and c.ended_at
        union all
        select conversation_id from conversations
        where not (started_at < first_ai_reply_at and first_ai_reply_at <= ended_at
            and coalesce(handoff_at between started_at and ended_at, true))
        """
    )
    assert disorder == []


def test_loading_the_files_twice_changes_nothing(tau_warehouse):
    for name in _FILES:
        tau_warehouse.load_path(_DATA / name)
    before = tau_warehouse.everything()
    for name in _FILES:
        rows = tau_warehouse.load_path(_DATA / name).rows
        assert (rows.inserted, rows.updated) == (0, 0)
    assert tau_warehouse.everything() == before


def test_customers_are_named_and_shared_between_files(tau_warehouse):
    for name in _FILES:
        tau_warehouse.load_path(_DATA / name)
    accounts = {
        row["account_id"]: row["name"] for row in tau_warehouse.rows("select * from accounts")
    }
    assert accounts["tau-bench:C1001"] == "John Smith"
    assert accounts["tau-bench:mia_li_3668"] == "Mia Li"
    # The back end never answered with these two customers' own record.
    assert {key for key, name in accounts.items() if key == f"tau-bench:{name}"} == {
        "tau-bench:fatima_johnson_7581",
        "tau-bench:lucas_brown_4047",
    }
    told = {
        f"tau-bench:{record['info']['task']['user_id']}"
        for record, _ in _records("tau1_airline_gpt-4o_4trials.json")
    }
    stored = tau_warehouse.rows("select distinct account_id from conversations where times_placed")
    assert {row["account_id"] for row in stored} == told
    in_both = tau_warehouse.rows(
        "select account_id from conversations group by 1 having count(distinct times_placed) = 2"
    )
    assert len(in_both) > 0
