"""Text that others wrote, made safe to draw: as text in HTML, as text in Markdown, never as markup.

Customers, tools and error messages write whatever they like: markup, control characters, text that
runs from right to left. All of it is shown as it is; none of it acts.
"""

import html
import re

_CONTROLS = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"}
_CONTROLS[0x7F] = 0x2421
_CONTROLS |= dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
_DIRECTIONS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:@&])")


def visible(text: str) -> str:
    """`text` with every control character as a sign that can be seen; line breaks stay."""
    return text.replace("\r\n", "\n").translate(_CONTROLS)


def as_html(text: object) -> str:
    """`text` as it reads, for an HTML element of its own or a quoted attribute."""
    return html.escape(visible(str(text)))


def inline_html(text: object) -> str:
    """`text` as it reads, within a line of other text, whose direction it cannot turn."""
    return f"<bdi>{as_html(text)}</bdi>"


def as_line(text: object) -> str:
    """`text` on one line, without signs that turn the direction of what follows: for labels of charts."""
    return visible(str(text)).translate(_DIRECTIONS).replace("\n", " ").replace("\t", " ")


def as_figure_text(text: object) -> str:
    """`text` on one line, where Plotly draws it, which reads a little HTML and few of its entities."""
    return as_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_markdown(text: object) -> str:
    """`text` as it reads, where Streamlit takes Markdown: labels, captions, warnings."""
    return _MARKDOWN.sub(r"\\\1", as_line(text))


def web_link(url: str | None) -> str | None:
    """`url` if it leads to a web page, else None: a link may also run a script or open a program."""
    if url and re.fullmatch(r"https?://\S+", url.strip(), re.IGNORECASE):
        return url.strip()
    return None
