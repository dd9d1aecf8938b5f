"""The fields of each thing in a schedule, as data: what the pages show, read, compare and name.

A slot is one field of a thing, at `key` below it (`delays.days_to_payment`); a list holds things of one shape.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise


class Input(StrEnum):
    """How a slot is typed. WORDS and PARAGRAPH are in two languages; LITERAL follows the question's kind."""

    LINE = "line"
    WORDS = "words"
    PARAGRAPH = "paragraph"
    NUMBER = "number"
    AMOUNT = "amount"
    DATE = "date"
    CHOICE = "choice"
    LITERAL = "literal"
    CONDITION = "condition"
    DOORS = "doors"
    OPTIONS = "options"
    POCKET = "pocket"
    COUNTRIES = "countries"
    QUESTIONS = "questions"
    OPERAND = "operand"


Names = tuple[tuple[str, Promise], ...]


@dataclass(frozen=True)
class Slot:
    """`kinds`: only questions of these kinds have it. `default`: what is chosen when the key is not written."""

    key: str
    input: Input
    label: Promise
    hint: Promise | str = ""
    needed: bool = True
    choices: Names = ()
    default: str = ""
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ListOf:
    """A list at `key`; `empty` says what is not there yet; `kinds`: only questions of these kinds have it."""

    key: str
    shape: Shape
    title: Promise
    add: Promise
    empty: Promise
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Shape:
    """One sort of thing. `code` is the slot that names it, `title` the one that a person reads."""

    name: Promise
    code: str
    title: str
    slots: tuple[Slot, ...]
    lists: tuple[ListOf, ...] = ()
    condition: str = ""

    def slot(self, key: str) -> Slot:
        """Raises KeyError when the thing has no such slot."""
        return {slot.key: slot for slot in self.slots}[key]


@dataclass(frozen=True)
class Section:
    """One page of the editor: fields of the scheme itself, lists, or both."""

    key: str
    title: Promise
    lead: Promise
    slots: tuple[Slot, ...] = ()
    lists: tuple[ListOf, ...] = ()
    owns: frozenset[str] = field(default=frozenset())

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the tree whose faults are shown here."""
        first = (slot.key.partition(".")[0] for slot in self.slots)
        return self.owns | {*first, *(one.key for one in self.lists)}
