"""The help of every command is in plain words."""

import pytest

from dashboard.__main__ import main
from tests.pages.plain_words import banned_in

COMMANDS: tuple[list[str], ...] = (
    [],
    ["run"],
    ["check"],
    ["init"],
    ["load"],
    ["load", "tau"],
    ["measure"],
    ["rollup"],
    ["simulate"],
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_is_in_plain_words(capsys: pytest.CaptureFixture, command: list[str]):
    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert "usage: " in shown
    assert banned_in(shown.removeprefix("usage: ")) == []


def test_every_metric_is_listed_in_plain_words(capsys: pytest.CaptureFixture):
    assert main(["measure", "--list"]) == 0
    assert banned_in(capsys.readouterr().out) == []
