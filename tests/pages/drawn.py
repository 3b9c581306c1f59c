"""A page run by Streamlit's own test runner, and what it drew."""

from html import unescape
from re import sub

from streamlit.testing.v1 import AppTest

from dashboard.query.cache import clear_cache
from dashboard.settings import PROJECT_ROOT


def open_page(name: str, **parameters: str | list[str]) -> AppTest:
    """Run `pages/<name>.py` afresh with the link's parameters."""
    clear_cache()
    page = AppTest.from_file(str(PROJECT_ROOT / "pages" / f"{name}.py"), default_timeout=30)
    for key, value in parameters.items():
        page.query_params[key] = value
    return page.run()


def html_of(page: AppTest) -> str:
    """The HTML that the page drew, without its style sheets."""
    drawn = (element.proto.body for element in page.get("html"))
    return "\n".join(body for body in drawn if not body.startswith("<style>"))


def words_of(page: AppTest) -> str:
    """What a reader reads: the page's HTML without tags, and its warnings."""
    text = unescape(sub(r"<[^>]*>", " ", html_of(page)))
    warnings = " ".join(warning.value.replace("\\", "") for warning in page.warning)
    return sub(r"\s+", " ", f"{text} {warnings}")
