"""The form of one thing of a schedule: what was posted → its node in the tree, and the node → what the page shows.

Reading never refuses: what is wrong stays in the tree as it was typed, and `examination` says so beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from aid_requests.scheme_editor import builder
from aid_requests.scheme_editor.builder import Chosen, Line, Posted
from aid_requests.scheme_editor.examination import Fault
from aid_requests.scheme_editor.schedule import OPTION
from aid_requests.scheme_editor.sentences import condition_sentence
from aid_requests.scheme_editor.shapes import Input, Slot
from aid_requests.scheme_editor.trees import Plain, Tree, tidy, value_at, with_item
from aid_requests.scheme_editor.typed import plain_text, plain_value, shown_value
from aid_requests.scheme_editor.vocabulary import Subject, Vocabulary
from aid_requests.schemes import Kind

_KINDS = {Input.NUMBER: Kind.NUMBER, Input.AMOUNT: Kind.AMOUNT, Input.DATE: Kind.DATE}
_MAX_ROWS = 60
LANGUAGES = ("fr", "en")


@dataclass(frozen=True)
class Row:
    """One option of a choice, as the page shows it."""

    number: int
    name: str
    value: str
    texts: tuple[Text, ...]


@dataclass(frozen=True)
class Text:
    """One text in one language: its field's name and what stands in it."""

    name: str
    language: str
    key: str
    text: str


