"""Time to human: Kaplan-Meier by hand, and against a published curve."""

import pytest

from dashboard.stats.survival import together, wait_times, waiting_curve
from tests.metrics.story import Story, known, window

DAY = window("0 00:00", "1 00:00", as_of="1 00:00")
P50, P90 = "time_to_human_p50", "time_to_human_p90"

# Weeks in remission of 21 patients given 6-mercaptopurine (Freireich and others 1963), the textbook's
# example of censoring.
RELAPSED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
CENSORED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]


def test_the_published_curve():
    curve = waiting_curve(RELAPSED, CENSORED)
    times, shares = curve.times, curve.shares
    assert list(times) == [6, 7, 10, 13, 16, 22, 23]
    published = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert list(shares) == pytest.approx(published, abs=5e-4)


def test_the_published_median():
    assert waiting_curve(RELAPSED, CENSORED).quantile(0.5) == 23
    assert waiting_curve(RELAPSED, CENSORED).quantile(0.9) is None


def test_the_published_band():
    # Of the same patients, Greenwood on the scale of log(−log S).
    curve = waiting_curve(RELAPSED, CENSORED)
    low, high = curve.low, curve.high
    assert list(low) == pytest.approx(
        [0.6197, 0.5631, 0.5032, 0.4316, 0.3675, 0.2678, 0.1881], abs=5e-5
    )
    assert list(high) == pytest.approx(
        [0.9516, 0.9228, 0.8894, 0.8491, 0.8049, 0.7468, 0.6801], abs=5e-5
    )


def test_the_published_interval_of_the_median():
    # The lower edge falls to a half in week 13, the upper never does.
    assert waiting_curve(RELAPSED, CENSORED).interval(0.5) == (13, None)


def test_the_band_by_hand():
    # Two of four answered at 1, so S = 1/2; Greenwood 2 / (4 × 2) = 1/4. On log(−log S) the half
    # width is 1.959964 × √(1/4) / log 2 = 1.413815; e to that is 4.111612. So S is between
    # (1/2) ** 4.111612 = 0.057847 and (1/2) ** (1 / 4.111612) = 0.844861.
    curve = waiting_curve([1, 1], [2, 2])
    low, high = curve.low, curve.high
    assert (list(low), list(high)) == (
        [pytest.approx(0.057847, abs=1e-6)],
        [pytest.approx(0.844861, abs=1e-6)],
    )


def test_the_band_of_nothing_and_of_all_answered():
    nobody = waiting_curve([], [3.0])
    assert [list(edge) for edge in (nobody.low, nobody.high)] == [[], []]
    curve = waiting_curve([1, 2], [])
    low, high = curve.low, curve.high
    assert [bool(known(edge[1]) is None) for edge in (low, high)] == [True, True]
    assert low[0] < 0.5 < high[0]


@pytest.mark.parametrize(
    ("answered", "waiting", "p50", "p90"),
    [
        ([], [], None, None),
        ([], [5.0, 6.0], None, None),
        ([7.0], [], 7, 7),
        # Still waiting after 1: 3/4, after 2: 2/4, after 3: 1/4, after 4: 0.
        ([1, 2, 3, 4], [], 2, 4),
        # After 1: 3/4. The second leaves unanswered. After 3: 3/4 × 1/2 = 3/8. After 4: 0.
        ([1, 3, 4], [2], 3, 4),
        # At the tie the one that stays unanswered is still there: after 2, 1/2 of the two.
        ([2], [2], 2, None),
        # Ten in turn: 0.9 of them by the ninth, though 1 − 0.9 is no exact float.
        (list(range(1, 11)), [], 5, 9),
        # All at once.
        ([3, 3, 3], [1], 3, 3),
        # Zero seconds is an answer.
        ([0, 0, 8], [], 0, 8),
    ],
)
def test_by_hand(answered: list, waiting: list, p50: float | None, p90: float | None):
    assert waiting_curve(answered, waiting).quantile(0.5) == p50
    assert waiting_curve(answered, waiting).quantile(0.9) == p90


