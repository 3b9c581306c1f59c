"""The source `tau`: result files of tau-bench and tau2-bench."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from dashboard.sources.base import Load
from dashboard.sources.tau.episodes import SOURCE
from dashboard.sources.tau.load import load_file


class TauSource:
    """A `Source`: each file in a transaction of its own, a record that cannot be read refused by position."""

    key = "tau"
    label = "tau-bench results"
    description = "Load result files of tau-bench and tau2-bench as conversations."
    examples = ("load tau results.json", "load tau runs/*.json")
    feeds: Mapping[str, str] = {SOURCE: "tau-bench"}

    def add_arguments(self, command: argparse.ArgumentParser) -> None:
        command.add_argument(
            "files", nargs="+", type=Path, metavar="FILE", help="a JSON result file"
        )

    def load(self, arguments: argparse.Namespace, run: Load) -> None:
        for path in arguments.files:
            load_file(run, path)