@dataclass(frozen=True)
class Field:
    """One slot as the page shows it."""

    slot: Slot
    value: str = ""
    values: tuple[str, ...] = ()
    texts: tuple[Text, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    rows: tuple[Row, ...] = ()
    line: Line | None = None
    sentence: str = ""
    chosen: Chosen | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def name(self) -> str:
        return self.slot.key

    @property
    def id(self) -> str:
        return "f-" + self.slot.key.replace(".", "-")

    @property
    def is_wrong(self) -> bool:
        return any(fault.blocks for fault in self.faults)


@dataclass(frozen=True)
class Editor:
    """The form of the thing at `place` (empty: the scheme itself) of `tree`; `slots` are its fields."""

    tree: Tree
    place: str
    slots: tuple[Slot, ...]
    language: str

    def words(self, node: Tree, slot: Slot) -> Vocabulary:
        """What a condition in `slot` may speak of, with the node as it is on the page."""
        tree = with_item(self.tree, self.place, node) if self.place and tidy(node) else self.tree
        return Vocabulary(tree, self.language, self.place, including_itself=slot.key == "valid_if")

    def read(self, data: Posted, before: Tree) -> Tree:
        """The node that was posted; what has no field here (lists, newer keys) stays as it was in `before`."""
        node = {key: value for key, value in before.items() if key not in self._first_keys}
        later = []
        for slot in self.slots:
            if slot.input in (Input.CONDITION, Input.OPERAND, Input.LITERAL):
                later.append(slot)
            else:
                _put(node, slot.key, _read(slot, data))
        for slot in later:  # these are read by the kinds of what was read above
            _put(node, slot.key, self._read_later(slot, data, node))
        return node

    @property
    def _first_keys(self) -> set[str]:
        return {slot.key.partition(".")[0] for slot in self.slots}

    def _read_later(self, slot: Slot, data: Posted, node: Tree) -> Plain:
        if slot.input is Input.LITERAL:
            return plain_value(_bound_kind(node), str(data.get(slot.key, "")))
        if slot.input is Input.OPERAND:
            return builder.read_operand(data, slot.key)
        return builder.read_condition(data, slot.key, self.words(node, slot))

    def after(self, node: Tree, act: str) -> Tree:
        """The node after one of the form's own buttons; an unknown one changes nothing."""
        names = [slot.key for slot in self.slots if slot.input is Input.CONDITION]
        found = builder.acts_on(names, act)
        if found:
            what, name, steps = found
            return {**node, name: builder.changed(node.get(name), what, steps)}
        options = [one for one in self.slots if one.input is Input.OPTIONS]
        return (
            {**node, "options": _options_after(node, act.split()[1:])}
            if options and act[:7] == "option "
            else node
        )

    def kept(self, node: Tree) -> Tree:
        """The node as it is saved: without holes and without rows where nothing was chosen."""
        conditions = {slot.key for slot in self.slots if slot.input is Input.CONDITION}
        whole = {
            key: builder.forget_holes(value) if key in conditions and value else value
            for key, value in node.items()
        }
        return tidy(whole)

    def written(self, node: Tree) -> tuple[Tree, set[str]]:
        """The node while it is being written, to be judged: without unfinished rows; and the slots that have some."""
        conditions = [slot.key for slot in self.slots if slot.input is Input.CONDITION and node.get(slot.key)]
        whole = {key: builder.finished(node[key]) for key in conditions}
        return {**node, **whole}, {key for key in conditions if whole[key] != node[key]}

    def fields(self, node: Tree, faults: Mapping[str, list[Fault]]) -> list[Field]:
        """Every slot that this node has, with the faults found under its key."""
        kind = str(node.get("kind", ""))
        whole = tidy(
            node
        )  # what another kind of answer left behind is shown only when something stands in it
        slots = [one for one in self.slots if not one.kinds or kind in one.kinds or value_at(whole, one.key)]
        return [replace(self._field(slot, node), faults=_faults_of(slot, faults)) for slot in slots]

    def _field(self, slot: Slot, node: Tree) -> Field:
        found = value_at(node, slot.key)
        match slot.input:
            case Input.WORDS | Input.PARAGRAPH:
                return Field(slot, texts=_texts(slot.key, slot.key, found))
            case Input.CONDITION:
                words = self.words(node, slot)
                line = builder.shown_condition(found, slot.key, words)
                return Field(slot, line=line, sentence=condition_sentence(found, words))
            case Input.OPERAND:
                words = self.words(node, slot)
                among = [one for one in words.here if one.kind == Kind.NUMBER]
                return Field(slot, chosen=builder.shown_operand(found, words, among))
            case Input.DOORS | Input.QUESTIONS:
                return self._chosen_list(slot, found)
            case Input.OPTIONS:
                return Field(slot, rows=_rows(found))
            case Input.COUNTRIES:
                names = [shown_value(Kind.COUNTRY, code, self.language) for code in found or []]
                return Field(slot, value=", ".join(names))
            case Input.CHOICE:
                return Field(slot, value=str(found or slot.default), choices=_choices(slot, found))
            case Input.LITERAL:
                return Field(slot, value=shown_value(_bound_kind(node), str(found or ""), self.language))
            case _:
                return Field(slot, value=shown_value(_KINDS.get(slot.input), str(found or ""), self.language))

    def _chosen_list(self, slot: Slot, found: Plain) -> Field:
        """Selects in an order that counts: what is chosen, and one more."""
        words = Vocabulary(self.tree, self.language)
        if slot.input is Input.DOORS:
            known = [
                (str(one.get("code", "")), words.text(one.get("label"))) for one in self.tree.get("doors", [])
            ]
        else:
            known = [(one.key.partition(":")[2], one.name) for one in _decisive(words)]
        values = tuple(str(code) for code in found or ())
        gone = [(code, code) for code in values if code not in dict(known)]
        return Field(slot, values=(*values, ""), choices=(*known, *gone))


def _decisive(words: Vocabulary) -> list[Subject]:
    return [one for one in words.here if one.key.startswith("answer:")]


def _put(node: Tree, key: str, value: Plain) -> None:
    *outer, last = key.split(".")
    for step in outer:
        node = node.setdefault(step, {})
    node[last] = value


def _read(slot: Slot, data: Posted) -> Plain:
    match slot.input:
        case Input.WORDS | Input.PARAGRAPH:
            return _read_texts(data, slot.key)
        case Input.DOORS | Input.QUESTIONS:
            return [str(code) for code in data.getlist(slot.key) if code]
        case Input.OPTIONS:
            return _read_options(data, slot.key)
        case Input.COUNTRIES:
            typed = [
                piece for piece in str(data.get(slot.key, "")).replace(";", ",").split(",") if piece.strip()
            ]
            return [plain_value(Kind.COUNTRY, piece) for piece in typed]
        case Input.CHOICE:
            chosen = str(data.get(slot.key, ""))
            return "" if chosen == slot.default else chosen
        case _:
            return plain_value(_KINDS.get(slot.input), str(data.get(slot.key, "")))


def _read_texts(data: Posted, name: str) -> dict[str, str]:
    return {language: plain_text(str(data.get(f"{name}.{language}", ""))) for language in LANGUAGES}


def _read_options(data: Posted, name: str) -> list[Tree]:
    rows = []
    for number in range(1, _MAX_ROWS):
        if f"{name}.{number}.value" not in data:
            break
        row: Tree = {"value": plain_text(str(data.get(f"{name}.{number}.value", "")))}
        for slot in OPTION.slots[1:]:
            row[slot.key] = _read_texts(data, f"{name}.{number}.{slot.key}")
        rows.append(row)
    return rows


def _options_after(node: Tree, act: list[str]) -> list[Any]:
    """`add`, or `drop`, `up`, `down` with the number of a row."""
    rows = list(node.get("options") or [])
    if act == ["add"]:
        return [*rows, {}]
    if len(act) != 2 or not act[1].isdigit() or not 1 <= int(act[1]) <= len(rows):
        return rows
    number = int(act[1])
    row = rows.pop(number - 1)
    if act[0] in ("up", "down"):
        rows.insert(max(0, number - 2) if act[0] == "up" else number, row)
    return rows


def _rows(options: Plain) -> tuple[Row, ...]:
    """The options on the page; a choice has at least two."""
    found = [*(options or []), *[{}] * (2 - len(options or []))]
    return tuple(
        Row(
            number,
            f"options.{number}.value",
            str(one.get("value", "")),
            tuple(
                text
                for slot in OPTION.slots[1:]
                for text in _texts(f"options.{number}.{slot.key}", slot.key, one.get(slot.key))
            ),
        )
        for number, one in enumerate(found, 1)
    )


def _texts(name: str, key: str, node: Plain) -> tuple[Text, ...]:
    texts = node if isinstance(node, dict) else {}
    return tuple(Text(f"{name}.{one}", one, key, str(texts.get(one) or "")) for one in LANGUAGES)


def _choices(slot: Slot, found: Plain) -> tuple[tuple[str, str], ...]:
    known = tuple((value, str(name)) for value, name in slot.choices)
    return known if not found or found in dict(known) else (*known, (str(found), str(found)))


def _bound_kind(node: Tree) -> str:
    """Bounds of a group count its rows."""
    kind = str(node.get("kind", ""))
    return Kind.NUMBER if kind == "group" else kind


def _faults_of(slot: Slot, faults: Mapping[str, list[Fault]]) -> tuple[Fault, ...]:
    return tuple(
        fault
        for key, found in faults.items()
        if key == slot.key or key.startswith(f"{slot.key}.")
        for fault in found
    )
