"""What is known after an episode: the customer's rating, and a judge's score."""

import numpy as np

from dashboard.sources.demo.company import LANGUAGES
from dashboard.sources.demo.phrasebook import Stage, aftermath
from dashboard.sources.demo.plans import Plan
from dashboard.sources.demo.table import NULL, Table
from dashboard.sources.demo.turns import Turns
from dashboard.sources.demo.wording import Conversations

# Share that rates, and the chances of 1 to 5, by how the episode went.
_RATINGS = {
    Plan.CONFIRMED: (0.27, (0.02, 0.02, 0.06, 0.26, 0.64)),
    Plan.ASSUMED: (0.12, (0.06, 0.06, 0.13, 0.31, 0.44)),
    Plan.NEGATIVE: (0.26, (0.55, 0.25, 0.13, 0.05, 0.02)),
    Plan.AMBIGUOUS: (0.10, (0.08, 0.12, 0.28, 0.32, 0.20)),
    Plan.ESCALATED: (0.21, (0.20, 0.14, 0.19, 0.26, 0.21)),
    Plan.HUMAN_FIRST: (0.20, (0.05, 0.05, 0.11, 0.31, 0.48)),
    Plan.LEFT: (0.0, (0.2, 0.2, 0.2, 0.2, 0.2)),
}
# Among the escalated, those who thanked the human in the end.
_THANKED = (0.04, 0.05, 0.12, 0.33, 0.46)
_DESERTED = (0.30, (0.74, 0.16, 0.07, 0.02, 0.01))
_SLOW_AFTER = 3_600
_LAST_RATING = 6.5 * 86_400
_COMMENTS = 0.36
_JUDGED = 0.05
_JUDGE = "judge-medium-1"
_SCORES = {
    Plan.CONFIRMED: (0.86, 0.09),
    Plan.ASSUMED: (0.71, 0.19),
    Plan.NEGATIVE: (0.31, 0.16),
    Plan.AMBIGUOUS: (0.55, 0.18),
    Plan.ESCALATED: (0.47, 0.20),
    Plan.HUMAN_FIRST: (0.5, 0.2),
    Plan.LEFT: (0.3, 0.1),
}


def ratings(about: Conversations, random: np.random.Generator) -> dict[str, np.ndarray]:
    """Columns `rating` and `rating_comment`, and `rated` in seconds of the day, NaN where not rated."""
    plan = about.went.plan
    share = np.array([_RATINGS[each][0] for each in Plan])[plan]
    chances = np.array([_RATINGS[each][1] for each in Plan])[plan]
    thanked = (plan == Plan.ESCALATED) & about.had.said[:, Stage.HUMAN_THANKS]
    chances[thanked] = _THANKED
    deserted = (plan == Plan.ESCALATED) & ~about.went.is_answered
    share[deserted], chances[deserted] = _DESERTED
    slow = _waited(about.had) > _SLOW_AFTER
    chances[slow] = chances[slow] * 0.6 + np.array(_DESERTED[1]) * 0.4
    count = len(plan)
    rating = 1 + (random.random((count, 1)) > chances.cumsum(axis=1)).sum(axis=1).clip(0, 4)
    later = np.clip(random.lognormal(np.log(1_300), 1.5, count), 20, 60 * 3600)
    rated = np.where(random.random(count) < share, about.had.ended + later, np.nan)
    rated[about.who.is_excluded | (rated > _LAST_RATING)] = np.nan
    known = ~np.isnan(rated)
    comments = known & (random.random(count) < _COMMENTS)
    return {
        "rating": np.where(known, rating.astype(object), NULL),
        "rating_comment": _comments(about, rating, comments, random),
        "rated": rated,
    }


def evaluations(
    about: Conversations, midnight: np.datetime64, random: np.random.Generator
) -> Table:
    """The relation `evaluations`: a model's score for a sample of the episodes that the AI answered."""
    plan = about.went.plan
    count = len(plan)
    judged = (random.random(count) < _JUDGED) & ~np.isnan(about.had.ended)
    judged &= ~np.isin(plan, (Plan.HUMAN_FIRST, Plan.LEFT))
    rows = np.flatnonzero(judged)
    shape = np.array([_SCORES[each] for each in Plan])[plan[rows]]
    score = np.round(np.clip(random.normal(shape[:, 0], shape[:, 1]), 0, 1), 2)
    level = np.digitize(score, (0.45, 0.75))
    labels = ("fail", "partial", "pass")
    texts = aftermath()["explanation"]
    draws = random.integers(0, 1_000, len(rows)).tolist()
    after = about.had.ended[rows] + random.uniform(300, 5_400, len(rows))
    at = midnight + (after * 1000).astype("timedelta64[ms]")
    columns = {
        "account_id": about.account_ids[rows],
        "conversation_id": about.ids[rows],
        "name": np.full(len(rows), "answer_quality", dtype=object),
        "score": score,
        "label": np.array(labels, dtype=object)[level],
        "explanation": np.array(
            [
                texts[labels[each]][draw % len(texts[labels[each]])]
                for each, draw in zip(level.tolist(), draws, strict=True)
            ],
            dtype=object,
        ),
        "evaluator": np.full(len(rows), _JUDGE, dtype=object),
        "evaluated_at": at,
    }
    return Table("evaluations", columns, at + about.lag[rows])


def _waited(had: Turns) -> np.ndarray:
    return np.nan_to_num(had.time(Stage.HUMAN) - had.time(Stage.HANDOFF))


def _comments(
    about: Conversations, rating: np.ndarray, wanted: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    texts = aftermath()["comment"]
    comments = np.full(len(rating), None, dtype=object)
    draws = random.integers(0, 1_000, len(rating))
    for row in np.flatnonzero(wanted).tolist():
        language = LANGUAGES[about.who.language[row]]
        variants = texts[language][str(rating[row])]
        comments[row] = variants[draws[row] % len(variants)]
    return comments
