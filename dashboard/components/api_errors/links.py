"""Links within the page: to the overview, to one error group, to one trace."""

from dashboard.components.links import link
from dashboard.scope_url import OpenScope

PAGE = "api_errors"
_OF_CALLS = ("system", "name", "operation", "origin")


def overview_link(asked: OpenScope) -> str:
    """Back to all groups, in the same scope."""
    return link(PAGE, asked)


def group_link(asked: OpenScope, fingerprint: str) -> str:
    """One error group in the same scope."""
    return link(PAGE, asked, group=fingerprint)


def trace_link(asked: OpenScope, account_id: str, trace_id: str, span_id: str | None = None) -> str:
    """One trace, seen at the scope's instant if it has one; `span_id` is the one picked in it."""
    as_of = asked.parameters().get("as_of", [None])[0]
    return link(PAGE, account=account_id, trace=trace_id, span=span_id, as_of=as_of)


def without_calls(asked: OpenScope) -> OpenScope:
    """The scope without filters on calls: a group names its own."""
    for key in _OF_CALLS:
        asked = asked.where(key)
    return asked
