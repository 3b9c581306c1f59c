"""A page begins with its questions before it draws: each asked once, failures said where they are drawn."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from dashboard.components.shared.page_context import Asking
from dashboard.errors import WarehouseUnreachable
from dashboard.query.cache import forget
from dashboard.query.parallel import AT_ONCE
from dashboard.scope import Scope
from dashboard.scope_url import OpenScope

_SECONDS = 10


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    forget()
    yield
    forget()


def page() -> Asking:
    return Asking("a page", OpenScope(timedelta(days=1)))


def test_what_was_begun_with_is_not_asked_again():
    asked: list[str] = []

    def question(asking: Asking) -> str:
        return asking.ask("figures", lambda scope: asked.append("once") or "answer")

    with page().ahead(question):
        assert question(page()) == "answer"
    assert asked == ["once"]


def test_all_are_asked_on_one_scope():
    scopes: list[Scope] = []

    def question(name: str):
        return lambda asking: asking.ask(name, scopes.append)

    questions = [question(name) for name in "abcd"]
    with page().ahead(*questions):
        for ask in questions:
            ask(page())
    assert len(scopes) == 4 and len(set(scopes)) == 1


def test_a_later_question_is_under_way_while_an_earlier_one_waits():
    later_answered = threading.Event()

    def first(asking: Asking) -> bool:
        return asking.ask("first", lambda scope: later_answered.wait(_SECONDS))

    def later(asking: Asking) -> None:
        asking.ask("later", lambda scope: later_answered.set())

    with page().ahead(first, later):
        # Asked one after the other, the first would wait in vain.
        assert first(page()) is True


def test_a_failure_is_raised_where_it_is_drawn():
    def question(asking: Asking) -> None:
        asking.ask("figures", unreachable)

    def unreachable(scope: Scope) -> None:
        raise WarehouseUnreachable("The warehouse does not answer.")

    with page().ahead(question), pytest.raises(WarehouseUnreachable):
        question(page())


def test_who_leaves_takes_back_what_has_not_begun():
    leave, asked = threading.Event(), []

    def slow(name: str):
        return lambda asking: asking.ask(name, lambda scope: leave.wait(_SECONDS))

    def late(asking: Asking) -> None:
        asking.ask("late", lambda scope: asked.append("late"))

    def next_visitor(asking: Asking) -> str:
        return asking.ask("next", lambda scope: "answer")

    with page().ahead(*(slow(name) for name in "abc"[:AT_ONCE]), late):
        pass
    with page().ahead(next_visitor):
        # Others' slow questions are under way; one's own are answered all the same.
        assert next_visitor(page()) == "answer"
    leave.set()
    assert slow("a")(page()) is True
    assert asked == []
