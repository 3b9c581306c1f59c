"""API errors: which spans are ours, when their result is known, and which failures a retry made good."""

import pytest

from tests.metrics.story import Story, window

DAY = window("0 00:00", "1 00:00")
UNRECOVERED = "unrecovered_error_rate"
FAILED = {"error_type": "timeout", "request": {"id": 1}, "conversation_id": "c1"}


@pytest.mark.parametrize(
    ("retry", "is_recovered"),
    [
        pytest.param({}, True, id="the same call"),
        pytest.param({"error_type": "timeout"}, False, id="failed again"),
        pytest.param({"request": {"id": 2}}, False, id="another request"),
        pytest.param({"request": None}, False, id="request unknown"),
        pytest.param({"name": "list_invoices"}, False, id="another name"),
        pytest.param({"conversation_id": "c2"}, False, id="in another episode"),
        pytest.param({"conversation_id": None}, False, id="outside the episode"),
        pytest.param({"account_id": "somebody else"}, False, id="of another account"),
        pytest.param({"started_at": "0 08:59"}, False, id="before the failure"),
        pytest.param({"started_at": "0 09:00"}, False, id="at the same instant"),
        pytest.param({"started_at": "0 09:00:00.000001"}, True, id="just after its start"),
        pytest.param({"started_at": "5 09:00"}, True, id="days later in the same episode"),
        pytest.param({"duration_ms": None}, True, id="duration not measured"),
    ],
)
def test_a_success_of_the_same_name_and_request_in_the_episode_recovers(
    story: Story, retry: dict, is_recovered: bool
):
    for number in (1, 2):
        story.conversation(number, "0 08:00")
    story.span(1, "0 09:00", **FAILED)
    story.span(2, **{"started": "0 09:05", **FAILED, "error_type": None, **retry})
    numerator, _ = story.part(UNRECOVERED, window("0 09:00", "0 09:00:00.000001"))
    assert numerator == (0 if is_recovered else 1)


def test_one_success_recovers_every_failure_before_it(story: Story):
    story.conversation(1, "0 08:00")
    for number, minute in enumerate(("00", "01", "02")):
        story.span(number, f"0 09:{minute}", **FAILED)
    story.span(9, "0 09:03", **{**FAILED, "error_type": None})
    story.span(10, "0 09:04", **FAILED)
    assert story.part(UNRECOVERED, DAY) == (1, 5)
    assert story.part("api_error_rate", DAY) == (4, 5)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        # (spans, failed, unrecovered): the retry of 09:05 takes 2 s, the failure of 09:00 one.
        ("0 09:00:00.999", (0, 0, 0)),
        ("0 09:00:01", (1, 1, 1)),
        ("0 09:05:01.999", (1, 1, 1)),
        ("0 09:05:02", (2, 1, 0)),
    ],
)
def test_a_result_is_known_at_the_end_of_its_span(story: Story, as_of: str, expected: tuple):
    story.conversation(1, "0 08:00")
    story.span(1, "0 09:00", **FAILED)
    story.span(2, "0 09:05", **{**FAILED, "error_type": None, "duration_ms": 2000.0})
    failed, spans = story.part("api_error_rate", window("0 00:00", "1 00:00", as_of))
    unrecovered, _ = story.part(UNRECOVERED, window("0 00:00", "1 00:00", as_of))
    assert (spans, failed, unrecovered) == expected


@pytest.mark.parametrize(
    ("retry", "is_recovered"),
    [
        ({"started_at": "0 09:05"}, True),
        ({"started_at": "1 08:59:59.999999"}, True),
        ({"started_at": "1 09:00"}, False),
        ({"started_at": "0 09:05", "error_type": "http_503"}, False),
        ({"started_at": "0 09:05", "request": {"id": 1}}, False),
        ({"started_at": "0 08:55"}, False),
        ({"started_at": "0 09:05", "conversation_id": "c1"}, False),
        ({"started_at": "0 09:05", "account_id": "somebody else"}, False),
        ({"started_at": "0 09:05", "name": "delete_entries"}, False),
    ],
)
def test_background_work_is_recovered_within_24_hours(
    story: Story, retry: dict, is_recovered: bool
):
    story.background(1, "0 09:00")
    story.background(2, **{"started": "0 09:05", "error_type": None, **retry})
    numerator, _ = story.part(UNRECOVERED, window("0 09:00", "0 09:00:00.000001"))
    assert numerator == (0 if is_recovered else 1)


def test_whose_spans_count(story: Story):
    story.conversation(1, "0 08:00")
    story.conversation(2, "0 08:00", is_excluded=True)
    story.span(1, "0 09:00", conversation_id="c1", origin="customer")
    story.span(2, "0 09:00", conversation_id="c2")
    story.span(3, "0 09:00", conversation_id="c1")
    story.span(4, "0 09:00", conversation_id="not loaded yet")
    story.span(5, "0 09:00", conversation_id=None, origin="background")
    assert story.value("spans", DAY) == 3


def test_latency_leaves_out_what_was_not_measured(story: Story):
    for number, duration in enumerate((None, 100.0, 200.0, 400.0, 1000.0)):
        story.span(number, "0 09:00", duration_ms=duration)
    # Between 200 and 400; 0.95 × 3 = 2.85, so 400 + 0.85 × 600.
    assert story.value("latency_p50", DAY) == pytest.approx(300)
    assert story.value("latency_p95", DAY) == pytest.approx(910)
    assert story.figure("latency_p95", DAY)["n"] == 4


def test_latency_of_nothing_measured_is_unknown(story: Story):
    story.span(1, "0 09:00", duration_ms=None)
    assert story.value("latency_p50", DAY) is None
    assert story.value("spans", DAY) == 1


def test_a_conversation_that_has_not_started_says_nothing_about_its_spans(story: Story):
    # The prefetch ran a minute before the conversation; asked in between, its topic is not known yet,
    # nor is it known that the conversation is a test.
    story.conversation(1, "0 09:01", topic="billing")
    story.conversation(2, "0 09:01", topic="billing", is_excluded=True)
    story.span(1, "0 09:00", conversation_id="c1")
    story.span(2, "0 09:00", conversation_id="c2")
    assert story.groups("spans", window("0 00:00", "1 00:00", "0 09:00:30"), "topic") == {None: 2}
    assert story.groups("spans", window("0 00:00", "1 00:00", "0 09:01"), "topic") == {"billing": 1}
