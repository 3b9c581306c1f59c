"""Which business a conversation is about, where the file's own header does not say."""

import re

from dashboard.sources.tau.pairing import Exchange
from dashboard.sources.tau.payloads import inside

_POLICY_TITLE = re.compile(r"#\s*([a-z][a-z _-]{0,30}?) agent policy", re.IGNORECASE)
# Tools that only one of the benchmarks' back ends has.
_DOMAIN_OF_TOOL = {
    "get_reservation_details": "airline",
    "search_direct_flight": "airline",
    "get_order_details": "retail",
    "get_product_details": "retail",
    "get_customer_by_phone": "telecom",
    "get_data_usage": "telecom",
}


def domain_of(record: dict, entries: list, task: object, exchanges: list[Exchange]) -> str | None:
    """Read from the agent's policy, else the task, else the tools called; None where none tells."""
    for text in (record.get("policy"), _system_prompt(entries)):
        if isinstance(text, str) and (title := _POLICY_TITLE.search(text[:2_000])):
            return title[1].lower().replace(" ", "_")
    domain = inside(task, "user_scenario", "instructions", "domain")
    if isinstance(domain, str) and domain.strip():
        return domain.strip()[:200]
    return next(
        (_DOMAIN_OF_TOOL[call.name] for call, _ in exchanges if call.name in _DOMAIN_OF_TOOL), None
    )


def _system_prompt(entries: list) -> object:
    return next(
        (inside(entry, "content") for entry in entries if inside(entry, "role") == "system"), None
    )
