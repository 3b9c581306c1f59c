"""What hand-made transcripts of both benchmarks become: messages, spans, handoffs, evaluations."""

from datetime import UTC, datetime, timedelta

from tests.sources.tau_entries import (
    ASK,
    HELLO,
    REPLY,
    answers,
    calls,
    function_answer,
    function_call,
    run,
    said,
    tau1,
    tau2,
)

SPANS = "select name, request, response, error_type, error_message from spans order by span_id"
CONVERSATION = "select * from conversations"


def test_a_greeting_is_no_first_answer(tau_warehouse):
    tau_warehouse.load(run(tau2(HELLO, ASK, calls("get_data_usage"), answers("{}"), REPLY)))
    noon = datetime(2025, 8, 1, 12, 1, tzinfo=UTC)
    assert tau_warehouse.row(
        "select started_at, first_ai_reply_at, ended_at, times_placed, handoff_at,"
        " handoff_reason, topic, agent_version, source, channel from conversations"
    ) == {
        "started_at": noon,
        "first_ai_reply_at": noon + timedelta(seconds=4),
        "ended_at": noon + timedelta(seconds=58),
        "times_placed": False,
        "handoff_at": None,
        "handoff_reason": None,
        "topic": "telecom",
        "agent_version": "gpt-4.1",
        "source": "tau-bench",
        "channel": "chat",
    }


def test_a_run_without_any_customer_message_has_no_first_answer(tau_warehouse):
    tau_warehouse.load(run(tau2(calls("done"), answers("ok"), said("assistant", "Done."))))
    stored = tau_warehouse.row(CONVERSATION)
    assert stored["first_ai_reply_at"] is None
    assert stored["account_id"] == f"tau-bench:{stored['conversation_id']}"


def test_control_tokens_are_not_shown_and_no_handoff(tau_warehouse):
    tau_warehouse.load(
        run(
            tau2(
                said("user", "Get me a human. ###TRANSFER###"),
                said("assistant", "YOU ARE BEING TRANSFERRED TO A HUMAN AGENT. ### Wait"),
                said("user", " ###STOP### "),
                said("user", "###OUT-OF-SCOPE###"),
            )
        )
    )
    assert tau_warehouse.rows("select position, author, body from messages order by position") == [
        {"position": 0, "author": "customer", "body": "Get me a human."},
        {
            "position": 1,
            "author": "ai_agent",
            "body": "YOU ARE BEING TRANSFERRED TO A HUMAN AGENT. ### Wait",
        },
    ]
    assert tau_warehouse.row("select handoff_at from conversations") == {"handoff_at": None}


def test_the_agents_transfers_are_one_handoff_at_the_first(tau_warehouse):
    transfer, ok = calls("transfer_to_human_agents"), answers("Transfer successful")
    tau_warehouse.load(run(tau2(ASK, transfer, ok, transfer, ok)))
    assert tau_warehouse.row(
        "select handoff_at - started_at as after, handoff_reason, first_human_reply_at"
        " from conversations"
    ) == {
        "after": timedelta(seconds=1),
        "handoff_reason": "unclassified",
        "first_human_reply_at": None,
    }
    assert tau_warehouse.row("select count(*) as n from spans") == {"n": 2}


def test_the_customers_transfer_call_is_no_handoff(tau_warehouse):
    transfer = calls("transfer_to_human_agents", role="user")
    tau_warehouse.load(run(tau2(ASK, transfer, answers("ok", side="user"))))
    assert tau_warehouse.row("select handoff_at from conversations") == {"handoff_at": None}
    assert tau_warehouse.row("select origin, system from spans") == {
        "origin": "customer",
        "system": "telecom-device",
    }


def test_parallel_calls_are_answered_by_id_and_by_order_where_ids_repeat(tau_warehouse):
    tau_warehouse.load(
        run(
            tau2(
                calls("a", "b", ids=["x", "y"]),
                answers("for b", "y"),
                answers("for a", "x"),
                calls("c", "d", ids=["x", "x"]),
                answers("for c", "x"),
                answers("for d", "x"),
                calls("e", "f", ids=["", ""]),
                answers("for e", ""),
                answers("for f", "unheard of"),
            )
        )
    )
    stored = tau_warehouse.rows(SPANS)
    assert [(span["name"], span["response"]) for span in stored] == [
        (name, f"for {name}") for name in "abcdef"
    ]


