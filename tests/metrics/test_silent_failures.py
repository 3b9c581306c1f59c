"""Silent failures: what the AI passed over, by both rules."""

import pytest

from tests.metrics.story import Story, window

METRIC = "silent_failures"
WEEK = window("0 00:00", "7 00:00")
FAILED = {"conversation_id": "c1", "error_type": "timeout"}


def went_on(story: Story, **conversation: object) -> None:
    """A failed call of a second at 0 09:05; the AI writes a minute later."""
    story.conversation(1, "0 09:00", first_ai_reply_at="0 09:01", **conversation)
    story.span(1, "0 09:05", **FAILED)
    story.message(1, 1, "0 09:06", "ai_agent")


def nightly(story: Story, **conversation: object) -> None:
    """A job of a minute fails at 0 03:10; the account writes at 0 09:00."""
    story.background(1, "0 03:10")
    facts = {"first_ai_reply_at": "0 09:01", **conversation}
    story.conversation(1, str(facts.pop("started", "0 09:00")), **facts)


@pytest.mark.parametrize(
    ("facts", "is_silent"),
    [
        pytest.param({}, True, id="no handoff"),
        pytest.param({"ended_at": "0 09:30", "closing_signal": "confirmed"}, True, id="contained"),
        pytest.param({"first_human_reply_at": "0 09:20"}, True, id="a human came unasked"),
        pytest.param({"handoff_at": "0 09:10"}, False, id="handed off afterwards"),
        pytest.param({"handoff_at": "0 09:05"}, False, id="handed off at the failure"),
        pytest.param({"handoff_at": "0 09:04:59"}, True, id="handed off before the failure"),
        pytest.param({"is_excluded": True}, False, id="excluded"),
    ],
)
def test_the_ai_went_on(story: Story, facts: dict, is_silent: bool):
    went_on(story, **facts)
    assert story.value(METRIC, WEEK) == is_silent


@pytest.mark.parametrize(
    ("as_of", "is_silent"),
    [
        # Known to fail at 09:05:01, passed over at 09:06, handed off at 09:10.
        ("0 09:05:59", False),
        ("0 09:06", True),
        ("0 09:09:59", True),
        ("0 09:10", False),
    ],
)
def test_the_ai_went_on_until_it_handed_off(story: Story, as_of: str, is_silent: bool):
    went_on(story, handoff_at="0 09:10")
    assert story.value(METRIC, window("0 00:00", "7 00:00", as_of)) == is_silent


@pytest.mark.parametrize(
    ("sent", "author", "more", "is_silent"),
    [
        ("0 09:06", "ai_agent", {}, True),
        ("0 09:06", "ai_agent", {"is_internal": True}, False),
        ("0 09:06", "human_agent", {}, False),
        ("0 09:06", "customer", {}, False),
        ("0 09:06", "system", {}, False),
        ("0 09:04", "ai_agent", {}, False),
        # "One moment, please": the call of a second was still running.
        ("0 09:05:00.500", "ai_agent", {}, False),
        ("0 09:05:01.001", "ai_agent", {}, True),
    ],
)
def test_going_on_is_a_message_of_the_ai_to_the_customer_after_the_failure(
    story: Story, sent: str, author: str, more: dict, is_silent: bool
):
    story.conversation(1, "0 09:00", first_ai_reply_at="0 09:01")
    story.span(1, "0 09:05", **FAILED)
    story.message(1, 1, sent, author, **more)
    assert story.value(METRIC, WEEK) == is_silent


@pytest.mark.parametrize(
    ("span", "is_silent"),
    [
        ({}, True),
        ({"error_type": None}, False),
        ({"origin": "customer"}, False),
        ({"conversation_id": "c2"}, False),
        ({"conversation_id": None}, False),
    ],
)
def test_only_a_failed_call_of_the_agent_in_the_episode(story: Story, span: dict, is_silent: bool):
    story.conversation(1, "0 09:00", first_ai_reply_at="0 09:01")
    story.conversation(2, "0 09:00")
    story.span(1, "0 09:05", **{**FAILED, **span})
    story.message(1, 1, "0 09:06", "ai_agent")
    assert story.value(METRIC, WEEK) == is_silent


def test_a_recovered_call_is_not_silent_from_then_on(story: Story):
    went_on(story)
    story.span(2, "0 09:07", conversation_id="c1")
    assert story.value(METRIC, window("0 00:00", "7 00:00", "0 09:07")) == 1
    assert story.value(METRIC, window("0 00:00", "7 00:00", "0 09:07:01")) == 0


def test_the_outermost_failure_stands_for_its_children(story: Story):
    went_on(story)
    story.span(2, "0 09:05", **FAILED, parent_span_id="s1", name="http post")
    story.span(3, "0 09:05", **FAILED, parent_span_id="s2", name="tcp connect")
    story.span(4, "0 09:05", conversation_id="c1", name="plan")
    story.span(5, "0 09:05", **FAILED, parent_span_id="s4", name="search")
    # s1 for s2 and s3; s5, whose parent went well.
    assert story.value(METRIC, WEEK) == 2


def test_an_outer_failure_counts_once_it_is_known(story: Story):
    # The inner call fails at 09:05:01; the outer one fails at 09:10. In between only one is known.
    went_on(story, ended_at="0 10:00")
    story.span(2, "0 09:04", **FAILED, name="assist", duration_ms=360_000.0)
    story.span(1, "0 09:05", **FAILED, parent_span_id="s2")
    story.message(1, 2, "0 09:11", "ai_agent")
    found = [
        story.groups(METRIC, window("0 00:00", "7 00:00", as_of), "name")
        for as_of in ("0 09:07", "0 09:12")
    ]
    assert found == [{"get_invoice": 1}, {"assist": 1}]


