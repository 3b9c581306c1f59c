"""Links within the page: to the overview, to one error group, to one trace."""

from dashboard.components.shared.links import about_one, link
from dashboard.scope_url import OpenScope

PAGE = "api_errors"
_OF_CALLS = ("system", "name", "operation", "origin")


def overview_link(page_scope: OpenScope) -> str:
    """Back to all groups, in the same scope."""
    return link(PAGE, page_scope)


def group_link(page_scope: OpenScope, fingerprint: str) -> str:
    """One error group in the same scope."""
    return link(PAGE, page_scope, group=fingerprint)


def trace_link(
    page_scope: OpenScope, account_id: str, trace_id: str, span_id: str | None = None
) -> str:
    """One trace; the scope goes along, and `span_id` is the one picked in it."""
    return about_one(PAGE, page_scope, account=account_id, trace=trace_id, span=span_id)


def without_calls(page_scope: OpenScope) -> OpenScope:
    """The scope without filters on calls: a group names its own."""
    for key in _OF_CALLS:
        page_scope = page_scope.where(key)
    return page_scope
