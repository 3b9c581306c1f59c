"""What is chosen stands in the link by its key, and the link leads."""

from streamlit.testing.v1 import AppTest


def _page() -> None:
    import streamlit as st

    from dashboard.components.shared import choices

    options = {"usual": "The usual one", "other": "Another & one"}
    st.text(choices.url_radio("row", options))
    st.text(choices.url_select("list", options, "List"))
    st.text(choices.url_select_optional("any", options, "Any"))
    st.text(choices.url_multiselect("many", ["a", "b"], "Many"))
    st.text(choices.url_text("text", "Text", max_chars=5))
    st.text(choices.url_toggle("on", "On"))
    st.text(choices.url_pager("page", 7))


def opened(**link: str | list[str]) -> AppTest:
    app = AppTest.from_function(_page)
    for name, value in link.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def says(app: AppTest) -> list[str]:
    return [piece.value for piece in app.text]


def link_of(app: AppTest) -> dict[str, str | list[str]]:
    return {key: app.query_params[key] for key in app.query_params}


def test_what_is_usual_stands_nowhere():
    assert says(opened()) == ["usual", "usual", "None", "[]", "", "False", "1"]
    app = opened(list="other")
    app.selectbox(key="choice list").select("usual").run()
    assert link_of(app) == {}


def test_the_link_leads():
    link: dict[str, str | list[str]] = {
        "row": "other",
        "list": "other",
        "any": "other",
        "many": ["b", "c"],
        "text": "abcdefg",
        "on": "1",
        "page": "3",
    }
    app = opened(**link)
    assert says(app) == ["other", "other", "other", "['b', 'c']", "abcde", "True", "3"]
    assert app.multiselect(key="choice many").value == ["b", "c"]
    # As a step back in the browser's history does it.
    app.query_params["list"] = "usual"
    del app.query_params["many"]
    app.run()
    assert app.selectbox(key="choice list").value == "usual"
    assert app.multiselect(key="choice many").value == []


def test_keys_are_written_and_no_labels():
    app = opened()
    app.selectbox(key="choice list").select("other").run()
    app.multiselect(key="choice many").select("a").run()
    app.toggle(key="choice on").set_value(True).run()
    app.text_input(key="choice text").input(" x ").run()
    assert link_of(app) == {"list": "other", "many": "a", "on": "1", "text": " x "}
    assert says(app) == ["usual", "other", "None", "['a']", "x", "True", "1"]


def test_another_choice_begins_the_list_anew():
    app = opened(page="3", entries="2", row="other")
    app.toggle(key="choice on").set_value(True).run()
    assert link_of(app) == {"row": "other", "on": "1"}


def test_what_is_not_offered_is_the_usual():
    link = {"row": "x", "list": "x", "any": "x", "on": "yes", "page": "99"}
    assert says(opened(**link)) == ["usual", "usual", "None", "[]", "", "False", "7"]
    for page in ("0", "-1", "٣", "9" * 5000, "x"):
        assert says(opened(page=page))[-1] in ("1", "7")
