"""Counts over time as a few bars in the line of a table: HTML, too small for axes."""

from collections.abc import Sequence


def sparkbars(counts: Sequence[int], words: str) -> str:
    """`counts` from left to right; `words` (escaped) say what they are to who cannot see them.

    The bars take the height and the colour of what is around them.
    """
    highest = max([*counts, 1])
    bars = "".join(f'<i style="height:{_per_cent(count, highest)}%"></i>' for count in counts)
    return f'<span class="spark" role="img" aria-label="{words}" title="{words}">{bars}</span>'


def _per_cent(count: int, highest: int) -> int:
    # One failure among a thousand is still to be seen.
    return max(8, round(100 * count / highest)) if count else 0
