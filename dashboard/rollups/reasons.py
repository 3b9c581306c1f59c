"""Why something is read from the facts, where rollups might have answered it: one name and one wording."""

from enum import Enum


class Reason(Enum):
    """A reason by its name, as data and the command line tell it; `words` are what a reader sees."""

    SNAPSHOT = "snapshot"
    SWITCHED_OFF = "switched_off"
    NOT_ADDITIVE = "not_additive"
    WINDOW_SHORT = "window_short"
    NOT_BUILT = "not_built"
    DIMENSION_MISSING = "dimension_missing"
    BUCKET_MISSING = "bucket_missing"
    FACTS_CHEAPER = "facts_cheaper"
    NOT_COVERED = "not_covered"
    NOT_SETTLED = "not_settled"
    PART_OF_DAY = "part_of_day"

    @property
    def words(self) -> str:
        """Half a sentence, to stand in brackets behind "the facts"."""
        return _WORDS[self]


_WORDS = {
    Reason.SNAPSHOT: "it holds at an instant, and does not add up over time",
    Reason.SWITCHED_OFF: "rollups are switched off",
    Reason.NOT_ADDITIVE: "no rollup keeps it",
    Reason.WINDOW_SHORT: "the window is short",
    Reason.NOT_BUILT: "no rollups are built",
    Reason.DIMENSION_MISSING: "no rollup is kept by these dimensions",
    Reason.BUCKET_MISSING: "no rollup is kept in such buckets of time",
    Reason.FACTS_CHEAPER: "so few rows are quicker read than looked up",
    Reason.NOT_COVERED: "not covered",
    Reason.NOT_SETTLED: "not final yet",
    Reason.PART_OF_DAY: "parts of a day",
}
