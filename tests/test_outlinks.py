"""Links out: a template that cannot be used is named at the start, a value never leaves its place."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.errors import SettingInvalid
from dashboard.outlinks import PLACEHOLDERS, out_link, read_template
from dashboard.settings import read_settings

CRM = "https://crm.example.com/accounts/{account_id}/view?span={span_id}#top"


@pytest.mark.parametrize(
    "template",
    [
        "https://help.example.com/conversations/{conversation_id}",
        "http://localhost:8080/trace/{trace_id}?span={span_id}",
        "https://x.example/#/a%20b/{account_id}",
        "HTTPS://[::1]:16686/trace/{trace_id}",
        "  https://x.example/{account_id}\n",
    ],
)
def test_a_template_is_read_as_it_is(template: str):
    assert read_template("CRM_URL", template) == template.strip()


def test_without_a_template_there_is_no_link():
    assert read_template("CRM_URL", " ") is None
    assert out_link(None, account_id="a1") is None
    settings = read_settings({})
    assert (settings.helpdesk_url, settings.tracing_url, settings.crm_url) == (None, None, None)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("https://x.example/{account}", "has the placeholder {account}"),
        ("https://x.example/{account_id!r}", "has the placeholder {account_id!r}"),
        ("https://x.example/{account_id.__class__}", "which does not exist"),
        ("https://x.example/{}", "has the placeholder {}"),
        ("https://x.example/accounts/", "has no placeholder"),
        ("https://x.example/{{account_id}}", "not a valid web address template"),
        ("https://x.example/{account_id", "has no placeholder"),
        ("https://x.example/{account_id}/{", "not a valid web address template"),
        ("javascript:alert({account_id})", "not a valid web address template"),
        ("javascript://x.example/%0Aalert({account_id})", "not a valid web address template"),
        ("ftp://x.example/{account_id}", "not a valid web address template"),
        ("//x.example/{account_id}", "not a valid web address template"),
        ("x.example/{account_id}", "not a valid web address template"),
        ("https://{account_id}.x.example/", "not a valid web address template"),
        ("https://x.example{account_id}/", "not a valid web address template"),
        ("https://x.example:{account_id}/", "not a valid web address template"),
        ("https:///{account_id}", "not a valid web address template"),
        ("https://x.example:99999/{account_id}", "not a valid web address template"),
        ("https://[x/{account_id}", "not a valid web address template"),
        ("https://user:secret@x.example/{account_id}", "not a valid web address template"),
        ("https://x.example/a b/{account_id}", "not a valid web address template"),
        ('https://x.example/"{account_id}', "not a valid web address template"),
        ("https://x.example/<b>{account_id}", "not a valid web address template"),
        ("https://x.example\\{account_id}", "not a valid web address template"),
    ],
)
@pytest.mark.parametrize("name", ["HELPDESK_URL", "TRACING_URL", "CRM_URL"])
def test_a_template_that_cannot_be_used_is_a_sentence_at_the_start(name, template, words):
    with pytest.raises(SettingInvalid) as raised:
        read_settings({name: template})
    assert raised.value.message.startswith(name)
    assert words in raised.value.message
    assert raised.value.hint


def test_the_settings_keep_the_templates():
    given_ = {
        "HELPDESK_URL": "https://help.example.com/conversations/{conversation_id}",
        "TRACING_URL": "https://traces.example.com/trace/{trace_id}",
        "CRM_URL": "https://crm.example.com/accounts/{account_id}",
    }
    settings = read_settings(given_)
    assert [settings.helpdesk_url, settings.tracing_url, settings.crm_url] == [*given_.values()]


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ("acct-1", "acct-1"),
        ("a b", "a%20b"),
        ("a/../../b", "a%2F..%2F..%2Fb"),
        ("?x=1&y=2#z", "%3Fx%3D1%26y%3D2%23z"),
        ("100%", "100%25"),
        ("{span_id}", "%7Bspan_id%7D"),
        ('"><script>', "%22%3E%3Cscript%3E"),
        ("@evil.example", "%40evil.example"),
        ("größer", "gr%C3%B6%C3%9Fer"),
        ("\r\nHost: x", "%0D%0AHost%3A%20x"),
        ("\ud800", "%3F"),
    ],
)
def test_a_value_is_percent_encoded(value: str, encoded: str):
    template = "https://x.example/{account_id}/{account_id}"
    assert out_link(template, account_id=value) == f"https://x.example/{encoded}/{encoded}"


@pytest.mark.parametrize("missing", [None, "", ".", ".."])
def test_no_link_where_a_value_is_not_known_or_would_be_a_step_in_the_path(missing):
    assert out_link(CRM, account_id="a1", span_id="s1")
    assert out_link(CRM, account_id=missing, span_id="s1") is None
    assert out_link(CRM, account_id="a1") is None


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.text("ab/?#%{}", min_size=1)
)
def test_whatever_the_ids_are_the_address_is_the_template_s(account: str, span: str):
    link = out_link(CRM, account_id=account, span_id=span)
    if {account, span} & {".", ".."}:
        assert link is None
        return
    assert link is not None
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc, parts.fragment) == ("https", "crm.example.com", "top")
    _, first, given_account, last = parts.path.split("/")
    assert (first, unquote(given_account), last) == ("accounts", account, "view")
    assert parse_qs(parts.query) == {"span": [span]}


def test_every_placeholder_can_be_filled():
    for placeholder in PLACEHOLDERS:
        template = read_template("CRM_URL", f"https://x.example/{{{placeholder}}}")
        assert out_link(template, **{placeholder: "1"}) == "https://x.example/1"
