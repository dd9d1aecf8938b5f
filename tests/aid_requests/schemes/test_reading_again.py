"""The tests parse each schedule once (tests/conftest.py): a tree that was read stays the same, and reads the same."""

from copy import deepcopy
from pathlib import Path

import pytest

from aid_requests.schemes import load, nodes, reading
from aid_requests.schemes.problems import Problem
from tests.conftest import SCHEDULES


@pytest.mark.parametrize("path", SCHEDULES, ids=lambda path: path.stem)
def test_reading_a_tree_leaves_it_as_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    problems: list[Problem] = []
    tree = nodes.read_tree(text, problems)
    assert problems == [], "a faulty schedule could not be kept: its faults are told at each reading"
    before = deepcopy(tree)
    first, second = reading._read_root(tree, []), reading._read_root(tree, [])
    assert tree == before
    assert first == second == load(text)
