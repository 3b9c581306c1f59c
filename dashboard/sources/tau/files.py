"""Result files, read into runs: what all their records share, and the records."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from dashboard.errors import InvalidInput
from dashboard.sources.tau.payloads import inside

_FOREIGN = "is no tau-bench or tau2-bench result file."
# tau-bench names the model in the file's name alone; these are the names its data and runs carry.
# Nothing looser: a copy's new name must not be taken for another model.
_MODEL_IN_NAME = (
    re.compile(r"tau1_[a-z]+_(?P<model>\S+)_\d+trials"),
    re.compile(r"(?:tool-calling|few-shot)-(?P<model>.+)-\d+(?:\.\d+)?_range_.+"),
)


@dataclass(frozen=True)
class Run:
    """One file. `tasks` by id, `domain` and `model` None where the file does not tell.

    `has_placeholder_times` when several records all claim to start at the same instant.
    """

    records: list[object]
    tasks: dict[str, object]
    domain: str | None
    model: str | None
    has_placeholder_times: bool


def read_run(path: Path) -> Run:
    """The run in `path`.

    Raises `InvalidInput` when the file cannot be read, is empty, is not (all of) a JSON document
    or none of the known layouts. Of its settings (`info`) only the domain and the model's name are
    taken: the rest can hold secrets.
    """
    document = _parsed(_text(path))
    records = _records(document)
    tasks = inside(document, "tasks")
    starts = [start for record in records if (start := inside(record, "start_time"))]
    return Run(
        records=records,
        tasks={
            str(inside(task, "id")): task for task in (tasks if isinstance(tasks, list) else [])
        },
        domain=_name(inside(document, "info", "environment_info", "domain_name")),
        model=_name(inside(document, "info", "agent_info", "llm")) or _model_in_name(path),
        has_placeholder_times=len(starts) > 1 and all(start == starts[0] for start in starts),
    )


def _text(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InvalidInput(f"cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"is not UTF-8 text: byte {error.start + 1:,} is wrong.") from error
    if not text.strip():
        raise InvalidInput("is empty.")
    return text


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno:,}, column {error.colno:,} (character {error.pos + 1:,})"
        is_cut_off = error.msg.startswith("Unterminated") or not text[error.pos :].strip()
        what = "is cut off: its JSON does not go on after" if is_cut_off else "is not JSON at"
        raise InvalidInput(f"{what} {place}.") from error
    except RecursionError as error:
        raise InvalidInput("is nested too deeply.") from error
    except ValueError as error:
        raise InvalidInput("holds a number too long to read.") from error


def _records(document: object) -> list[object]:
    if isinstance(document, dict) and "simulations" in document:
        records = document["simulations"]
        if records == []:
            raise InvalidInput("holds no simulation.")
        is_known = isinstance(records, list)
    else:
        # A single simulation, as newer runs keep them in a folder of their own, or a bare list.
        records = document if isinstance(document, list) else [document]
        if not records:
            raise InvalidInput("holds no conversation.")
        is_known = any(_is_record(record) for record in records)
    if not is_known:
        raise InvalidInput(_FOREIGN)
    return records


def _is_record(record: object) -> bool:
    return (
        isinstance(record, dict)
        and "task_id" in record
        and not record.keys().isdisjoint({"traj", "messages", "ticks"})
    )


def _name(value: object) -> str | None:
    return value.strip()[:200] or None if isinstance(value, str) else None


def _model_in_name(path: Path) -> str | None:
    for pattern in _MODEL_IN_NAME:
        if found := pattern.fullmatch(path.stem):
            return found["model"]
    return None
