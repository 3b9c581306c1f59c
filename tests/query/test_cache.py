"""Shared reads: one question an interval for everybody, and the last good answer when it fails."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from dashboard.errors import ReadFailed, WarehouseUnreachable
from dashboard.query import cache as module
from dashboard.query.cache import CachedResult, cached, clear_cache
from tests.clock import Clock
from tests.present import present
from tests.waiting import wait_until


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    clear_cache()
    yield
    clear_cache()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    standing = Clock()
    monkeypatch.setattr(module, "time", standing)
    return standing


@pytest.fixture
def arrived(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each screen that has found no answer and asks, or waits for who does."""
    come: list[int] = []
    acquire = module._acquire

    def counted(*what: Any) -> bool:
        come.append(1)
        return acquire(*what)

    monkeypatch.setattr(module, "_acquire", counted)
    return come


class Question:
    """Counts how often it was asked; answers with the count, or fails while `fails` is set."""

    def __init__(self) -> None:
        self.asked = 0
        self.fails = False

    def __call__(self) -> int:
        self.asked += 1
        if self.fails:
            raise WarehouseUnreachable("The warehouse is not responding.")
        return self.asked


def test_many_screens_at_once_ask_once(arrived: list[int]):
    question = Question()

    def slow() -> int:
        wait_until(lambda: len(arrived) == 12, 20, "not everybody asks")
        return question()

    def screen() -> int:
        return cached("wall", slow, 60).answer()

    with ThreadPoolExecutor(12) as pool:
        answers = [task.result() for task in [pool.submit(screen) for _ in range(12)]]
    assert answers == [1] * 12
    assert question.asked == 1


def test_different_questions_are_kept_apart():
    assert cached("a", lambda: 1, 60).value == 1
    assert cached("b", lambda: 2, 60).value == 2


def test_an_old_answer_is_asked_again():
    question = Question()
    assert cached("wall", question, 0.0).value == 1
    assert cached("wall", question, 0.0).value == 2


def test_a_failure_leaves_the_last_good_answer_with_its_age(monkeypatch):
    monkeypatch.setattr(module, "_RETRY_SECONDS", 0.0)
    question = Question()
    good = cached("wall", question, 0.0)
    question.fails = True
    failed = cached("wall", question, 0.0)
    assert (failed.value, failed.read_at) == (1, good.read_at)
    assert isinstance(failed.error, WarehouseUnreachable)

    question.fails = False
    back = cached("wall", question, 0.0)
    assert back.error is None
    assert back.value == 3


def test_that_there_is_nothing_is_an_answer_too(monkeypatch):
    monkeypatch.setattr(module, "_RETRY_SECONDS", 0.0)
    assert cached("newest change", lambda: None, 0).answer() is None
    reading = cached("newest change", _fails, 0)
    assert isinstance(reading.error, WarehouseUnreachable)
    assert reading.answer() is None


def test_without_any_answer_the_failure_is_raised():
    with pytest.raises(WarehouseUnreachable):
        cached("newest change", _fails, 60).answer()


def _fails() -> None:
    raise WarehouseUnreachable("The warehouse is not responding.")


def test_a_dead_warehouse_is_tried_once_for_all_between_retries():
    question = Question()
    question.fails = True
    for _ in range(50):
        reading = cached("wall", question, 60)
        assert reading.value is None
        assert reading.error is not None
    assert question.asked == 1


def test_what_nobody_foresaw_is_kept_as_any_failure_is(monkeypatch):
    monkeypatch.setattr(module, "_RETRY_SECONDS", 0.0)
    good = cached("wall", lambda: "figures", 0.0)
    failed = cached("wall", lambda: 1 / 0, 0.0)
    assert (failed.value, failed.read_at) == ("figures", good.read_at)
    assert isinstance(failed.error, ReadFailed)
    assert "division" not in str(failed.error)


@pytest.mark.parametrize("error", [WarehouseUnreachable("Away."), ZeroDivisionError("secret")])
def test_fifty_screens_wait_for_one_failure_and_not_one_after_another(error, arrived: list[int]):
    asked = []

    def fails() -> None:
        asked.append(1)
        wait_until(lambda: len(arrived) == 50, 20, "not everybody waits")
        raise error

    def screen(_: int) -> str:
        return str(cached("wall", fails, 60).error)

    with ThreadPoolExecutor(50) as pool:
        shown = set(pool.map(screen, range(50)))
    assert len(asked) == 1
    assert len(shown) == 1
    assert "secret" not in shown.pop()