def test_an_agents_answer_never_goes_to_the_customers_call(tau_warehouse):
    tau_warehouse.load(
        run(
            tau2(
                calls("agents", ids=["same"]),
                calls("customers", role="user", ids=["same"]),
                answers("to the agent", "same"),
                answers("to the customer", "same", side="user"),
            )
        )
    )
    assert tau_warehouse.rows("select origin, name, response from spans order by span_id") == [
        {"origin": "agent", "name": "agents", "response": "to the agent"},
        {"origin": "customer", "name": "customers", "response": "to the customer"},
    ]


def test_an_unanswered_call_does_not_take_a_later_answer(tau_warehouse):
    tau_warehouse.load(
        [
            tau1(
                function_call("lost", "{}"),
                function_call("kept", "{}"),
                function_answer("kept", "[1]"),
            )
        ]
    )
    lost, kept = tau_warehouse.rows(SPANS)
    assert (lost["name"], lost["response"], lost["error_type"]) == ("lost", None, None)
    assert (kept["name"], kept["response"]) == ("kept", [1])


def test_tau1_arguments_are_parsed_or_kept_as_they_are(tau_warehouse):
    entries = []
    for arguments in ('{"a": [1]}', "{broken", "[1]", '{"a": NaN}'):
        entries += [function_call("f", arguments), function_answer("f", "")]
    tau_warehouse.load([tau1(*entries)])
    assert [span["request"] for span in tau_warehouse.rows(SPANS)] == [
        {"a": [1]},
        {"raw": "{broken"},
        {"raw": "[1]"},
        {"raw": '{"a": NaN}'},
    ]


def test_answers_that_are_no_object_or_list_stay_text(tau_warehouse):
    texts = ["255.0", "null", "", "landed", '{"a": 1}', "[NaN]", "[" * 5000]
    entries = []
    for text in texts:
        entries += [function_call("f", "{}"), function_answer("f", text)]
    tau_warehouse.load([tau1(*entries)])
    expected = [*texts[:4], {"a": 1}, *texts[5:]]
    assert [span["response"] for span in tau_warehouse.rows(SPANS)] == expected


def test_tau1_failures_begin_with_error(tau_warehouse):
    entries = []
    for text in ("Error: user not found", "Error while booking", "No error"):
        entries += [function_call("f", "{}"), function_answer("f", text)]
    tau_warehouse.load([tau1(*entries)])
    assert [(span["error_type"], span["error_message"]) for span in tau_warehouse.rows(SPANS)] == [
        ("tool_error", "Error: user not found"),
        ("tool_error", "Error while booking"),
        (None, None),
    ]


def test_tau2_failures_are_flagged_or_begin_with_error_where_no_flag_is(tau_warehouse):
    tau_warehouse.load(
        run(
            tau2(
                *(calls("a"), answers("Error: flagged as fine", error=False)),
                *(calls("b"), answers("a failure by its flag", error=True)),
                *(calls("c"), answers("Error: no flag")),
                *(calls("d"), answers("Errors were not found")),
            )
        )
    )
    assert [span["error_message"] for span in tau_warehouse.rows(SPANS)] == [
        None,
        "a failure by its flag",
        "Error: no flag",
        None,
    ]


def test_text_and_calls_in_one_entry_are_both_kept(tau_warehouse):
    both = {**calls("f"), "content": "One moment."}
    tau_warehouse.load(run(tau2(ASK, both, answers("{}"))))
    assert (
        tau_warehouse.row("select sent_at from messages where body = 'One moment.'")["sent_at"]
        == tau_warehouse.row("select started_at from spans")["started_at"]
    )


def test_the_reward_and_what_it_is_made_of(tau_warehouse):
    tau_warehouse.load([tau1(ASK, reward=0.0, info={"reward_info": None})])
    tau_warehouse.load(run(tau2(ASK, REPLY), tau2(ASK, number=2, reward_info=None)))
    stored = tau_warehouse.rows(
        "select name, score, label, explanation, evaluator, evaluated_at from evaluations"
        " order by evaluated_at"
    )
    assert stored == [
        {
            "name": "task_reward",
            "score": 0.0,
            "label": None,
            "explanation": "DB 0, COMMUNICATE 1",
            "evaluator": "tau-bench",
            "evaluated_at": datetime(2025, 8, 1, 12, 1, 59, tzinfo=UTC),
        },
        {
            "name": "task_reward",
            "score": 0.0,
            "label": None,
            "explanation": None,
            "evaluator": "tau-bench",
            "evaluated_at": None,
        },
    ]
