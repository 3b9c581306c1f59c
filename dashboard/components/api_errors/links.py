"""Links within the page: to the overview, to one error group, to one trace."""

from dashboard.components.shared.links import about_one, link
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
    """One trace; the scope goes along, and `span_id` is the one picked in it."""
    return about_one(PAGE, asked, account=account_id, trace=trace_id, span=span_id)


def without_calls(asked: OpenScope) -> OpenScope:
    """The scope without filters on calls: a group names its own."""
    for key in _OF_CALLS:
        asked = asked.where(key)
    return asked
