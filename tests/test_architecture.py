"""The picture of the layers is the one that the imports draw."""

from pathlib import PurePosixPath

from tests.architecture import BEGIN, DOCUMENT, END, edges, shortest, with_picture
from tests.layers import ROOT


def test_the_picture_is_up_to_date():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text.count(BEGIN) == text.count(END) == 1
    assert text == with_picture(text), "run `python -m tests.architecture`"


def test_a_longer_way_says_it_already():
    assert shortest({("a", "b"), ("b", "c"), ("c", "d"), ("a", "d"), ("b", "d")}) == {
        ("a", "b"),
        ("b", "c"),
        ("c", "d"),
    }


def test_imports_have_no_circles():
    left = edges()
    while ends := {lower for _, lower in left} - {upper for upper, _ in left}:
        left = {(upper, lower) for upper, lower in left if lower not in ends}
    assert left == set()


def test_every_folder_it_names_is_there():
    named = [
        line.split("`")[1]
        for line in DOCUMENT.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
    ]
    assert len(named) > 10
    assert [name for name in named if not (ROOT / PurePosixPath(name)).is_dir()] == []
