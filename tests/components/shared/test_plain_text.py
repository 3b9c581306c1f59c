"""Text that others wrote is shown as it is, and never acts."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.components.shared.plain_text import (
    as_html,
    as_line,
    as_markdown,
    inline_html,
    visible,
    web_link,
)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(html: str) -> Tags:
    found = Tags()
    found.feed(html)
    found.close()
    return found


@given(st.text())
def test_no_text_becomes_markup(text: str):
    page = parsed(f'<p title="{as_html(text)}">{inline_html(text)}</p>')
    assert page.tags == ["p", "bdi"]
    assert page.attributes == [("title", visible(text))]
    assert page.text == visible(text)


@given(st.text())
def test_control_characters_are_made_visible(text: str):
    assert not [c for c in visible(text) if ord(c) < 32 and c not in "\n\t"]
    assert not [c for c in visible(text) if 0x7F <= ord(c) < 0xA0]


def test_what_people_write_stays():
    for text in ("مرحبا", "שלום", "🏳️‍🌈 👍🏽", "Größe, naïve", "two\nlines\tand a tab"):
        assert visible(text) == text
    assert visible("a\r\nb\rc\x00\x1b") == "a\nb␍c␀␛"


def test_a_label_of_a_chart_is_one_line_that_turns_nothing():
    assert as_line("a\nb\u202ec\u2067d") == "a bcd"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("**b** [l](x)", r"\*\*b\*\* \[l\]\(x\)"), (":red[x] $y$", r"\:red\[x\] \$y\$")],
)
def test_markdown_is_escaped(text: str, shown: str):
    assert as_markdown(text) == shown


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://help.example/a?b=1", "https://help.example/a?b=1"),
        (" HTTP://x.example ", "HTTP://x.example"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//evil.example", None),
        ("https://a b", None),
        ("java\nscript:x https://ok", None),
        ("", None),
        (None, None),
    ],
)
def test_only_web_pages_become_links(url: str | None, link: str | None):
    assert web_link(url) == link
