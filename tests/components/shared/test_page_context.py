"""A page begins with its questions before it draws: each asked once, failures said where they are drawn."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from dashboard.components.shared.page_context import PageContext
from dashboard.errors import WarehouseUnreachable
from dashboard.query.cache import clear_cache
from dashboard.query.parallel import MAX_CONCURRENCY
from dashboard.scope import Scope
from dashboard.scope_url import OpenScope

_SECONDS = 10


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    clear_cache()
    yield
    clear_cache()


def page() -> PageContext:
    return PageContext("a page", OpenScope(timedelta(days=1)))


def test_what_was_begun_with_is_not_asked_again():
    answers: list[str] = []

    def answer(scope: Scope) -> str:
        answers.append("once")
        return "answer"

    def question(context: PageContext) -> str:
        return context.ask("figures", answer)

    with page().prefetch(question):
        assert question(page()) == "answer"
    assert answers == ["once"]


def test_all_are_asked_on_one_scope():
    scopes: list[Scope] = []

    def question(name: str):
        return lambda context: context.ask(name, scopes.append)

    questions = [question(name) for name in "abcd"]
    with page().prefetch(*questions):
        for ask in questions:
            ask(page())
    assert len(scopes) == 4 and len(set(scopes)) == 1


def test_a_later_question_is_under_way_while_an_earlier_one_waits():
    later_answered = threading.Event()

    def first(context: PageContext) -> bool:
        return context.ask("first", lambda scope: later_answered.wait(_SECONDS))

    def later(context: PageContext) -> None:
        context.ask("later", lambda scope: later_answered.set())

    with page().prefetch(first, later):
        # Asked one after the other, the first would wait in vain.
        assert first(page()) is True


def test_a_failure_is_raised_where_it_is_drawn():
    def question(context: PageContext) -> None:
        context.ask("figures", unreachable)

    def unreachable(scope: Scope) -> None:
        raise WarehouseUnreachable("The warehouse is not responding.")

    with page().prefetch(question), pytest.raises(WarehouseUnreachable):
        question(page())


def test_who_leaves_takes_back_what_has_not_begun():
    leave, answers = threading.Event(), []

    def slow(name: str):
        return lambda context: context.ask(name, lambda scope: leave.wait(_SECONDS))

    def late(context: PageContext) -> None:
        context.ask("late", lambda scope: answers.append("late"))

    def next_visitor(context: PageContext) -> str:
        return context.ask("next", lambda scope: "answer")

    with page().prefetch(*(slow(name) for name in "abc"[:MAX_CONCURRENCY]), late):
        pass
    with page().prefetch(next_visitor):
        # Others' slow questions are under way; one's own are answered all the same.
        assert next_visitor(page()) == "answer"
    leave.set()
    assert slow("a")(page()) is True
    assert answers == []
