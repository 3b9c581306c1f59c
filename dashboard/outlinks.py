"""Links to other systems (helpdesk, tracing, CRM), made from URL templates that the settings give.

A template is a web address with placeholders: `https://crm.example.com/accounts/{account_id}`.
"""

import re
from urllib.parse import quote, urlsplit

from dashboard.errors import SettingInvalid

PLACEHOLDERS = ("account_id", "conversation_id", "trace_id", "span_id")
"""What a template can hold; each stands for a value of the warehouse, percent-encoded."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NOT_IN_AN_ADDRESS = re.compile(r"[\s\x00-\x1f\x7f\"<>\\^`|{}]")
# Percent-encoded or not, a browser takes these for steps in the path.
_STEPS = {".", ".."}


def read_template(name: str, text: str) -> str | None:
    """The template that the setting `name` holds, None where `text` is empty.

    Raises `SettingInvalid` for one that no link can be made of.
    """
    template = text.strip()
    if not template:
        return None
    named = _PLACEHOLDER.findall(template)
    known = ", ".join(f"{{{placeholder}}}" for placeholder in PLACEHOLDERS)
    for placeholder in named:
        if placeholder not in PLACEHOLDERS:
            raise SettingInvalid(
                f"{name} has the placeholder {{{placeholder}}}, which does not exist.",
                f"Available: {known}.",
            )
    if not named:
        raise SettingInvalid(f"{name} has no placeholder.", f"Use one of {known}.")
    if not _is_address(template):
        raise SettingInvalid(
            f"{name} is not a valid web address template.",
            "Use the form https://crm.example.com/accounts/{account_id}: http or https, a fixed "
            "host, no spaces, and %7B and %7D for braces themselves.",
        )
    return template


def out_link(template: str | None, **known: str | None) -> str | None:
    """The address that `template` gives for the values `known` (placeholder → value).

    None without a template, and where a value that it needs is not known.
    """
    if template is None:
        return None
    values = {name: known.get(name) or "" for name in _PLACEHOLDER.findall(template)}
    if any(not value or value in _STEPS for value in values.values()):
        return None
    return _PLACEHOLDER.sub(
        lambda found: quote(values[found[1]], safe="", errors="replace"), template
    )


def _is_address(template: str) -> bool:
    if _NOT_IN_AN_ADDRESS.search(_PLACEHOLDER.sub("", template)):
        return False
    try:
        parts = urlsplit(template)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    # A value never chooses the host, and an address never exposes a password.
    is_fixed = not set(parts.netloc) & set("{}@")
    return parts.scheme in ("http", "https") and has_host and is_fixed
