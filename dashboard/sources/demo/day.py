"""One day of the company, whole: `generate_day` is a pure function of the world and the day."""

from datetime import date

import numpy as np

from dashboard.sources.demo.aftermath import evaluations, ratings
from dashboard.sources.demo.arrivals import CHANNELS, arrivals
from dashboard.sources.demo.calls import calls
from dashboard.sources.demo.company import LANGUAGES, company
from dashboard.sources.demo.nightly import background_spans
from dashboard.sources.demo.phrasebook import REASONS, Stage, phrasebook
from dashboard.sources.demo.plans import Circumstances, Plan, outcomes
from dashboard.sources.demo.slots import slots
from dashboard.sources.demo.spans import agent_spans
from dashboard.sources.demo.story import story_arrivals
from dashboard.sources.demo.table import Table
from dashboard.sources.demo.timeline import VERSIONS, agent_versions
from dashboard.sources.demo.turns import CONFIRMING, REFUSING, Turns, turns
from dashboard.sources.demo.wording import Conversations, citations, messages
from dashboard.sources.demo.world import World

LONGEST_DAYS = 6
"""Days after a day in which something that belongs to it can still happen."""
SOURCES = ("demo-helpdesk", "demo-voice")
_LAG_SECONDS = (1.0, 6.0)
_VOICE = CHANNELS.index("voice")


def generate_day(world: World, day: date) -> list[Table]:
    """Every row that belongs to `day`, however much later it becomes known."""
    random = world.random("episodes", day)
    midnight = np.datetime64(day, "ms")
    about = _conversations(world, day, random)
    said = messages(about, midnight, random)
    return [
        _conversations_table(about, midnight, random),
        said,
        agent_spans(about, midnight, random),
        background_spans(world, day),
        citations(about, said, random),
        evaluations(about, midnight, random),
    ]


def _conversations(world: World, day: date, random: np.random.Generator) -> Conversations:
    who = arrivals(world, day, random).joined(story_arrivals(world, day))
    version = agent_versions(world, day, random.random(len(who)))
    made = calls(world, day, who, version, random)
    circumstances = Circumstances(
        scenario=who.scenario,
        channel=who.channel,
        version=version,
        is_back=who.is_back,
        has_failed=made.unrecovered(),
        in_outage=made.in_outage,
        plan=who.plan,
    )
    went = outcomes(circumstances, random)
    prefix = np.where(who.channel == _VOICE, "dv", "dh")
    ids = [f"{start}-{day:%y%m%d}-{number:05d}" for number, start in enumerate(prefix.tolist())]
    return Conversations(
        ids=np.array(ids, dtype=object),
        account_ids=company(world).ids[who.account],
        version=version,
        lag=(random.uniform(*_LAG_SECONDS, len(who)) * 1000).astype("timedelta64[ms]"),
        who=who,
        went=went,
        had=turns(day, who, made, went, random),
        made=made,
        filled=slots(world, day, who, random),
    )


def _conversations_table(
    about: Conversations, midnight: np.datetime64, random: np.random.Generator
) -> Table:
    who, went, had = about.who, about.went, about.had
    known = phrasebook().scenarios
    escalated = went.plan == Plan.ESCALATED
    took_part = ~np.isin(went.plan, (Plan.HUMAN_FIRST, Plan.LEFT))
    rated = ratings(about, random)
    started = _instants(midnight, who.start)
    names = np.array([f"{each['first']} {each['last']}" for each in about.filled], dtype=object)
    version = np.array(VERSIONS, dtype=object)[about.version]
    queues = np.array([scenario.queue for scenario in known], dtype=object)[who.scenario]
    topics = np.array([scenario.topic for scenario in known], dtype=object)[who.scenario]
    columns = {
        "account_id": about.account_ids,
        "conversation_id": about.ids,
        "source": np.array(SOURCES, dtype=object)[(who.channel == _VOICE).astype(int)],
        "channel": np.array(CHANNELS, dtype=object)[who.channel],
        "language": np.where(
            who.language_known, np.array(LANGUAGES, dtype=object)[who.language], None
        ),
        "topic": topics,
        "subject": _subjects(about, random),
        "contact_name": names,
        "agent_version": np.where(took_part, version, None),
        "started_at": started,
        "ended_at": _instants(midnight, had.ended),
        "first_ai_reply_at": _instants(midnight, had.time(Stage.ANSWER)),
        "handoff_at": _instants(midnight, had.time(Stage.HANDOFF)),
        "handoff_reason": np.array([*REASONS, None], dtype=object)[went.reason],
        "handoff_queue": np.where(escalated, queues, None),
        "first_human_reply_at": _instants(midnight, had.time(Stage.HUMAN)),
        "closing_signal": _closing_signals(went.plan, had),
        "rating": rated["rating"],
        "rated_at": _instants(midnight, rated["rated"]),
        "rating_comment": rated["rating_comment"],
        "is_excluded": who.is_excluded,
        "times_placed": np.zeros(len(who), dtype=bool),
    }
    return Table("conversations", columns, started + about.lag, about.lag)


def _closing_signals(plan: np.ndarray, had: Turns) -> np.ndarray:
    signal = np.full(len(plan), "silent", dtype=object)
    signal[had.said[:, CONFIRMING].any(axis=1)] = "confirmed"
    signal[had.said[:, REFUSING].any(axis=1)] = "negative"
    signal[plan == Plan.AMBIGUOUS] = None
    signal[np.isnan(had.ended)] = None
    return signal


def _subjects(about: Conversations, random: np.random.Generator) -> np.ndarray:
    known = phrasebook().scenarios
    draws = random.integers(0, 10_007, len(about.who)).tolist()
    # A mail has a subject, a chat only where the helpdesk made one up, a call none.
    shown = random.random(len(about.who)) < np.array([0.6, 1.0, 0.0, 0.6])[about.who.channel]
    subjects = np.full(len(about.who), None, dtype=object)
    for row in np.flatnonzero(shown).tolist():
        variants = known[about.who.scenario[row]].subjects[about.who.language[row]]
        subject = variants[draws[row] % len(variants)].format_map(about.filled[row])
        subjects[row] = f"Re: {subject}" if about.who.is_back[row] else subject
    return subjects


def _instants(midnight: np.datetime64, seconds: np.ndarray) -> np.ndarray:
    """Seconds after midnight as instants; NaN becomes null."""
    known = ~np.isnan(seconds)
    instants = np.full(len(seconds), np.datetime64("NaT", "ms"))
    instants[known] = midnight + (seconds[known] * 1000).astype("timedelta64[ms]")
    return instants
