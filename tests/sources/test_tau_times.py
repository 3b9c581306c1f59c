"""When things happened, and what is placed where the file does not say."""

from datetime import UTC, datetime, timedelta

from tests.sources.tau_entries import (
    ASK,
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

CONVERSATION = "select * from conversations"


def test_tau1_times_are_placed_by_the_record_alone(tau_warehouse):
    entries = [ASK, function_call("f", "{}"), function_answer("f", ""), REPLY]
    other = tau1(said("user", "Another matter."), task_id=1)
    tau_warehouse.load([other, tau1(*entries)])
    query = "select * from conversations where first_ai_reply_at is not null"
    placed = tau_warehouse.row(query)
    assert placed["times_placed"]
    assert placed["first_ai_reply_at"] - placed["started_at"] == timedelta(minutes=3)
    assert placed["ended_at"] == placed["first_ai_reply_at"]
    window = datetime(2024, 5, 15, tzinfo=UTC), datetime(2024, 6, 13, tzinfo=UTC)
    assert window[0] <= placed["started_at"] < window[1]
    assert tau_warehouse.row("select duration_ms from spans") == {"duration_ms": None}
    assert (
        tau_warehouse.rows("select evaluated_at from evaluations") == [{"evaluated_at": None}] * 2
    )
    tau_warehouse.load([tau1(*entries)], name="alone.json")
    assert tau_warehouse.row(query) == placed


def test_one_start_for_all_simulations_is_a_placeholder(tau_warehouse):
    same = "2025-08-01T12:00:00"
    document = run(tau2(ASK, REPLY, start_time=same), tau2(ASK, number=2, start_time=same))
    tau_warehouse.load(document)
    rows = tau_warehouse.rows("select times_placed, started_at from conversations")
    assert [row["times_placed"] for row in rows] == [True, True]
    assert len({row["started_at"] for row in rows}) == 2


def test_messages_without_times_are_placed(tau_warehouse):
    timeless = {**ASK, "timestamp": None}, {**REPLY, "timestamp": None}
    tau_warehouse.load(run(tau2(*timeless)))
    stored = tau_warehouse.row(CONVERSATION)
    assert stored["times_placed"]
    assert stored["ended_at"] - stored["started_at"] == timedelta(minutes=1)


def test_a_missing_time_is_carried_on_and_measures_nothing(tau_warehouse):
    untimed = {**calls("f"), "timestamp": "soon"}
    tau_warehouse.load(run(tau2(ASK, untimed, answers("{}"), calls("g"), answers("{}"))))
    spans = tau_warehouse.rows(
        "select s.started_at - c.started_at as after, duration_ms from spans s"
        " join conversations c using (account_id, conversation_id) order by span_id"
    )
    assert spans == [
        {"after": timedelta(0), "duration_ms": None},
        {"after": timedelta(seconds=3), "duration_ms": 1000.0},
    ]


def test_a_time_zone_is_honoured_and_its_absence_is_utc(tau_warehouse):
    tau_warehouse.load(run(tau2(ASK, REPLY, start_time="2025-08-01T14:00:30+02:00")))
    stored = tau_warehouse.row(CONVERSATION)
    assert stored["started_at"] == datetime(2025, 8, 1, 12, 0, 30, tzinfo=UTC)


def test_an_answer_before_its_call_gives_no_duration(tau_warehouse):
    early = answers("{}", timestamp="2025-08-01T12:01:00")
    tau_warehouse.load(run(tau2(ASK, calls("f"), early)))
    assert tau_warehouse.row("select duration_ms from spans") == {"duration_ms": None}
