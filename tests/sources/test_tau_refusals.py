"""Broken files and records: refused by their place, never stopping the rest."""

import json
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chance import tries
from tests.sources.tau_entries import (
    ASK,
    REPLY,
    answers,
    calls,
    function_answer,
    function_call,
    run,
    tau1,
    tau2,
)

COUNTS = "select count(*) as n from conversations"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty."),
        (" \n", "is empty."),
        ("version https://git-lfs.github.com", "is not JSON at line 1, column 1 (character 1)."),
        ('[{"task_id": 1,\n "traj": [{"role": "us', "is cut off: its JSON does not go on after"),
        ('{"simulations": [{"id": ', "is cut off: its JSON does not go on after line 1"),
        ("[]", "holds no conversation."),
        ('{"info": {}, "simulations": []}', "holds no simulation."),
        ('{"info": {}, "simulations": {}}', "is no tau-bench or tau2-bench result file."),
        ('{"events": []}', "is no tau-bench or tau2-bench result file."),
        ('[{"messages": [{"role": "user"}]}]', "is no tau-bench or tau2-bench result file."),
        ("7", "is no tau-bench or tau2-bench result file."),
        ("[" * 100_000, "is nested too deeply."),
        ("[" + "7" * 5_000 + "]", "holds a number too long to read."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_its_name(tau_warehouse, text, reason):
    path = tau_warehouse.file(text)
    (refusal,) = tau_warehouse.load_path(path).refused
    assert refusal.startswith(f"{path}: {reason}")
    assert tau_warehouse.row(COUNTS) == {"n": 0}


def test_files_that_are_missing_folders_or_no_text_are_refused(tau_warehouse, tmp_path):
    latin = tmp_path / "latin.json"
    latin.write_bytes(b'["\xe9"]')
    refusals = [
        tau_warehouse.load_path(path).refused[0] for path in (tmp_path / "none", tmp_path, latin)
    ]
    assert refusals == [
        f"{tmp_path / 'none'}: cannot be read: No such file or directory.",
        f"{tmp_path}: cannot be read: Is a directory.",
        f"{latin}: is not UTF-8 text: byte 3 is wrong.",
    ]


def test_a_byte_order_mark_is_no_reason_to_refuse(tau_warehouse, tmp_path):
    path = tmp_path / "marked.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps([tau1(ASK)]).encode())
    assert tau_warehouse.load_path(path).refused == []


_BROKEN = {
    "is not an object.": "text",
    "has no list of messages (voice runs keep none).": {"task_id": 1, "messages": None},
    "has no task_id.": {"messages": []},
    "nobody says or calls anything in it.": {"task_id": 1, "traj": []},
    "entry 1: is not an object.": {"task_id": 1, "messages": ["hello"]},
    "entry 1: its role is none of system, user, assistant, tool.": {
        "task_id": 1,
        "messages": [{"role": "function", "content": "x"}],
    },
    "entry 1: its content is no text.": {
        "task_id": 1,
        "messages": [{"role": "user", "content": 7}],
    },
    "entry 1: its tool_calls are no list.": {
        "task_id": 1,
        "messages": [{"role": "assistant", "tool_calls": "f"}],
    },
    "entry 1: a tool call is not an object.": {
        "task_id": 1,
        "messages": [{"role": "assistant", "tool_calls": ["f"]}],
    },
    "entry 1: a tool call has no name.": {
        "task_id": 1,
        "messages": [{"role": "assistant", "tool_calls": [{"id": "c"}]}],
    },
    "entry 1: a tool's name is too long.": {
        "task_id": 1,
        "messages": [{"role": "assistant", "tool_calls": [{"name": "f" * 201}]}],
    },
    "entry 2: a tool answers, but no call waits.": tau2(ASK, answers("{}")),
    "its reward is no number.": tau2(ASK, reward_info={"reward": "high"}),
    "entry 3: a tool's answer stands where the customer speaks": {
        "task_id": 1,
        "traj": [ASK, REPLY, {"role": "user", "content": "API output: {}"}],
    },
}


@pytest.mark.parametrize("reason", _BROKEN)
def test_a_broken_record_is_refused_by_its_place_and_the_rest_loads(tau_warehouse, reason):
    path = tau_warehouse.file([tau2(ASK), _BROKEN[reason], tau2(ASK, number=2)])
    loaded = tau_warehouse.load_path(path)
    (refusal,) = loaded.refused
    assert refusal.startswith(f"{path}: record 2: {reason}")
    assert loaded.conversations == 2
    assert tau_warehouse.row(COUNTS) == {"n": 2}


def test_nan_is_no_reward(tau_warehouse):
    loaded = tau_warehouse.load(
        [tau2(ASK), tau2(ASK, number=2, reward_info={"reward": float("nan")})]
    )
    assert [line.partition(": ")[2] for line in loaded.refused] == [
        "record 2: its reward is no number."
    ]


def test_the_same_record_twice_counts_once_and_another_of_its_id_is_refused(tau_warehouse):
    path = tau_warehouse.file([tau2(ASK), tau2(ASK), tau2(REPLY)])
    loaded = tau_warehouse.load_path(path)
    assert loaded.refused == [f"{path}: record 3: has the id of record 1 and says something else."]
    assert tau_warehouse.row("select body from messages") == {"body": ASK["content"]}


@pytest.fixture
def short_messages(tau_warehouse):
    """A company's own rule in its own warehouse: no message of 100 characters or more."""
    tau_warehouse.run("alter table messages add constraint short check (length(body) < 100)")
    yield
    tau_warehouse.run("alter table messages drop constraint short")


@pytest.mark.usefixtures("short_messages")
def test_what_the_warehouse_does_not_take_is_found_and_the_rest_loads(tau_warehouse):
    long = {**REPLY, "content": "word " * 20}
    document = [tau2(ASK), tau2(ASK, long, number=2), tau2(ASK, number=3)]
    path = tau_warehouse.file(document)
    loaded = tau_warehouse.load_path(path)
    assert loaded.conversations == 2
    (refusal,) = loaded.refused
    assert refusal.startswith(f"{path}: record 2: the warehouse does not take it: ")
    # On Citus the name of a constraint ends with the shard's.
    assert '"short' in refusal
    assert tau_warehouse.row(COUNTS) == {"n": 2}


def test_large_and_odd_texts_are_stored(tau_warehouse):
    body = "a\x00b \ud800 " + "word " * 200_000
    tau_warehouse.load(
        [
            tau1(
                {"role": "user", "content": body},
                function_call("f", body),
                function_answer("f", "{}\x00"),
            )
        ]
    )
    stored = tau_warehouse.row("select body from messages")["body"]
    assert stored.startswith("ab ? word ")
    assert len(stored) == len(body) - 1
    assert len(tau_warehouse.row("select request->>'raw' as raw from spans")["raw"]) > 1_000_000


def test_deep_arguments_are_kept_as_text(tau_warehouse):
    deep: object = "bottom"
    for _ in range(200):
        deep = [deep]
    loaded = tau_warehouse.load([tau2(ASK, calls("f", nested=deep))])
    assert loaded.refused == []
    raw = tau_warehouse.row("select request->>'raw' as raw from spans")["raw"]
    assert json.loads(raw) == {"nested": deep}


def test_tools_told_in_a_group_are_read(tau_warehouse):
    group = {"role": "tool", "tool_messages": [answers("1", "c0"), answers("2", "c1")]}
    tau_warehouse.load([tau2(ASK, calls("a", "b"), group)])
    stored = tau_warehouse.rows("select response from spans order by span_id")
    assert [row["response"] for row in stored] == ["1", "2"]


_SECRET = "sk-planted-7f3a"


def test_secrets_of_the_settings_are_never_stored_or_shown(tau_warehouse, capsys):
    noisy = {**REPLY, "raw_data": {"key": _SECRET}, "errors": [f"Invalid message: {_SECRET}"]}
    document = run(
        tau2(ASK, noisy, policy=_SECRET, info={"api_key": _SECRET}),
        {"task_id": _SECRET, "llm_args": {"api_key": _SECRET}, "messages": [_SECRET]},
        agent_info={"llm": "gpt-4.1", "llm_args": {"api_key": _SECRET}},
        user_info={"llm_args": {"extra_headers": {"Authorization": _SECRET}}},
    )
    loaded = tau_warehouse.load(document)
    assert loaded.conversations == len(loaded.refused) == 1
    stored = tau_warehouse.everything()
    assert "gpt-4.1" in stored["conversations"][0]
    shown = [*loaded.refused, *capsys.readouterr()]
    everything = [line for lines in stored.values() for line in lines]
    assert not [line for line in everything + shown if _SECRET in line]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=8) | st.sampled_from(["role", "content"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
_WHOLE = [
    tau2(ASK, calls("f", "g", user_id="u_1"), answers('{"name": {}}'), answers("x", "c1"), REPLY),
    tau1(ASK, function_call("f", '{"user_id": "u"}'), function_answer("f", "{}"), REPLY, task_id=5),
]


def _paths(value: object, path: tuple = ()) -> list[tuple]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else ()
    for key, part in items or (enumerate(value) if isinstance(value, list) else ()):
        found += _paths(part, (*path, key))
    return found


@tries(150)
@given(data=st.data())
def test_whatever_one_record_holds_the_others_load(tau_warehouse, data):
    record = deepcopy(data.draw(st.sampled_from(_WHOLE)))
    *way, last = data.draw(st.sampled_from(_paths(record)))
    place = record
    for step in way:
        place = place[step]
    place[last] = data.draw(_JSON)
    untouched = [tau2(ASK, REPLY, number=50), tau1(ASK, REPLY, task_id=9)]
    loaded = tau_warehouse.load([untouched[0], record, untouched[1]])
    assert len(loaded.refused) + loaded.conversations == 3
    assert [line for line in loaded.refused if "record 2: " not in line] == []
    assert len(loaded.refused) <= 1
