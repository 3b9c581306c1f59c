"""A file of statements, taken apart: what is quoted holds together, comments go."""

from pathlib import Path

from dashboard.query_files import query_statements

TEXT = """\
-- A comment; with a semicolon.
create table a (b text default 'x;--y''z'); /* another;
one */
comment on column a."odd; --name" is 'it''s';

do $$ begin -- inside; it stays
    perform 1;
end $$;
do $of_it$ begin perform $$;$$; end $of_it$;
select 1 - 2 / 3, $1;
;
select 'last'
"""


def test_statements_are_taken_apart(tmp_path: Path):
    path = tmp_path / "some.sql"
    path.write_text(TEXT)
    assert query_statements(path) == [
        "create table a (b text default 'x;--y''z')",
        "comment on column a.\"odd; --name\" is 'it''s'",
        "do $$ begin -- inside; it stays\n    perform 1;\nend $$",
        "do $of_it$ begin perform $$;$$; end $of_it$",
        "select 1 - 2 / 3, $1",
        "select 'last'",
    ]
