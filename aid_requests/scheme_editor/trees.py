"""Places in a schedule's tree, and changes of the tree; every change gives a new tree, the old one stays.

A place is written as in an address: `cases.2.documents.1` is the first document of the second case; items are
counted from 1, as people do and as `schemes.Problem.path` does.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

Plain = Any
Tree = dict[str, Plain]

_PLACE = re.compile(r"[a-z_]{1,40}(\.\d{1,3}\.[a-z_]{1,40})*(\.\d{1,3})?", re.ASCII)
_ITEM = re.compile(r"\[(\d+)\]")


class NoSuchPlace(LookupError):
    """The tree has nothing there."""


def steps_of(place: str) -> list[str | int]:
    """`cases.2.documents` as ["cases", 2, "documents"]. Raises NoSuchPlace when it is no place at all."""
    if not _PLACE.fullmatch(place):
        raise NoSuchPlace(place)
    return [int(step) if step.isdigit() else step for step in place.split(".")]


def place_of(path: str) -> str:
    """The place that a `Problem.path` names: `cases[2].label.fr` → `cases.2.label.fr`."""
    return _ITEM.sub(r".\1", path)


def at(tree: Tree, place: str) -> Plain:
    """What stands at `place`. Raises NoSuchPlace."""
    node: Plain = tree
    for step in steps_of(place):
        node = _child(node, step, place)
    return node


def items_at(tree: Tree, place: str) -> list[Plain]:
    """The list at `place`; an absent list is empty. Raises NoSuchPlace when its holder is not there."""
    steps = place.rpartition(".")
    holder = at(tree, steps[0]) if steps[0] else tree
    found = holder.get(steps[2], []) if isinstance(holder, dict) else []
    return found if isinstance(found, list) else []


def with_item(tree: Tree, place: str, item: Plain) -> Tree:
    """The tree with `item` at `place`; one past the end of a list adds it. Raises NoSuchPlace."""
    changed = copy.deepcopy(tree)
    listed, number = _list_and_number(changed, place)
    if not 1 <= number <= len(listed) + 1:
        raise NoSuchPlace(place)
    listed[number - 1 : number] = [item]
    return tidy(changed)


def without_item(tree: Tree, place: str) -> Tree:
    """The tree without the item at `place`. Raises NoSuchPlace."""
    changed = copy.deepcopy(tree)
    at(changed, place)
    listed, number = _list_and_number(changed, place)
    del listed[number - 1]
    return tidy(changed)


def with_item_moved(tree: Tree, place: str, step: int) -> Tree:
    """The tree with the item `step` places further down (negative: up), at most to either end. Raises NoSuchPlace."""
    changed = copy.deepcopy(tree)
    item = at(changed, place)
    listed, number = _list_and_number(changed, place)
    del listed[number - 1]
    listed.insert(max(0, number - 1 + step), item)
    return changed


def tidy(node: Plain) -> Plain:
    """The node without what is empty, all the way down: no empty text, list or mapping is ever kept.

    Nor a character that no database holds (U+0000, half a pair): such a text would be refused there, not here.
    """
    if isinstance(node, str):
        return node.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")
    if isinstance(node, dict):
        pairs = {tidy(key): tidy(value) for key, value in node.items()}
        return {key: value for key, value in pairs.items() if value not in ("", None, [], {})}
    if isinstance(node, list):
        return [item for item in map(tidy, node) if item not in ("", None, [], {})]
    return node


def fingerprint(tree: Tree) -> str:
    """One spelling per tree, for keeping what was found out about it."""
    return json.dumps(tree, ensure_ascii=False, sort_keys=True)


def with_question_renamed(tree: Tree, old: str, new: str) -> Tree:
    """The tree where conditions and statements name the question `new` instead of `old`."""
    return _renamed(tree, old, new)


def _renamed(node: Plain, old: str, new: str) -> Plain:
    if isinstance(node, dict):
        return {
            key: new if key == "answer" and value == old else _renamed(value, old, new)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [_renamed(item, old, new) for item in node]
    return node.replace(f"{{{old}}}", f"{{{new}}}") if isinstance(node, str) else node


def with_answer_renamed(tree: Tree, question: str, old: str, new: str) -> Tree:
    """The tree where every condition on the question names its answer `new` instead of `old`."""

    def renamed(node: Plain) -> Plain:
        if isinstance(node, list):
            return [renamed(item) for item in node]
        if not isinstance(node, dict):
            return node
        if node.get("answer") != question:
            return {key: renamed(value) for key, value in node.items()}
        return {key: value if key == "answer" else _swapped(value, old, new) for key, value in node.items()}

    return renamed(tree)


def _swapped(terms: Plain, old: str, new: str) -> Plain:
    if isinstance(terms, list):
        return [new if term == old else term for term in terms]
    return new if terms == old else terms


def renamed_answers(before: Tree, after: Tree) -> list[tuple[str, str]]:
    """(old, new) codes of the answers of a choice that kept their words, or else their place, under another code."""
    old, new = (list(one.get("options") or []) for one in (before, after))
    gone = [one for one in old if one.get("value") not in [other.get("value") for other in new]]
    come = [one for one in new if one.get("value") not in [other.get("value") for other in old]]
    pairs = []
    for one in gone:
        same = [other for other in come if other.get("label") == one.get("label")]
        if not same and len(old) == len(new):
            same = [other for other in come if new.index(other) == old.index(one)]
        if same and one.get("value") and same[0].get("value"):
            pairs.append((str(one["value"]), str(same[0]["value"])))
    return pairs


def naming(tree: Tree, question: str) -> list[str]:
    """The places of the texts that name the question: conditions, needs and statements, outside the question itself."""
    found = []
    for place, text in leaves(tree):
        key = next(step for step in reversed(place.split(".")) if not step.isdigit())
        is_named = key in ("answer", "count", "need") and text == question
        in_rows = key in ("sum", "min", "max") and text.split(".")[0] == question
        if is_named or in_rows or f"{{{question}}}" in text:
            found.append(place)
    return found


def with_door_renamed(tree: Tree, old: str, new: str) -> Tree:
    """The tree where every `orientation` names the door `new` instead of `old`."""

    def renamed(node: Plain) -> Plain:
        if isinstance(node, dict):
            return {
                key: [new if code == old else code for code in value]
                if key == "orientation"
                else renamed(value)
                for key, value in node.items()
            }
        return [renamed(item) for item in node] if isinstance(node, list) else node

    return renamed(tree)


def leaves(node: Plain, place: str = "") -> Iterator[tuple[str, str]]:
    """(place, text) of every text of the tree."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, f"{place}.{key}" if place else key)
    elif isinstance(node, list):
        for number, item in enumerate(node, 1):
            yield from leaves(item, f"{place}.{number}")
    else:
        yield place, str(node)


def _child(node: Plain, step: str | int, place: str) -> Plain:
    if isinstance(step, int) and isinstance(node, list) and 1 <= step <= len(node):
        return node[step - 1]
    if isinstance(step, str) and isinstance(node, dict) and step in node:
        return node[step]
    raise NoSuchPlace(place)


def _list_and_number(tree: Tree, place: str) -> tuple[list[Plain], int]:
    """The list that holds the item, made when it is absent, and the item's number in it."""
    steps = steps_of(place)
    number = steps[-1]
    if not isinstance(number, int) or len(steps) < 2:
        raise NoSuchPlace(place)
    holder_place, _, key = ".".join(map(str, steps[:-1])).rpartition(".")
    holder = at(tree, holder_place) if holder_place else tree
    if not isinstance(holder, dict):
        raise NoSuchPlace(place)
    listed = holder.setdefault(key, [])
    if not isinstance(listed, list):
        raise NoSuchPlace(place)
    return listed, number


def value_at(node: Plain, key: str) -> Plain:
    """What stands at a dotted key below the node, None when nothing does."""
    for step in key.split("."):
        node = node.get(step) if isinstance(node, dict) else None
    return node
