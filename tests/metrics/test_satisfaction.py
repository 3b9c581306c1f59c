"""Ratings: when they are known, which date they have, and who handled the episode."""

import pytest

from tests.metrics.story import Story, known, window

DAY = window("0 00:00", "1 00:00", as_of="30 00:00")


@pytest.mark.parametrize(
    ("facts", "before", "known_at"),
    [
        ({"rated_at": "0 10:00", "ended_at": "0 09:30"}, "0 09:59:59", "0 10:00"),
        ({"rated_at": "0 09:10", "ended_at": "0 09:30"}, "0 09:09:59", "0 09:10"),
        ({"ended_at": "0 09:30"}, "0 09:29:59", "0 09:30"),
        ({}, "0 08:59:59", "0 09:00"),
    ],
)
@pytest.mark.parametrize("dating", ["episode", "event"])
def test_a_rating_is_known_when_given_or_else_at_the_end_or_else_from_the_start(
    story: Story, facts: dict, before: str, known_at: str, dating: str
):
    story.conversation(1, "0 09:00", rating=4, **facts)
    assert story.value("ratings", window("0 00:00", "1 00:00", before), dating=dating) == 0
    assert story.value("ratings", window("0 00:00", "1 00:00", known_at), dating=dating) == 1


@pytest.mark.parametrize(
    ("facts", "event_day"),
    [
        ({"rated_at": "2 10:00", "ended_at": "1 09:30"}, 2),
        ({"ended_at": "1 09:30"}, 1),
        ({}, 0),
    ],
)
def test_dated_by_the_episode_or_by_the_rating(story: Story, facts: dict, event_day: int):
    story.conversation(1, "0 09:00", rating=4, **facts)
    for day in range(3):
        scope = window(f"{day} 00:00", f"{day + 1} 00:00")
        assert story.value("csat", scope, dating="event") == (1 if day == event_day else None)
        assert story.value("csat", scope) == (1 if day == 0 else None)


def test_four_and_five_are_satisfied(story: Story):
    for stars in (1, 2, 3, 4, 5):
        story.conversation(stars, "0 09:00", rating=stars, rated_at="0 10:00")
    story.conversation(6, "0 09:00")
    story.conversation(7, "0 09:00", rating=5, rated_at="0 10:00", is_excluded=True)
    assert story.part("csat", DAY) == (2, 5)
    assert story.value("csat_mean", DAY) == 3


def test_one_rating_has_a_mean_and_no_interval(story: Story):
    story.conversation(1, "0 09:00", rating=4)
    figure = story.figure("csat_mean", DAY)
    assert [known(figure[name]) for name in ("value", "n", "low", "high")] == [4, 1, None, None]


def test_the_mean_of_equal_ratings_has_an_interval_of_no_width(story: Story):
    for number in range(3):
        story.conversation(number, "0 09:00", rating=2)
    figure = story.figure("csat_mean", DAY)
    assert [known(figure[name]) for name in ("value", "low", "high")] == [2, 2, 2]


def test_who_handled_it(story: Story):
    both = {"first_ai_reply_at": "0 09:01", "first_human_reply_at": "0 09:30"}
    for number, facts in enumerate(
        (
            {},
            {"handoff_at": "0 09:10"},
            {"first_ai_reply_at": both["first_ai_reply_at"]},
            {"first_human_reply_at": both["first_human_reply_at"]},
            both,
        )
    ):
        story.conversation(number, "0 09:00", rating=5, **facts)
    assert story.groups("ratings", DAY, "handled_by") == {
        "nobody": 2,
        "ai only": 1,
        "human only": 1,
        "ai and human": 1,
    }
    # Before the human came, the AI alone had handled it.
    early = window("0 00:00", "1 00:00", "0 09:29")
    assert story.groups("ratings", early, "handled_by") == {"nobody": 3, "ai only": 2}


def test_the_response_rate_is_of_those_that_ended(story: Story):
    story.conversation(1, "0 09:00", ended_at="0 10:00", rating=3)
    story.conversation(2, "0 09:00", ended_at="0 10:00")
    story.conversation(3, "0 09:00", rating=3)
    story.conversation(4, "0 09:00")
    assert story.part("csat_response_rate", DAY) == (1, 2)
    assert story.value("ratings", DAY) == 2
