"""A file that is not whole → the tree of a draft: all that the editor itself would keep, and nothing it cannot show."""

from __future__ import annotations

from typing import Any

from aid_requests.scheme_editor.sections import SECTIONS
from aid_requests.scheme_editor.shapes import Input, ListOf, Slot
from aid_requests.scheme_editor.trees import Plain, Tree, tidy
from aid_requests.schemes.nodes import Node, read_tree
from aid_requests.schemes.problems import Problem

_TEXTS = frozenset({Input.WORDS, Input.PARAGRAPH})
_MAPPINGS = frozenset({Input.CONDITION, Input.OPERAND})
_LISTS = frozenset({Input.DOORS, Input.COUNTRIES, Input.QUESTIONS})


def brought(text: str) -> Tree:
    """The draft in an unfinished file; {} when nothing of it can be shown. Raises SchemeError where it is no YAML."""
    problems: list[Problem] = []
    plain = _plain(read_tree(text, problems))
    if not isinstance(plain, dict):
        return {}
    slots = tuple(slot for section in SECTIONS for slot in section.slots)
    lists = tuple(one for section in SECTIONS for one in section.lists)
    kept = _fitting(plain, slots, lists)
    return tidy({**kept, "grammar": plain["grammar"]} if isinstance(plain.get("grammar"), str) else kept)


def _plain(node: Node) -> Plain:
    if isinstance(node.content, dict):
        return {key: _plain(child) for key, child in node.content.items()}
    if isinstance(node.content, list):
        return [_plain(child) for child in node.content]
    return node.content


def _fitting(node: dict[str, Plain], slots: tuple[Slot, ...], lists: tuple[ListOf, ...]) -> Tree:
    found: Tree = {}
    for slot in slots:
        *outer, last = slot.key.split(".")
        source: Plain = node
        for step in outer:
            source = source.get(step) if isinstance(source, dict) else None
        if isinstance(source, dict) and last in source:
            holder = found
            for step in outer:
                holder = holder.setdefault(step, {})
            holder[last] = _of_slot(slot, source[last])
    for one in lists:
        items = node.get(one.key)
        if isinstance(items, list):
            shape = one.shape
            found[one.key] = [_fitting(it, shape.slots, shape.lists) for it in items if isinstance(it, dict)]
    return found


def _of_slot(slot: Slot, value: Plain) -> Any:
    """The value as the field of this sort holds it, else nothing."""
    if slot.input in _TEXTS:
        return _texts(value)
    if slot.input in _MAPPINGS:
        return value if isinstance(value, dict) else {}
    if slot.input in _LISTS:
        return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
    if slot.input is Input.OPTIONS:
        rows = value if isinstance(value, list) else []
        return [_option(row) for row in rows if isinstance(row, dict)]
    return value if isinstance(value, str) else ""


def _option(row: dict[str, Plain]) -> Tree:
    value = row.get("value")
    texts = {key: _texts(row.get(key)) for key in ("label", "hint")}
    return {"value": value if isinstance(value, str) else "", **texts}


def _texts(value: Plain) -> Tree:
    if not isinstance(value, dict):
        return {}
    return {key: text for key, text in value.items() if key in ("fr", "en") and isinstance(text, str)}