def test_who_still_waits_makes_the_figure_larger(story: Story):
    # Answered after 60, 120 and 180 s: p50 is 120. With three more that wait for hours it is not
    # reached before 180 s: 5/6, 4/6, 3/6.
    for number, minute in enumerate((1, 2, 3)):
        story.conversation(
            number, "0 09:00", handoff_at="0 09:00", first_human_reply_at=f"0 09:0{minute}"
        )
    assert story.value(P50, DAY) == 120
    for number in (4, 5, 6):
        story.conversation(number, "0 09:00", handoff_at="0 09:00")
    assert story.value(P50, DAY) == 180
    assert story.value(P90, DAY) is None
    figure = story.figure(P90, DAY)
    assert (figure["n"], known(figure["numerator"])) == (6, 3)


@pytest.mark.parametrize(
    ("as_of", "p50", "answered"),
    [
        # The second is answered at 9:30; before that it counts as waiting since 9:00.
        ("0 09:09:59", None, 0),
        ("0 09:10", 600, 1),
        ("0 09:29:59", 600, 1),
        ("0 09:30", 600, 2),
    ],
)
def test_as_of_an_instant(story: Story, as_of: str, p50: float | None, answered: int):
    story.conversation(1, "0 09:00", handoff_at="0 09:00", first_human_reply_at="0 09:10")
    story.conversation(2, "0 09:00", handoff_at="0 09:00", first_human_reply_at="0 09:30")
    figure = story.figure(P50, window("0 00:00", "1 00:00", as_of))
    assert (known(figure["value"]), known(figure["numerator"])) == (p50, answered)


def test_a_reply_before_the_handoff_took_no_time(story: Story):
    story.conversation(1, "0 09:00", handoff_at="0 09:10", first_human_reply_at="0 09:05")
    assert story.value(P50, DAY) == 0


def test_an_episode_that_ended_unanswered_waited_until_its_end(story: Story):
    # Answered after 10 min; the other gave up after 5, before anybody was answered: it says nothing
    # about later, so one of one is answered at 10 min.
    story.conversation(1, "0 09:00", handoff_at="0 09:00", first_human_reply_at="0 09:10")
    story.conversation(2, "0 09:00", handoff_at="0 09:00", ended_at="0 09:05")
    assert story.value(P90, DAY) == 600
    # Had it held on until 9:20, it would have waited longer than the other.
    story.conversation(2, "0 09:00", handoff_at="0 09:00", ended_at="0 09:20")
    assert story.value(P50, DAY) == 600
    assert story.value(P90, DAY) is None


def test_placed_times_measure_nothing(story: Story):
    story.conversation(
        1, "0 09:00", handoff_at="0 09:00", first_human_reply_at="0 09:10", times_placed=True
    )
    story.conversation(2, "0 09:00", handoff_at="0 09:00", times_placed=True)
    figure = story.figure(P50, DAY)
    assert (known(figure["value"]), figure["n"]) == (None, 0)
    assert story.value("escalations", DAY) == 2


def test_a_human_reply_without_a_handoff_is_no_wait(story: Story):
    story.conversation(1, "0 09:00", first_human_reply_at="0 09:10")
    assert story.figure(P50, DAY)["n"] == 0
    assert story.value("escalations", DAY) == 0
    assert story.groups("episodes", DAY, "outcome") == {"escalated": 1}


def test_counted_waits_are_the_same_waits():
    answered, waiting = wait_times([600, 300, 600], [1, 2, 1]), wait_times([900], [3])
    counted = waiting_curve(answered, waiting)
    listed = waiting_curve([300, 300, 600, 600], [900, 900, 900])
    assert list(counted.times) == list(listed.times) == [300, 600]
    assert list(counted.shares) == list(listed.shares) == pytest.approx([5 / 7, 3 / 7])
    assert (answered.total, answered.longest, answered.longer_than(300)) == (4, 600, 2)
    both = together([answered, waiting])
    assert (list(both.seconds), list(both.counts)) == ([300, 600, 900], [2, 2, 3])
    assert (together([]).total, together([]).longest) == (0, 0)
