"""Opening a page as Streamlit runs it, without a browser."""

import re

from streamlit.testing.v1 import AppTest

from dashboard.settings import PROJECT_ROOT

_SECONDS = 30


def open_page(page: str, **query: str | list[str]) -> AppTest:
    """The page `pages/<page>.py`, opened with a link's parameters and run once.

    Parameters are set before the first run, as a browser does it.
    """
    app = AppTest.from_file(str(PROJECT_ROOT / "dashboard" / "app.py"), default_timeout=_SECONDS)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    if page != "control_room":
        app.switch_page(f"../pages/{page}.py")
        # Going to another page drops what only that page knows of; a link opens it with all of it.
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
    return app


def words_on(app: AppTest) -> str:
    """All that the page says in words, one piece a line."""
    kinds = ("title", "markdown", "caption", "warning", "error", "success", "info", "text")
    words = "\n".join(str(piece.value) for kind in kinds for piece in getattr(app, kind))
    # As it reads: a backslash keeps a sign of somebody's text from being Markdown.
    return re.sub(r"\\([^\w\s])", r"\1", words)
