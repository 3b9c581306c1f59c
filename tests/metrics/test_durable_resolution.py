"""Durable resolution: who came back, when that is final, and the range until then."""

import pytest

from dashboard.query.measure import measure
from tests.metrics.story import Story, known, window

RESOLVED = {
    "first_ai_reply_at": "0 09:01",
    "ended_at": "0 10:00",
    "closing_signal": "silent",
}
LATER = window("0 00:00", "0 12:00", as_of="30 00:00")
"""The day of the resolved episode only, asked when everything is final."""


@pytest.mark.parametrize(
    ("returned", "durable"),
    [
        # Before the end: another conversation of the same account, not a return.
        ("0 09:59:59", (1, 1, 1)),
        ("0 10:00", (0, 0, 0)),
        ("1 09:59:59.999999", (0, 0, 0)),
        ("1 10:00", (1, 0, 0)),
        ("3 09:59:59.999999", (1, 0, 0)),
        ("3 10:00", (1, 1, 0)),
        ("7 09:59:59.999999", (1, 1, 0)),
        ("7 10:00", (1, 1, 1)),
    ],
)
def test_a_return_counts_from_the_end_until_just_before_the_window_is_over(
    story: Story, returned: str, durable: tuple
):
    story.conversation(1, "0 09:00", **RESOLVED)
    story.conversation(2, returned)
    measured = tuple(
        story.part(f"durable_resolution_rate_{length}", LATER) for length in ("24h", "72h", "7d")
    )
    assert measured == tuple((kept, 1) for kept in durable)


def test_an_excluded_conversation_or_another_account_is_no_return(story: Story):
    story.conversation(1, "0 09:00", **RESOLVED)
    story.conversation(2, "0 11:00", is_excluded=True)
    story.conversation(3, "0 11:00", account_id="somebody else")
    assert story.part("durable_resolution_rate_24h", LATER) == (1, 1)


def test_of_several_returns_the_first_decides(story: Story):
    story.conversation(1, "0 09:00", **RESOLVED)
    story.conversation(2, "9 00:00")
    story.conversation(3, "2 00:00")
    assert story.part("durable_resolution_rate_24h", LATER) == (1, 1)
    assert story.part("durable_resolution_rate_72h", LATER) == (0, 1)


@pytest.mark.parametrize(
    "facts",
    [
        {"closing_signal": "negative"},
        {"closing_signal": None},
        {"handoff_at": "0 09:30"},
        {"first_human_reply_at": "0 09:30"},
        {"first_ai_reply_at": None},
        {"ended_at": None},
    ],
)
def test_only_resolved_episodes_count(story: Story, facts: dict):
    story.conversation(1, "0 09:00", **{**RESOLVED, **facts})
    assert story.part("durable_resolution_rate_24h", LATER) == (0, 0)
    assert story.part("maturity_24h", LATER) == (0, 0)


@pytest.mark.parametrize(
    ("as_of", "returned", "figure"),
    [
        # (value, n, least, most)
        ("1 09:59:59", None, (None, 0, 0, 1)),
        ("1 10:00", None, (1, 1, None, None)),
        ("0 10:00", None, (None, 0, 0, 1)),
        # Back after 5 h: known to have failed as soon as it happened, not before.
        ("0 14:59:59", "0 15:00", (None, 0, 0, 1)),
        ("0 15:00", "0 15:00", (None, 0, 0, 0)),
        ("1 10:00", "0 15:00", (0, 1, None, None)),
        # Back after 24 h: it never mattered.
        ("1 10:00", "1 10:00", (1, 1, None, None)),
    ],
)
def test_until_it_is_mature_the_figure_is_a_range(
    story: Story, as_of: str, returned: str | None, figure: tuple
):
    story.conversation(1, "0 09:00", **RESOLVED)
    if returned:
        story.conversation(2, returned)
    then = window("0 00:00", "0 12:00", as_of=as_of)
    found = story.figure("durable_resolution_rate_24h", then)
    assert tuple(known(found[name]) for name in ("value", "n", "least", "most")) == figure
    assert story.value("maturity_24h", then) == (found["n"] == 1)


def test_the_range_holds_the_final_figure(story: Story):
    # Four accounts resolved on 0 10:00, 11:00, 12:00 and 13:00; the second and the fourth come back.
    accounts = [f"{story.account} {number}" for number in range(4)]
    for account, hour in zip(accounts, (10, 11, 12, 13), strict=True):
        then = f"0 {hour}:00"
        story.conversation(
            1,
            then,
            first_ai_reply_at=then,
            ended_at=then,
            closing_signal="confirmed",
            account_id=account,
        )
    story.conversation(2, "0 15:00", account_id=accounts[1])
    story.conversation(2, "1 12:30", account_id=accounts[3])

    def asked(as_of: str) -> list[float | None]:
        scope = window("0 00:00", "0 14:00", as_of).where("account", *accounts)
        figure = measure(["durable_resolution_rate_24h"], scope).iloc[0]
        return [known(figure[name]) for name in ("value", "n", "least", "most")]

    # Nothing mature; the second is back: 0 to 3 of 4.
    assert asked("1 00:00") == [None, 0, 0, 0.75]
    # The first and second mature, one of them kept; the third and fourth to come: 1 to 3 of 4.
    assert asked("1 11:00") == [0.5, 2, 0.25, 0.75]
    # The first three mature, two kept; the fourth is back: 2 of 4 whatever comes.
    assert asked("1 12:45") == [pytest.approx(2 / 3), 3, 0.5, 0.5]
    assert asked("1 13:00") == [0.5, 4, None, None]