def test_a_failure_of_the_customers_device_does_not_stand_for_ours(story: Story):
    went_on(story)
    story.span(2, "0 09:04", **FAILED, origin="customer", name="reboot")
    story.span(1, "0 09:05", **FAILED, parent_span_id="s2")
    assert story.value(METRIC, WEEK) == 1


def test_dated_by_the_failed_span(story: Story):
    story.conversation(1, "0 23:50", first_ai_reply_at="0 23:51")
    story.span(1, "1 00:00", **FAILED)
    story.message(1, 1, "1 00:01", "ai_agent")
    assert story.value(METRIC, window("0 00:00", "1 00:00")) == 0
    assert story.value(METRIC, window("1 00:00", "2 00:00")) == 1


@pytest.mark.parametrize(
    ("facts", "is_silent"),
    [
        pytest.param({}, True, id="six hours later"),
        pytest.param({"started": "0 03:11"}, True, id="as the job ends"),
        pytest.param({"started": "0 03:10:59"}, False, id="before the job ends"),
        pytest.param({"started": "1 03:09:59.999999"}, True, id="just within 24 hours"),
        pytest.param({"started": "1 03:10"}, False, id="24 hours later"),
        pytest.param({"is_excluded": True}, False, id="excluded"),
        pytest.param({"first_ai_reply_at": None}, False, id="without the AI"),
        pytest.param(
            {"first_ai_reply_at": None, "handoff_at": "0 09:02"}, True, id="handed off at once"
        ),
        pytest.param({"account_id": "somebody else"}, False, id="another account"),
    ],
)
def test_a_background_failure_before_an_episode(story: Story, facts: dict, is_silent: bool):
    nightly(story, **facts)
    assert story.value(METRIC, WEEK) == is_silent


@pytest.mark.parametrize(
    ("body", "is_silent"),
    [
        ("The ledger sync is late.", False),
        ("LEDGER-SYNC: no entries", False),
        ("ledger_sync", False),
        ("(copy_entries) stopped", False),
        ("First line.\nCopy entries failed.", False),
        ("The ledger is wrong. Is it in sync?", True),
        # Inside another word it is another word.
        ("Our knowledger sync group", True),
    ],
)
def test_a_message_that_names_the_system_or_the_job_touches_it(
    story: Story, body: str, is_silent: bool
):
    nightly(story)
    story.message(1, 1, "0 09:00", "customer", body)
    assert story.value(METRIC, WEEK) == is_silent


def test_a_short_name_is_not_found_in_a_longer_word(story: Story):
    story.background(1, "0 03:10", system="erp", name="sync")
    story.conversation(1, "0 09:00", first_ai_reply_at="0 09:01")
    story.message(1, 1, "0 09:00", "customer", "Our enterprise plan: is it asynchronous?")
    assert story.value(METRIC, WEEK) == 1
    story.message(1, 2, "0 09:30", "ai_agent", "The ERP did not answer.")
    assert story.value(METRIC, window("0 00:00", "7 00:00", "0 09:29")) == 1
    assert story.value(METRIC, window("0 00:00", "7 00:00", "0 09:30")) == 0


@pytest.mark.parametrize(
    ("span", "is_silent"),
    [
        ({"system": "ledger-sync"}, False),
        ({"system": "ledger-sync", "error_type": "timeout"}, False),
        ({"system": "ledger-sync", "conversation_id": "c2"}, True),
        ({"system": "billing-api"}, True),
    ],
)
def test_a_span_of_the_same_system_touches_it(story: Story, span: dict, is_silent: bool):
    nightly(story)
    story.span(2, "0 09:02", **{"conversation_id": "c1", "duration_ms": None, **span})
    assert story.groups(METRIC, WEEK, "rule").get("background", 0) == is_silent


@pytest.mark.parametrize(
    ("retry", "is_silent"),
    [
        ({"started_at": "0 08:59"}, False),
        # Still running when the customer writes.
        ({"started_at": "0 08:59:01"}, True),
        ({"started_at": "0 08:59", "error_type": "http_503"}, True),
        ({"started_at": "0 08:59", "name": "delete_entries"}, True),
        ({"started_at": "0 03:09"}, True),
    ],
)
def test_a_job_that_ran_again_before_the_episode_is_recovered(
    story: Story, retry: dict, is_silent: bool
):
    nightly(story)
    story.background(2, **{"started": "0 08:00", "error_type": None, **retry})
    assert (story.groups(METRIC, WEEK, "account").get(story.account) or 0) >= is_silent
    silent = story.groups(METRIC, WEEK, "rule")
    failures = 1 + (retry.get("error_type") is not None)
    assert silent == ({"background": failures} if is_silent else {})


def test_one_failure_may_be_passed_over_in_several_episodes(story: Story):
    nightly(story)
    story.conversation(2, "0 13:00", first_ai_reply_at="0 13:01")
    story.background(3, "0 04:00", name="other job")
    assert story.value(METRIC, WEEK) == 4


def test_dated_by_the_start_of_the_episode(story: Story):
    story.background(1, "0 23:00")
    story.conversation(1, "1 00:00", first_ai_reply_at="1 00:01")
    assert story.value(METRIC, window("0 00:00", "1 00:00")) == 0
    assert story.value(METRIC, window("1 00:00", "2 00:00")) == 1
