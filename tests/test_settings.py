"""Settings: defaults that work, and one sentence for a value that cannot."""

from pathlib import Path

import pytest

from dashboard.errors import SettingInvalid
from dashboard.settings import read_settings


def test_defaults_are_the_embedded_warehouse_with_demo_data():
    settings = read_settings({})
    assert settings.is_embedded
    assert settings.demo
    assert (settings.host, settings.port) == ("127.0.0.1", 8501)
    assert settings.refresh_seconds == 10
    assert settings.warehouse_schema == "support"


def test_everything_can_be_said():
    settings = read_settings(
        {
            "WAREHOUSE_URL": "postgresql://reader@host/db",
            "WAREHOUSE_SCHEMA": "helpdesk",
            "CONTROL_ROOM_HOME": "/srv/room",
            "REPORTING_TIME_ZONE": "Europe/Berlin",
            "REFRESH_SECONDS": "30",
            "CONTROL_ROOM_DEMO": "no",
            "CONTROL_ROOM_ROLLUPS": "0",
            "HOST": "0.0.0.0",
            "PORT": "80",
        }
    )
    assert not settings.is_embedded
    assert settings.warehouse_write_url == settings.warehouse_url
    assert settings.warehouse_schema == "helpdesk"
    assert settings.home == Path("/srv/room")
    assert settings.reporting_time_zone == "Europe/Berlin"
    assert settings.refresh_seconds == 30
    assert not settings.demo
    assert not settings.rollups
    assert (settings.host, settings.port) == ("0.0.0.0", 80)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WAREHOUSE_URL", "mysql://host/db"),
        ("WAREHOUSE_SCHEMA", 'support"; drop table x'),
        ("REPORTING_TIME_ZONE", "Mars/Olympus"),
        ("REPORTING_TIME_ZONE", "../etc/passwd"),
        ("REFRESH_SECONDS", "soon"),
        ("REFRESH_SECONDS", "0"),
        ("REFRESH_SECONDS", "nan"),
        ("PORT", "-1"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name, value):
    with pytest.raises(SettingInvalid, match=name):
        read_settings({name: value})
