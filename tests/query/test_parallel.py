"""Questions under way together: some at a time, in order, and none for whoever has left."""

import threading
from functools import partial

import pytest

from dashboard.query.parallel import MAX_CONCURRENCY, run_concurrently

_SECONDS = 10


def test_as_many_at_a_time_as_may_be_and_no_more():
    guard, met = threading.Lock(), threading.Barrier(MAX_CONCURRENCY)
    under_way, most = 0, 0

    def question() -> None:
        nonlocal under_way, most
        with guard:
            under_way += 1
            most = max(most, under_way)
        # Passed only when so many are under way together.
        met.wait(_SECONDS)
        with guard:
            under_way -= 1

    with run_concurrently([question] * 3 * MAX_CONCURRENCY) as answers:
        for answer in answers:
            answer.result(_SECONDS)
    assert most == MAX_CONCURRENCY


def test_answers_stand_in_the_order_of_the_questions():
    with run_concurrently([partial(int, n) for n in range(7)]) as answers:
        assert [answer.result(_SECONDS) for answer in answers] == list(range(7))


def test_what_has_not_begun_when_one_leaves_is_never_asked():
    leave, asked = threading.Event(), []

    def slow() -> None:
        leave.wait(_SECONDS)

    with run_concurrently([*[slow] * MAX_CONCURRENCY, lambda: asked.append("late")]) as answers:
        pass
    leave.set()
    for answer in answers[:MAX_CONCURRENCY]:
        answer.result(_SECONDS)
    assert answers[-1].cancelled()
    assert asked == []


def test_one_that_fails_says_so_and_ends_the_rest():
    begun = threading.Event()

    def fails() -> None:
        raise ValueError("not answered")

    def waits() -> None:
        begun.wait(_SECONDS)

    questions = [fails, *[waits] * (MAX_CONCURRENCY + 1)]
    with pytest.raises(ValueError, match="not answered"), run_concurrently(questions) as answers:
        answers[0].result(_SECONDS)
    begun.set()
    assert answers[-1].cancelled()
