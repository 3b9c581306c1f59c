"""Values of dimensions in words, and which stay as they are."""

import pytest

from dashboard.metrics.value_words import reason_phrase, value_labels, value_words


@pytest.mark.parametrize(
    ("dimension", "value", "words"),
    [
        ("topic", "data_import", "Data import"),
        ("topic", "billing", "Billing"),
        ("topic", "Billing & tax", "Billing & tax"),
        ("topic", "api_keys", "API keys"),
        ("topic", None, "(unknown)"),
        ("channel", "in_app", "In app"),
        ("reason", "customer_request", "Customer request"),
        ("reason", "unsupported_request", "Unsupported request"),
        ("outcome", "pending", "Open"),
        ("handled_by", "ai only", "AI only"),
        ("language", "en", "English"),
        ("language", "tlh", "tlh"),
        ("queue", "tier-1", "tier-1"),
        ("system", "ledger_sync", "ledger_sync"),
        ("name", "post_invoice", "post_invoice"),
        ("error_type", "rate_limit", "rate_limit"),
        ("version", "v2_1", "v2_1"),
    ],
)
def test_a_value_in_words(dimension: str, value: str | None, words: str):
    assert value_words(dimension, value) == words


def test_values_whose_words_are_the_same_stay_apart():
    assert value_labels("topic", ["data_import", "Data import", "billing", None]) == {
        "data_import": "data_import",
        "Data import": "Data import",
        "billing": "Billing",
        None: "(unknown)",
    }


def test_a_reason_within_a_sentence():
    assert reason_phrase("tool_failure") == "tool failure"
    assert reason_phrase("unclassified") == "unclassified"
    assert reason_phrase(None) == "no reason recorded"
