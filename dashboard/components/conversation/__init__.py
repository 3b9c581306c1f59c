"""The page of one conversation: its verdict, the likely culprits, the customer's timeline, the transcript."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import streamlit as st

from dashboard.components.conversation.around import around_html, draw_timeline
from dashboard.components.conversation.culprits import culprits_html
from dashboard.components.conversation.header import (
    absent_html,
    header_html,
    navigation_html,
    not_started_words,
)
from dashboard.components.conversation.transcript import transcript_html
from dashboard.components.filter_bar.page_scope import open_scope_of_page
from dashboard.components.shared.downloads import on_demand
from dashboard.components.shared.links import conversation_link, link
from dashboard.components.shared.page import answer_of
from dashboard.components.shared.pages import page_for
from dashboard.query.cache import CachedResult, cached
from dashboard.reports.conversation.conversation import (
    Absent,
    Conversation,
    conversation,
    whole_transcript,
)
from dashboard.reports.conversation.culprits import Culprit, culprits
from dashboard.reports.conversation.customer_timeline import CustomerTimeline, customer_timeline
from dashboard.reports.conversations.neighbours import Neighbours, neighbours
from dashboard.reports.conversations.question import Question, question_of_link
from dashboard.scope import Scope, instant_text
from dashboard.scope_url import OpenScope
from dashboard.settings import settings

_FOLDER = Path(__file__).parent
_PINNED_SECONDS = 300.0
_DAY = timedelta(days=1)
_OWN = ("account", "id", "from_list", "around")


@dataclass(frozen=True)
class Asked:
    """What the link asks for. `scope` holds the instant and the zone, and what goes along to other pages;
    `question` is the list it was opened from."""

    account: str
    key: str
    scope: OpenScope
    from_list: str | None

    @property
    def as_of(self) -> datetime | None:
        return self.scope.as_of

    @property
    def question(self) -> Question | None:
        if self.from_list is None:
            return None
        return question_of_link(self.from_list, self.scope.usual_zone)


@dataclass(frozen=True)
class Case:
    """Everything on the page, read at one instant."""

    about: Conversation
    timeline: CustomerTimeline
    culprits: list[Culprit]


def show_conversation() -> None:
    """The whole page, from the link it was opened with."""
    st.html(_FOLDER / "conversation.css")
    page_scope = _asked()
    if not (page_scope.account and page_scope.key):
        st.html(absent_html("The link names no conversation.", page_scope.from_list))
        return
    case = answer_of(_read(page_scope))
    if isinstance(case, Absent):
        _show_absent(page_scope, case)
    else:
        _show_case(page_scope, case)


def _asked() -> Asked:
    given = {key: st.query_params[key].replace("\x00", "") for key in st.query_params}
    scope = open_scope_of_page(page_for("conversation"), _OWN, ())
    return Asked(given.get("account", ""), given.get("id", ""), scope, given.get("from_list"))


def _read(page_scope: Asked) -> CachedResult:
    key = (
        "conversation",
        page_scope.account,
        page_scope.key,
        page_scope.as_of,
        page_scope.scope.time_zone,
    )
    seconds = 0.9 * settings().refresh_seconds if page_scope.as_of is None else _PINNED_SECONDS
    return cached(key, lambda: _ask(page_scope), seconds)


def _ask(page_scope: Asked) -> Case | Absent:
    as_of = page_scope.as_of or datetime.now(UTC).replace(microsecond=0)
    scope = Scope.last(_DAY, as_of, page_scope.scope.time_zone)
    about = conversation(page_scope.account, page_scope.key, scope)
    if isinstance(about, Absent):
        return about
    timeline = customer_timeline(about)
    return Case(about, timeline, culprits(about, timeline))


def _neighbours(page_scope: Asked) -> Neighbours:
    question, as_of = page_scope.question, page_scope.as_of
    if question is None:
        return Neighbours()
    reading = cached(
        ("neighbours", question, page_scope.account, page_scope.key, as_of),
        lambda: neighbours(
            question,
            (page_scope.account, page_scope.key),
            as_of or datetime.now(UTC).replace(microsecond=0),
        ),
        _PINNED_SECONDS if as_of else settings().refresh_seconds,
    )
    # Without it the page still says all there is to say.
    return reading.value or Neighbours()


def _show_absent(page_scope: Asked, absent: Absent) -> None:
    if absent.started_at is None:
        words = f"The warehouse has no conversation {page_scope.key} of the account {page_scope.account}."
        st.html(absent_html(words, page_scope.from_list))
        return
    as_of = page_scope.as_of or datetime.now(UTC)
    now = {"See it now": _live_link(page_scope)}
    st.html(
        absent_html(
            not_started_words(absent.started_at, as_of, page_scope.scope.time_zone),
            page_scope.from_list,
            now,
        )
    )


def _show_case(page_scope: Asked, case: Case) -> None:
    about = case.about
    with st.container(horizontal=True, vertical_alignment="center", key="conversation_top"):
        st.html(navigation_html(page_scope.scope, page_scope.from_list, _neighbours(page_scope)))
        _draw_tools(page_scope, about)
    previous = case.timeline.previous(about.facts["started_at"])
    st.html(
        header_html(
            about, page_scope.scope, previous, _live_link(page_scope) if page_scope.as_of else None
        )
    )
    st.html(culprits_html(about, case.culprits, case.timeline, page_scope.scope))
    draw_timeline(about, case.timeline, case.culprits)
    transcript, around = st.columns([3, 2], gap="medium")
    with transcript:
        st.html(transcript_html(about, case.culprits))
    with around:
        st.html(around_html(about, case.timeline, page_scope.scope))


def _live_link(page_scope: Asked) -> str:
    live = replace(page_scope.scope, as_of=None)
    return conversation_link(
        live, page_scope.account, page_scope.key, from_list=page_scope.from_list
    )


def _draw_tools(page_scope: Asked, about: Conversation) -> None:
    with st.popover("Copy link", icon=":material/link:"):
        st.caption("Shows this conversation as it stands now, whenever it is opened.")
        pinned = link(
            "conversation",
            account=page_scope.account,
            id=page_scope.key,
            as_of=instant_text(about.scope.as_of),
        )
        address = (st.context.url or "conversation").partition("?")[0]
        st.code(address.rsplit("/", 1)[0] + "/" + pinned if "/" in address else pinned, None)
    st.download_button(
        "Transcript",
        on_demand(whole_transcript, page_scope.account, page_scope.key, about.scope.as_of),
        file_name="transcript.txt",
        mime="text/plain",
        on_click="ignore",
        icon=":material/download:",
        help="Every message, whole, as plain text.",
    )
