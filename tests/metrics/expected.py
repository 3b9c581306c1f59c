"""What the warehouse of `hand_made.py` must measure in `WEEK`, worked out by hand.

The working stands above each group: which rows make the numerator and which the denominator.
Intervals are the roots of the Wilson equation (p̂ − p)² = z² p (1 − p) / n with z = 1.959964 and
Byar's formula, solved outside the product; `test_intervals.py` holds both to published values.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Expected:
    """A figure; the fields are those of the product's `Figure`."""

    value: float | None
    n: int
    numerator: float | None = None
    denominator: float | None = None
    low: float | None = None
    high: float | None = None
    least: float | None = None
    most: float | None = None


def count(rows: int) -> Expected:
    return Expected(rows, rows, rows)


def share(part: int, whole: int, low: float, high: float, *provisional: float) -> Expected:
    return Expected(part / whole, whole, part, whole, low, high, *provisional)


EXPECTED: dict[str, Expected] = {
    # Started in the window, not excluded: c01–c09, c11, c12, c15–c20, c22. Not: c00 (before),
    # c10 and c14 (at or after 7 00:00), c13, c21, c23 (excluded).
    "episodes": count(18),
    # c13 and c23; c21 starts at the window's end.
    "excluded_episodes": count(2),
    # All but c05 (nobody answered) and c07 (only a human did). c06 has a handoff and no answer.
    "involved_rate": share(16, 18, 0.672002, 0.968980),
    # Of the 16 only c06 has no answer of the AI.
    "answered_rate": share(15, 16, 0.716713, 0.988881),
    # Not pending: the 16 without c12 and c16 (it ends a second after the asking; c15 ends at it).
    # Escalated: c03, c06, c11, c17, c18, c20. Contained: c01, c02, c04, c08, c09, c15, c19, c22.
    "containment_rate": share(8, 14, 0.325906, 0.786192),
    # Confirmed: c01, c08, c22. Assumed: c02, c09, c19. Neither: c04 (negative), c15 (no signal).
    "resolution_rate": share(6, 14, 0.213808, 0.674094),
    "confirmed_share": share(3, 6, 0.187616, 0.812384),
    # Ended by 7 12:00: c01, c02, c09, c19, c22. c19's account is back after 30 min; c01's after
    # exactly 24 h, which is not within. To come: c08, not back yet. Of all 6: 4 to 4 + 1.
    "durable_resolution_rate_24h": share(4, 5, 0.375535, 0.963776, 4 / 6, 5 / 6),
    # Ended by 5 12:00: c01 (back after 24 h), c02 (after 59 h), c22. To come: c08; c09 (back after
    # 30 h) and c19 are decided already.
    "durable_resolution_rate_72h": share(1, 3, 0.061492, 0.792340, 1 / 6, 2 / 6),
    # Ended by 1 12:00: c01 and c02, both back. To come: c08 and c22.
    "durable_resolution_rate_7d": share(0, 2, 0.0, 0.657620, 0 / 6, 2 / 6),
    "maturity_24h": share(5, 6, 0.436497, 0.969947),
    "maturity_72h": share(3, 6, 0.187616, 0.812384),
    "maturity_7d": share(2, 6, 0.096771, 0.700007),
    # 16/18 × 6/14. The interval: value × exp(± z √((1 − 16/18) / 16 + (1 − 6/14) / 6)).
    # It has no numerator: 6/14 leaves out the two that are pending, 16/18 does not.
    "automation_rate": Expected(16 / 18 * 6 / 14, 18, None, None, 0.203599, 0.712797),
    # By the handoff: c00 (exactly at the start), c03, c06, c11, c17, c18, c20. Not: c14 (exactly at
    # the end), c19 (a second after the asking), c13 (excluded).
    "escalations": count(7),
    # 7 handoffs per 16 involved episodes. Byar for 7 events: 2.804431 to 14.423263.
    "escalation_rate": Expected(43.75, 16, 7, 16, 17.527692, 90.145391),
    # At the window's end: c11 (answered at 8 13:00) and c14 (asked at that very instant).
    "open_handoffs": count(2),
    # Answered after 300 s (c06), 600 s (c00), 1800 s (c03), 2400 s (c20). Waiting: c18 until its end
    # 2400 s, c11 until the asking 171,000 s. c17's times are placed. Still waiting after 300 s 5/6,
    # after 600 s 5/6 × 4/5 = 4/6, after 1800 s 4/6 × 3/4 = 3/6, after 2400 s 3/6 × 2/3 = 1/3.
    "time_to_human_p50": Expected(1800, 6, 4, 6),
    "time_to_human_p90": Expected(None, 6, 4, 6),
    # Of the 7 handoffs c11 still waits; c18 ended without a reply, placed times or not.
    "unanswered_rate": share(1, 6, 0.030053, 0.563503),
    # c01 5, c03 2, c04 1 (known from its end), c06 4, c07 5, c11 3 (while open), c15 4 (at the
    # asking). Not: c12 and c16, rated after the asking.
    "csat": share(4, 7, 0.250458, 0.841780),
    # 24 / 7; variance (96 − 24² / 7) / 6 = 16 / 7, so the standard error is √(16 / 7 / 7) = 4 / 7.
    "csat_mean": Expected(24 / 7, 7, None, 7, 2.308592, 4.548551),
    "ratings": count(7),
    # Ended: the 18 without c11, c12, c16. Of those rated: the 7 without c11.
    "csat_response_rate": share(6, 15, 0.198245, 0.642532),
    # Of the 8 contained three are rated: c01 5, c04 1, c15 4.
    "contained_low_rate": share(1, 3, 0.061492, 0.792340),
    # s01–s07, s11–s22, s24, s27–s30, s32. Not: s08, s26 (after the window), s09, s31 (customer),
    # s10 (excluded), s25 (its end is not known yet).
    "spans": count(25),
    # s02, s04, s06, s07, s11, s12, s14, s16, s17, s19–s22, s27, s28, s30, s32.
    "failed_spans": count(17),
    "api_error_rate": share(17, 25, 0.484103, 0.827948),
    # Recovered: s02 by s03, s12 by s13, s17 by s18, s28 by s29.
    "unrecovered_error_rate": share(13, 25, 0.334985, 0.699687),
    # Without s04 and s15, in order: nine from 100 to 900, ten of 60,000, then 61,000, 62,000,
    # 64,000 and 129,601,000. p50: the 12th. p95: 0.95 × 22 = 20.9, so 62,000 + 0.9 × 2,000.
    "latency_p50": Expected(60_000, 23, None, 23),
    "latency_p95": Expected(63_800, 23, None, 23),
    # s06 in c04, s11 before c08, s17 before c22.
    "silent_failures": count(3),
    # At the window's end: a4 (s11, c08 is open) and a11 (s27, c22 resolved). Not: a5 (recovered), a6
    # and a10 (asked for a human since), a2 (only abandoned), a8 (24 h ago, and the customer's own).
    "accounts_at_risk": count(2),
}

BY_EVENT: dict[str, Expected] = {
    # Rated in the window: c00 3 (exactly at its start), c01 5, c03 2, c04 1, c06 4, c07 5. Not: c14
    # (exactly at its end), c11 and c15 (on 8).
    "csat": share(3, 6, 0.187616, 0.812384),
    # 20 / 6; variance (80 − 20² / 6) / 5 = 8 / 3, so the standard error is √(8 / 3 / 6) = 2 / 3.
    "csat_mean": Expected(20 / 6, 6, None, 6, 2.026691, 4.639976),
    "ratings": count(6),
    # c01 and c04; c15 is rated on 8.
    "contained_low_rate": share(1, 2, 0.094531, 0.905469),
}
