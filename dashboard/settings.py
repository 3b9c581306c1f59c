"""Settings, read once from the environment. README.md lists them; nothing else reads `os.environ`."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import platformdirs

from dashboard.errors import SettingInvalid
from dashboard.outlinks import read_template

PROJECT_ROOT = Path(__file__).resolve().parent.parent
_ROOT_HOME = Path("/var/lib/control-room")
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


@dataclass(frozen=True)
class Settings:
    """Everything that may differ between two installations.

    `warehouse_url` is None for the embedded PostgreSQL. Times are in the unit their name says.
    `helpdesk_url`, `tracing_url` and `crm_url` are templates of links (`dashboard/outlinks.py`).
    """

    warehouse_url: str | None = None
    warehouse_write_url: str | None = None
    warehouse_schema: str = "support"
    home: Path = _ROOT_HOME
    reporting_time_zone: str = "UTC"
    refresh_seconds: float = 10.0
    stale_after_minutes: float = 15.0
    statement_timeout_ms: int = 15_000
    host: str = "127.0.0.1"
    port: int = 8501
    demo: bool = True
    rollups: bool = True
    helpdesk_url: str | None = None
    tracing_url: str | None = None
    crm_url: str | None = None

    @property
    def is_embedded(self) -> bool:
        return self.warehouse_url is None


def _default_home() -> Path:
    # As root the server runs as a user of its own, which must be able to reach its folder. Under
    # a home folder that would mean opening the home folder to everyone.
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return _ROOT_HOME
    return platformdirs.user_data_path("control-room")


def _number(environment: Mapping[str, str], name: str, default: float, least: float) -> float:
    text = environment.get(name, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not value >= least:
        raise SettingInvalid(f"{name} is {text!r}.", f"Use a number of at least {least:g}.")
    return value


def _is_on(environment: Mapping[str, str], name: str) -> bool:
    return environment.get(name, "1").strip().lower() not in {"0", "false", "no", "off"}


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingInvalid(
            f"REPORTING_TIME_ZONE is {name!r}, which is not a time zone.",
            "Use an IANA name such as Europe/Berlin.",
        ) from error
    return name


def _identifier(name: str, value: str) -> str:
    if not _NAME.fullmatch(value):
        raise SettingInvalid(f"{name} is {value!r}.", "Use a plain lower-case PostgreSQL name.")
    return value


def _url(environment: Mapping[str, str], name: str) -> str | None:
    text = environment.get(name, "").strip()
    if text and not re.match(r"postgres(ql)?(\+psycopg)?://", text):
        raise SettingInvalid(
            f"{name} is not a PostgreSQL address.", "Use the form postgresql://user@host/database."
        )
    return text or None


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from `environment` (name → text). Raises `SettingInvalid` for a value that cannot be used."""
    url = _url(environment, "WAREHOUSE_URL")
    return Settings(
        warehouse_url=url,
        warehouse_write_url=_url(environment, "WAREHOUSE_WRITE_URL") or url,
        warehouse_schema=_identifier(
            "WAREHOUSE_SCHEMA", environment.get("WAREHOUSE_SCHEMA", "support")
        ),
        home=Path(environment.get("CONTROL_ROOM_HOME") or _default_home()).expanduser(),
        reporting_time_zone=_time_zone(environment.get("REPORTING_TIME_ZONE") or "UTC"),
        refresh_seconds=_number(environment, "REFRESH_SECONDS", 10.0, 0.5),
        stale_after_minutes=_number(environment, "STALE_AFTER_MINUTES", 15.0, 0.1),
        statement_timeout_ms=int(_number(environment, "STATEMENT_TIMEOUT_MS", 15_000, 1)),
        host=environment.get("HOST") or "127.0.0.1",
        port=int(_number(environment, "PORT", 8501, 1)),
        demo=_is_on(environment, "CONTROL_ROOM_DEMO"),
        rollups=_is_on(environment, "CONTROL_ROOM_ROLLUPS"),
        helpdesk_url=read_template("HELPDESK_URL", environment.get("HELPDESK_URL", "")),
        tracing_url=read_template("TRACING_URL", environment.get("TRACING_URL", "")),
        crm_url=read_template("CRM_URL", environment.get("CRM_URL", "")),
    )


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read from its environment on first use."""
    return read_settings(os.environ)
