"""Links between pages. Every one carries its whole question, so that it can be sent to somebody."""

from urllib.parse import urlencode

from dashboard.scope_url import OpenScope


def link(page: str, asked: OpenScope | None = None, **parameters: str | None) -> str:
    """A relative link to `page` with the scope's parameters and others; None leaves one out."""
    query = dict(asked.parameters()) if asked else {}
    query.update({key: [value] for key, value in parameters.items() if value is not None})
    return f"{page}?{urlencode(query, doseq=True)}" if query else page


def conversations_link(
    asked: OpenScope,
    metric: str | None = None,
    part: str | None = None,
    dating: str | None = None,
    sort: str | None = None,
) -> str:
    """The conversations behind a metric in a scope; `part` is `numerator` for those alone."""
    return link("conversations", asked, metric=metric, part=part, dating=dating, sort=sort)


def conversation_link(
    asked: OpenScope, account_id: str, conversation_id: str, **parameters: str | None
) -> str:
    """One conversation, seen at the scope's instant if it has one."""
    as_of = asked.parameters().get("as_of", [None])[0]
    return link(
        "conversation", None, account=account_id, id=conversation_id, as_of=as_of, **parameters
    )
