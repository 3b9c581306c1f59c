"""What the pages about one thing ask, and the list: an error group, an account, a conversation."""

from dataclasses import replace
from datetime import timedelta

from dashboard.query.measure import measure
from dashboard.reports.account.account import account, figures, habits, status
from dashboard.reports.account.failures import account_failures, silent_by_kind
from dashboard.reports.account.ratings import account_ratings
from dashboard.reports.account.search import search_accounts
from dashboard.reports.account.timeline import account_timeline
from dashboard.reports.api_errors.error_group import window
from dashboard.reports.api_errors.error_groups import newest_change
from dashboard.reports.api_errors.error_identity import identity
from dashboard.reports.api_errors.exposure import HORIZONS, error_exposure
from dashboard.reports.api_errors.silent_failures import silent_failures
from dashboard.reports.conversation.conversation import Absent, conversation
from dashboard.reports.conversation.culprits import culprits
from dashboard.reports.conversation.customer_timeline import customer_timeline
from dashboard.reports.conversations.conversations import conversations, list_filter_values
from dashboard.reports.conversations.neighbours import neighbours
from dashboard.reports.conversations.question import Question, question_of_link
from dashboard.reports.shared.breakdown import breakdown
from dashboard.reports.shared.change import before
from dashboard.reports.shared.filters import filter_values
from dashboard.reports.shared.trend import trend
from dashboard.rollups.inspection import inspect_all
from tests.benchmarks.page import Page, Subject
from tests.benchmarks.timing import Ask

_WANTED = 300.0
_WANTED_LIST = 200.0
_WANTED_SEARCH = 1_000.0
_WANTED_CONVERSATION = 30.0
_LISTED = 8
_LISTS = {
    "the list, 8 weeks": "window=8w",
    "the list by topic and channel": "window=8w&topic=billing&channel=chat",
    "the list behind a figure": "window=8w&metric=containment_rate&part=rest&topic=billing",
    "the list with an unrecovered call": "window=8w&failed=unrecovered&topic=billing",
    "the list, slowest human first": "window=8w&sort=slowest+human",
}
_SEARCHES = {
    "the list, searched for a frequent word": "window=8w&q=invoice",
    "the list, searched for a phrase": 'window=8w&q="charged+twice"&topic=billing',
    "the list, searched for a rare word": "window=8w&q=ref1234",
}


def drilling_pages(about: Subject) -> list[Page]:
    """The pages, the windowed ones over eight weeks."""
    lists = [Page(name, _list(about, link), _WANTED_LIST) for name, link in _LISTS.items()]
    searches = [Page(name, _list(about, link), _WANTED_SEARCH) for name, link in _SEARCHES.items()]
    return [
        Page("one error group", _group(about), _WANTED),
        Page("one account, the busiest", _account(about), _WANTED),
        Page(
            "find an account", {"search": lambda: search_accounts("harbor", about.as_of)}, _WANTED
        ),
        *lists,
        *searches,
        Page("one conversation", _conversation(about), _WANTED_CONVERSATION),
        Page("data health", {"inspection": inspect_all}, _WANTED),
        Page("the filter bar's values", _filters(about), _WANTED),
    ]


def _group(about: Subject) -> dict[str, Ask]:
    group, scope = about.group, about.scope()
    inside = scope.where("group", group.fingerprint)
    call = scope.where("system", group.system).where("name", group.name)
    reached = scope.where("system", group.system).where("rule", "background")
    asked: dict[str, Ask] = {
        "identity": lambda: identity(group.fingerprint, scope),
        "window": lambda: window(group, scope),
        "newest change": lambda: newest_change(scope),
        "trend": lambda: trend(["failed_spans"], inside),
        "exposure": lambda: error_exposure(group, scope, HORIZONS["7d"]),
        "where": lambda: breakdown(
            "api_error_rate", call, "plan" if group.is_background else "version"
        ),
    }
    if group.is_background:
        asked["reached unnoticed"] = lambda: silent_failures(reached)
    return asked


def _account(about: Subject) -> dict[str, Ask]:
    asked = about.open_scope().where("account", about.account)
    scope, newest = asked.scope(about.as_of), Question(asked)
    rates = ["api_error_rate", "unrecovered_error_rate"]
    return {
        "who": lambda: account(about.account, scope.as_of),
        "habits": lambda: habits(scope),
        "status": lambda: status(scope),
        "figures": lambda: figures(scope, before(scope)),
        "timeline": lambda: account_timeline(scope),
        "failures": lambda: account_failures(scope, _LISTED),
        "error rates": lambda: measure(rates, scope),
        "silent failures by kind": lambda: silent_by_kind(scope),
        "ratings": lambda: account_ratings(scope, _LISTED),
        "csat": lambda: measure(["csat"], scope),
        "episodes": lambda: conversations(newest, scope.as_of),
    }


def _list(about: Subject, link: str) -> dict[str, Ask]:
    question = question_of_link(link, "UTC")
    return {"list": lambda: conversations(question, about.as_of)}


def _conversation(about: Subject) -> dict[str, Ask]:
    """As the list of its week opens it: the one before and the one after are looked for too."""
    account_id, key = about.conversation
    scope = about.scope(timedelta(days=1))
    question = replace(
        question_of_link("window=7d", "UTC"), page_scope=about.open_scope(timedelta(days=7))
    )

    def case() -> None:
        found = conversation(account_id, key, scope)
        if not isinstance(found, Absent):
            culprits(found, customer_timeline(found))

    return {
        "transcript, timeline and culprits": case,
        "neighbours in the list": lambda: neighbours(question, about.conversation, about.as_of),
    }


def _filters(about: Subject) -> dict[str, Ask]:
    return {
        "of every page": lambda: filter_values(about.as_of),
        "of the list": lambda: list_filter_values(about.as_of),
    }
