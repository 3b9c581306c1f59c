"""In which time zone the link wants its times."""

from dashboard.components.shared.choices import param
from dashboard.errors import ScopeInvalid
from dashboard.scope import check_time_zone
from dashboard.settings import settings


def link_zone() -> str:
    """The link's zone where it names one that there is, else the reporting zone of the settings."""
    name = param("tz").strip()
    try:
        check_time_zone(name)
    except ScopeInvalid:
        return settings().reporting_time_zone
    return name
