"""Links between pages. Every one carries its whole question, so that it can be shared."""

from urllib.parse import urlencode

from dashboard.scope_url import OpenScope


def link(page: str, page_scope: OpenScope | None = None, **parameters: str | None) -> str:
    """A relative link to `page` with the scope's parameters and others; None leaves one out."""
    query = dict(page_scope.parameters()) if page_scope else {}
    query.update({key: [value] for key, value in parameters.items() if value is not None})
    return f"{page}?{urlencode(query, doseq=True)}" if query else page


def conversations_link(
    page_scope: OpenScope,
    metric: str | None = None,
    part: str | None = None,
    dating: str | None = None,
    sort: str | None = None,
) -> str:
    """The conversations behind a metric in a scope; `part` is `numerator` for those alone."""
    return link("conversations", page_scope, metric=metric, part=part, dating=dating, sort=sort)


def conversation_link(
    page_scope: OpenScope, account_id: str, conversation_id: str, from_list: str | None = None
) -> str:
    """One conversation; the scope goes along. `from_list`: the query of the list that it stands in."""
    one = about_one("conversation", page_scope, account=account_id, id=conversation_id)
    return one if from_list is None else f"{one}&{urlencode({'from_list': from_list})}"


def account_link(page_scope: OpenScope, account_id: str) -> str:
    """The page of one account; the scope goes along."""
    return about_one("account", page_scope, account=account_id)


def about_one(page: str, page_scope: OpenScope, **parameters: str | None) -> str:
    """A link to a page about one thing, which `parameters` name; the scope goes along to the next page."""
    query = {key: [value] for key, value in parameters.items() if value is not None}
    query |= {key: values for key, values in page_scope.kept().items() if key not in query}
    return f"{page}?{urlencode(query, doseq=True)}" if query else page
