"""The registry documents itself: every metric says all that a tooltip or the glossary needs."""

import re
from itertools import pairwise

import pytest

from dashboard.components.shared.pages import PAGES
from dashboard.errors import UnknownDimension, UnknownMetric
from dashboard.metrics.facts import FACTS
from dashboard.metrics.metric import Metric
from dashboard.metrics.registry import METRICS, cards_on, find_metric, trends_on
from dashboard.metrics.validation import CARD_PAGES, TREND_PAGES
from dashboard.query_files import query_text

UNITS = {"count", "share", "per 100", "seconds", "milliseconds", "score"}
every_metric = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
every_fact = pytest.mark.parametrize("fact", FACTS.values(), ids=FACTS)


@every_metric
def test_it_says_what_it_is(metric: Metric):
    for words in (metric.label, metric.group, metric.excludes):
        assert words == words.strip()
        assert len(words) > 1
        assert words[0].isupper()
        assert not words.endswith(".")
    assert metric.unit in UNITS
    assert metric.good in {"up", "down", "neither"}
    assert metric.minimum_n > 0


@every_metric
def test_its_description_reads_as_a_sentence(metric: Metric):
    for sentence in (metric.description, metric.exclusions):
        assert sentence == " ".join(sentence.split())
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert not sentence.endswith("..")
        # No notation, and nothing that refers to what another line says.
        assert not set(sentence) & set("/=×_"), sentence
        words = sentence.lower().split()
        assert not any(one == other for one, other in pairwise(words)), sentence
        assert not re.search(r"\b(of those|of these|the rest)\b", sentence.lower())


@every_metric
def test_what_it_counts_is_named_so_that_it_fits_any_sentence(metric: Metric):
    for row_count in metric.kind.row_counts:
        named = row_count.description
        assert named == named.strip(" .")
        assert named[0].islower()
        assert not re.match(r"(of|the|those|these)\b", named)


@every_metric
def test_it_names_what_it_counts(metric: Metric):
    assert metric.numerator
    assert metric.denominator
    assert metric.facts
    assert set(metric.facts) <= set(FACTS)
    for row_count in metric.kind.row_counts:
        assert row_count.fact in metric.facts


@every_metric
def test_its_dimensions_are_those_of_all_its_facts(metric: Metric):
    assert metric.dimensions
    for dimension in metric.dimensions:
        for fact in metric.facts:
            if FACTS[fact].is_base and not FACTS[fact].has(dimension.key):
                continue
            assert FACTS[fact].dimension(dimension.key).column == dimension.column


def test_keys_and_labels_are_unique():
    assert all(key == metric.key for key, metric in METRICS.items())
    assert len({metric.label for metric in METRICS.values()}) == len(METRICS)


def test_pages_with_cards_are_pages():
    assert set(CARD_PAGES) <= {page.path for page in PAGES}
    assert set(TREND_PAGES) <= set(CARD_PAGES)
    for page in CARD_PAGES:
        assert cards_on(page)
    for page in TREND_PAGES:
        assert trends_on(page)


def test_what_a_page_is_about_comes_first_in_its_trend():
    assert [*trends_on("api_errors", first=("latency_p95", "nothing"))][:2] == [
        "latency_p95",
        "failed_spans",
    ]


def test_every_metric_of_the_design_is_there():
    assert set(METRICS) >= {
        "episodes",
        "involved_rate",
        "containment_rate",
        "resolution_rate",
        "confirmed_share",
        "durable_resolution_rate_24h",
        "durable_resolution_rate_72h",
        "durable_resolution_rate_7d",
        "maturity_24h",
        "maturity_72h",
        "maturity_7d",
        "automation_rate",
        "escalations",
        "escalation_rate",
        "time_to_human_p50",
        "time_to_human_p90",
        "csat",
        "csat_mean",
        "ratings",
        "csat_response_rate",
        "spans",
        "failed_spans",
        "api_error_rate",
        "unrecovered_error_rate",
        "latency_p50",
        "latency_p95",
        "silent_failures",
        "accounts_at_risk",
    }


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("containment", "Did you mean containment_rate?"),
        ("latency_p90", "Did you mean latency_p95?"),
        ("CSAT", "Available: episodes, "),
        ("", "Available: episodes, "),
    ],
)
def test_an_unknown_metric_is_answered_with_a_hint(key: str, hint: str):
    with pytest.raises(UnknownMetric) as refused:
        find_metric(key)
    assert repr(key) in refused.value.message
    assert refused.value.hint.startswith(hint)


@every_fact
def test_an_unknown_dimension_is_answered_with_those_there_are(fact):
    with pytest.raises(UnknownDimension) as refused:
        fact.dimension("colour")
    assert refused.value.message == f"{fact.row.capitalize()}s have no dimension 'colour'."
    for dimension in fact.dimensions:
        assert dimension.key in refused.value.hint


@every_fact
def test_a_fact_documents_itself(fact):
    text = query_text(fact.path)
    assert text.startswith("-- Grain: ")
    assert "-- Meaning: " in text
    assert "-- Parameters:" in text
    assert fact.row == fact.row.lower()
    assert fact.dated_by
