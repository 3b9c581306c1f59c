"""The SQL behind a panel, ready to paste into psql."""

import re

from psycopg import sql
from sqlalchemy import CompoundSelect, Select, TextClause
from sqlalchemy.dialects import postgresql

from dashboard.settings import settings

Statement = Select | CompoundSelect | TextClause
"""What can be run as well as shown."""

_DIALECT = postgresql.dialect(paramstyle="named")
_PARAMETER = re.compile(r"(?<![:\w]):([a-z_]\w*)")
_COMMENT = re.compile(r"^\s*--.*\n", re.MULTILINE)


def sql_text(statement: Statement) -> str:
    """`statement` with its values written in, quoted by psycopg, and the schema it expects."""
    compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    # A file's header names its parameters; a value of several lines would leave the comment.
    body = _COMMENT.sub("", str(compiled)).strip()
    # In one pass: a value may itself hold what looks like a parameter.
    text = _PARAMETER.sub(
        lambda match: sql.Literal(compiled.params[match[1]]).as_string(None), body
    )
    return f"set search_path to {settings().warehouse_schema};\n\n{text};\n"
