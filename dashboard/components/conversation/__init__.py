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
class OpenConversation:
    """The conversation that the link names. `scope` holds the instant and the zone, and what other pages
    take over; `question` is the list it was opened from."""

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
    """Draw the page for the link it was opened with."""
    st.html(_FOLDER / "conversation.css")
    opened = _open_conversation()
    if not (opened.account and opened.key):
        st.html(absent_html("The link does not name a conversation.", opened.from_list))
        return
    case = answer_of(_read(opened))
    if isinstance(case, Absent):
        _show_absent(opened, case)
    else:
        _show_case(opened, case)


def _open_conversation() -> OpenConversation:
    given = {key: st.query_params[key].replace("\x00", "") for key in st.query_params}
    scope = open_scope_of_page(page_for("conversation"), _OWN, ())
    return OpenConversation(
        given.get("account", ""), given.get("id", ""), scope, given.get("from_list")
    )


def _read(opened: OpenConversation) -> CachedResult:
    key = (
        "conversation",
        opened.account,
        opened.key,
        opened.as_of,
        opened.scope.time_zone,
    )
    seconds = 0.9 * settings().refresh_seconds if opened.as_of is None else _PINNED_SECONDS
    return cached(key, lambda: _ask(opened), seconds)


def _ask(opened: OpenConversation) -> Case | Absent:
    as_of = opened.as_of or datetime.now(UTC).replace(microsecond=0)
    scope = Scope.last(_DAY, as_of, opened.scope.time_zone)
    about = conversation(opened.account, opened.key, scope)
    if isinstance(about, Absent):
        return about
    timeline = customer_timeline(about)
    return Case(about, timeline, culprits(about, timeline))


def _neighbours(opened: OpenConversation) -> Neighbours:
    question, as_of = opened.question, opened.as_of
    if question is None:
        return Neighbours()
    reading = cached(
        ("neighbours", question, opened.account, opened.key, as_of),
        lambda: neighbours(
            question,
            (opened.account, opened.key),
            as_of or datetime.now(UTC).replace(microsecond=0),
        ),
        _PINNED_SECONDS if as_of else settings().refresh_seconds,
    )
    # The page is complete without it.
    return reading.value or Neighbours()


def _show_absent(opened: OpenConversation, absent: Absent) -> None:
    if absent.started_at is None:
        words = f"No conversation {opened.key} found for account {opened.account}."
        st.html(absent_html(words, opened.from_list))
        return
    as_of = opened.as_of or datetime.now(UTC)
    now = {"Show current state": _live_link(opened)}
    st.html(
        absent_html(
            not_started_words(absent.started_at, as_of, opened.scope.time_zone),
            opened.from_list,
            now,
        )
    )


def _show_case(opened: OpenConversation, case: Case) -> None:
    about = case.about
    with st.container(horizontal=True, vertical_alignment="center", key="conversation_top"):
        st.html(navigation_html(opened.scope, opened.from_list, _neighbours(opened)))
        _draw_tools(opened, about)
    previous = case.timeline.previous(about.facts["started_at"])
    st.html(
        header_html(about, opened.scope, previous, _live_link(opened) if opened.as_of else None)
    )
    st.html(culprits_html(about, case.culprits, case.timeline, opened.scope))
    draw_timeline(about, case.timeline, case.culprits)
    transcript, around = st.columns([3, 2], gap="medium")
    with transcript:
        st.html(transcript_html(about, case.culprits))
    with around:
        st.html(around_html(about, case.timeline, opened.scope))


def _live_link(opened: OpenConversation) -> str:
    live = replace(opened.scope, as_of=None)
    return conversation_link(live, opened.account, opened.key, from_list=opened.from_list)


def _draw_tools(opened: OpenConversation, about: Conversation) -> None:
    with st.popover("Copy link", icon=":material/link:"):
        st.caption("This link always shows the conversation as it is now.")
        pinned = link(
            "conversation",
            account=opened.account,
            id=opened.key,
            as_of=instant_text(about.scope.as_of),
        )
        address = (st.context.url or "conversation").partition("?")[0]
        st.code(address.rsplit("/", 1)[0] + "/" + pinned if "/" in address else pinned, None)
    st.download_button(
        "Transcript",
        on_demand(whole_transcript, opened.account, opened.key, about.scope.as_of),
        file_name="transcript.txt",
        mime="text/plain",
        on_click="ignore",
        icon=":material/download:",
        help="All messages in full, as plain text.",
    )
