"""The workflow and the hooks check what `make test` does, with every Python that is promised."""

import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PREFIX = "Programming Language :: Python :: "


def test_the_workflow_tests_with_every_python_that_is_promised():
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    job = workflow["jobs"]["test"]
    promised = [each.removeprefix(PREFIX) for each in PROJECT["classifiers"] if PREFIX in each]
    assert job["strategy"]["matrix"]["python"] == promised
    assert PROJECT["requires-python"] == f">={promised[0]}"
    assert [step["run"] for step in job["steps"] if "run" in step] == ["make test"]


def test_what_a_commit_is_checked_for_make_test_checks_too():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").split("\ntest:")[1].split("\n\n")[0]
    for hook in hooks["repos"][0]["hooks"]:
        tool, *command = hook["entry"].removeprefix(".venv/bin/").split()
        assert hook["entry"].startswith(".venv/bin/")
        assert " ".join(["$(BIN)/" + tool, *command[:1]]) in recipe, hook["entry"]
