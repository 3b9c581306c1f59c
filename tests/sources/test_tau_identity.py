"""Who a conversation is with, what it is about, and that it is the same one when loaded again."""

import json

from tests.sources.tau_entries import (
    ASK,
    HELLO,
    REPLY,
    answers,
    calls,
    function_answer,
    function_call,
    run,
    tau1,
    tau2,
)

CONVERSATION = "select * from conversations"


def test_the_customer_is_whom_the_task_names(tau_warehouse):
    actions = [{"name": "refuel", "arguments": {"customer_id": "C9", "gb": 1}}]
    document = run(tau2(ASK, calls("get", customer_id="C1"), answers("{}")))
    document["tasks"] = [{"id": 7, "evaluation_criteria": {"actions": actions}}]
    tau_warehouse.load(document)
    assert tau_warehouse.row("select * from accounts") == {
        "account_id": "tau-bench:C9",
        "name": "C9",
        "plan": None,
        "monthly_revenue": None,
        "created_at": None,
    }


def test_the_customer_is_whom_a_successful_call_names(tau_warehouse):
    mia = {"customer_id": "C1", "full_name": "Mia Li"}
    failed = (calls("get", user_id="typo"), answers("Error: no such user", error=True))
    tau_warehouse.load(run(tau2(ASK, *failed, calls("by_phone"), answers(json.dumps(mia)))))
    stored = tau_warehouse.row("select account_id, contact_name from conversations")
    assert stored == {"account_id": "tau-bench:C1", "contact_name": "Mia Li"}
    assert tau_warehouse.row("select name from accounts") == {"name": "Mia Li"}


def test_the_customer_is_whom_a_search_finds(tau_warehouse):
    found = (calls("find_user_id_by_email"), answers("mia_li_3668"))
    tau_warehouse.load(run(tau2(ASK, *found)))
    assert tau_warehouse.row("select account_id from conversations") == {
        "account_id": "tau-bench:mia_li_3668"
    }


def test_the_customer_is_whom_the_tasks_text_names(tau_warehouse):
    document = run(tau2(ASK))
    document["tasks"] = [
        {"id": "7", "user_scenario": {"instructions": {"known_info": "You are mia_li_3668."}}}
    ]
    tau_warehouse.load(document)
    assert tau_warehouse.row("select account_id from accounts") == {
        "account_id": "tau-bench:mia_li_3668"
    }


def test_a_name_belongs_to_the_customer_and_not_to_another_record(tau_warehouse):
    other = {"name": {"first_name": "Not", "last_name": "Mia"}}
    own = {"name": {"first_name": "Mia", "last_name": "Li"}}
    tau_warehouse.load(
        [
            tau1(
                function_call("get_user_details", '{"user_id": "someone_else_1111"}'),
                function_answer("get_user_details", json.dumps(other)),
                function_call("get_user_details", '{"user_id": "mia_li_3668"}'),
                function_answer("get_user_details", json.dumps(own)),
            )
        ]
    )
    assert tau_warehouse.row("select account_id, name from accounts") == {
        "account_id": "tau-bench:mia_li_3668",
        "name": "Mia Li",
    }


def test_a_bare_list_of_simulations_tells_its_domain_by_tools(tau_warehouse):
    tau_warehouse.load(
        [
            tau2(ASK, calls("get_order_details"), answers("{}")),
            tau2(ASK, number=2, policy="# Airline Agent Policy\n…"),
            tau2(ASK, number=3),
        ]
    )
    stored = tau_warehouse.rows("select topic, agent_version from conversations order by 1")
    assert [(row["topic"], row["agent_version"]) for row in stored] == [
        ("airline", None),
        ("retail", None),
        (None, None),
    ]
    assert tau_warehouse.row("select system from spans") == {"system": "retail-api"}


def test_tau1_takes_the_model_from_the_files_name_and_no_copy_forgets_it(tau_warehouse):
    document = [tau1(ASK, REPLY)]
    tau_warehouse.load(document, name="tau1_airline_gpt-4o_4trials.json")
    before = tau_warehouse.everything()
    assert tau_warehouse.row(CONVERSATION)["agent_version"] == "gpt-4o"
    for copy in ("copy.json", "tau1_airline_gpt-4o_4trials (1).json", "tau1_airline_old.json"):
        tau_warehouse.load(document, name=copy)
        assert tau_warehouse.everything() == before


def test_runs_of_the_same_task_and_trial_are_different_conversations(tau_warehouse):
    tau_warehouse.load([tau1(ASK, REPLY)], name="tau1_airline_gpt-4o_4trials.json")
    tau_warehouse.load([tau1(ASK, HELLO)], name="tau1_airline_o3_4trials.json")
    stored = tau_warehouse.rows(
        "select task.*, agent_version from conversations,"
        " lateral substring(conversation_id from '^tau1-0-0') as task (run) order by 2"
    )
    assert stored == [
        {"run": "tau1-0-0", "agent_version": "gpt-4o"},
        {"run": "tau1-0-0", "agent_version": "o3"},
    ]


def test_a_changed_record_replaces_what_the_earlier_load_left(tau_warehouse):
    tau_warehouse.load(run(tau2(HELLO, ASK, calls("f"), answers("{}"), REPLY)))
    mia = {"customer_id": "C1", "full_name": "Mia Li"}
    tau_warehouse.load(run(tau2(ASK, calls("g"), answers(json.dumps(mia)), reward_info=None)))
    assert {name: len(lines) for name, lines in tau_warehouse.everything().items()} == {
        "accounts": 1,
        "conversations": 1,
        "messages": 1,
        "spans": 1,
        "evaluations": 0,
        "articles": 0,
        "citations": 0,
        "changes": 0,
    }
    assert tau_warehouse.row("select name from accounts") == {"name": "Mia Li"}


def test_a_known_name_outlives_a_file_that_does_not_tell_it(tau_warehouse):
    mia = {"customer_id": "C1", "full_name": "Mia Li"}
    told = tau2(ASK, calls("by_phone"), answers(json.dumps(mia)))
    untold = tau2(ASK, calls("get", customer_id="C1"), answers("{}"), number=2)
    tau_warehouse.load(run(untold))
    assert tau_warehouse.row("select name from accounts") == {"name": "C1"}
    tau_warehouse.load(run(told))
    tau_warehouse.load(run(untold))
    assert tau_warehouse.row("select name from accounts") == {"name": "Mia Li"}