def test_while_one_screen_tries_again_the_others_see_why_there_is_nothing(monkeypatch):
    monkeypatch.setattr(module, "_RETRY_SECONDS", 0.0)
    away = WarehouseUnreachable("Away.")

    def fails() -> None:
        raise away

    cached("wall", fails, 60)
    asking, done = threading.Event(), threading.Event()

    def slow() -> str:
        asking.set()
        done.wait(5)
        return "new"

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(cached, "wall", slow, 60)
        asking.wait(5)
        started = time.monotonic()
        assert cached("wall", slow, 60).error is away
        assert time.monotonic() - started < 1
        done.set()
        assert first.result().value == "new"


def test_an_answer_is_as_old_as_its_question():
    def slow() -> datetime:
        asked = datetime.now(UTC)
        wait_until(lambda: datetime.now(UTC) > asked, 5, "the clock stands")
        return asked

    reading = cached("wall", slow, 60)
    assert present(reading.read_at) <= reading.answer()


def test_a_slow_answer_is_due_again_an_interval_after_its_question(clock: Clock):
    question = Question()

    def slow() -> int:
        clock.seconds += 20
        return question()

    assert cached("wall", slow, 30).value == 1
    clock.seconds += 9
    assert cached("wall", slow, 30).value == 1
    clock.seconds += 1
    assert cached("wall", slow, 30).value == 2


def test_while_one_screen_asks_the_others_see_the_last_answer_at_once():
    cached("wall", lambda: "old", 0.0)
    asking, done = threading.Event(), threading.Event()

    def slow() -> str:
        asking.set()
        done.wait(5)
        return "new"

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(cached, "wall", slow, 60)
        asking.wait(5)
        assert cached("wall", slow, 60).value == "old"
        done.set()
        assert first.result().value == "new"


def test_only_so_many_answers_are_kept(monkeypatch):
    monkeypatch.setattr(module, "_KEPT", 3)
    question = Question()
    cached("first", question, 60)
    for number in range(3):
        cached(number, lambda: 0, 60)
    cached("first", question, 60)
    assert question.asked == 2


def test_who_waited_for_anothers_question_takes_its_answer_however_long_that_took(
    clock: Clock, arrived: list[int]
):
    question = Question()

    def slow() -> int:
        wait_until(lambda: len(arrived) == 3, 20, "not everybody waits")
        clock.seconds += 60
        return question()

    with ThreadPoolExecutor(3) as pool:
        readings = list(pool.map(lambda _: cached("wall", slow, 10), range(3)))
    assert [reading.value for reading in readings] == [1, 1, 1]


def test_nobody_waits_longer_than_the_patience_and_the_question_goes_on():
    may_answer = threading.Event()
    question = Question()

    def slow() -> int:
        may_answer.wait(5)
        return question()

    started = time.monotonic()
    with ThreadPoolExecutor(5) as pool:
        readings = list(pool.map(lambda _: cached("wall", slow, 60, max_wait=0.1), range(5)))
    assert time.monotonic() - started < 1
    assert all(reading.is_empty() for reading in readings)
    may_answer.set()
    assert cached("wall", slow, 60, max_wait=5).value == 1
    assert question.asked == 1


def test_what_goes_wrong_after_the_patience_is_kept_with_the_last_good_answer():
    away, may_fail = WarehouseUnreachable("Away."), threading.Event()
    cached("wall", lambda: "figures", 0.0)

    def fails() -> None:
        may_fail.wait(20)
        raise away

    def asked() -> CachedResult:
        return cached("wall", fails, 60, max_wait=0.05)

    assert asked().error is None
    may_fail.set()
    wait_until(lambda: asked().error, 20, "nobody hears what went wrong")
    assert (asked().value, asked().error) == ("figures", away)


def test_without_a_thread_to_be_had_the_question_is_put_all_the_same(monkeypatch):
    def refused(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    assert cached("wall", lambda: "figures", 0.0, max_wait=0.1).value == "figures"
    assert cached("wall", lambda: "newer", 60, max_wait=0.1).value == "newer"
