"""Compiled statements: found again while they are asked, gone when nobody has for a while."""

from sqlalchemy import event, literal, select

from dashboard.postgres.compiled import CompiledStatements
from dashboard.postgres.engines import read_engine


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_is_asked_stays_and_what_is_not_goes():
    clock = Clock()
    held = CompiledStatements(clock)
    held["asked"], held["forgotten"] = "one", "two"
    for clock.now in (150.0, 300.0, 450.0):
        assert held.get("asked") == "one"
    assert held.get("forgotten") is None
    assert len(held) == 1


def test_a_crowd_of_statements_pushes_out_those_that_wait_longest():
    held = CompiledStatements(Clock())
    for number in range(500):
        held[number] = f"statement {number}"
    assert held.get(0) == "statement 0"
    held[500] = "statement 500"
    assert len(held) == 500
    assert held.get(1) is None
    assert held.get(0) == "statement 0"


def test_the_engine_compiles_a_statement_once(warehouse):
    hits = []

    def note(connection, cursor, statement, parameters, context, many):
        hits.append(context.cache_hit.name)

    event.listen(read_engine(), "after_cursor_execute", note)
    try:
        with read_engine().connect() as connection:
            found = [
                connection.execute(select(literal(n).label("told_apart"))).scalar() for n in (1, 2)
            ]
    finally:
        event.remove(read_engine(), "after_cursor_execute", note)
    assert found == [1, 2]
    assert hits == ["CACHE_MISS", "CACHE_HIT"]
    assert len(read_engine().get_execution_options()["compiled_cache"]) > 0
