"""The shape of a scheme: what a schedule file can say, as frozen dataclasses.

Money is integer euro cents (`*_cents`); dates are Paris dates. Every text is written in French (the
reference) and English. A scheme is only made by `reading.load`, which proves what the comments here promise.

The grammar grows by optional keys: what is left at its default is not written by `writing`, so a definition
written today keeps its hash when a later grammar knows more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

GRAMMAR_VERSION = 1

# A bool answers yes_no; an int is a number, or cents for an amount; a str is an option, a country or a text.
Value = bool | int | str | date
Answers = Mapping[str, Value]


class Kind(StrEnum):
    """What a question expects. Numbers are whole, amounts cents, countries ISO 3166 two-letter codes."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"
    COUNTRY = "country"
    AMOUNT = "amount"
    TEXT = "text"


ORDERED_KINDS = frozenset({Kind.NUMBER, Kind.DATE, Kind.AMOUNT})


class Source(StrEnum):
    """Where a compared value comes from: the student, the school's register, or the request's calendar."""

    ANSWER = "answer"
    REGISTER = "register"
    DATE = "date"


# What may be compared besides answers. `school` and `level` are codes of the register.
KNOWN_KINDS: dict[Source, dict[str, Kind]] = {
    Source.REGISTER: {"school": Kind.TEXT, "level": Kind.TEXT, "year_of_study": Kind.NUMBER},
    Source.DATE: {"requested_on": Kind.DATE},
}


class Operator(StrEnum):
    """`between` includes both ends; greater-than is `not` of `le` or `lt`."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    LT = "lt"
    LE = "le"
    BETWEEN = "between"


class Requirement(StrEnum):
    """ALWAYS: the file is incomplete without it. SUBJECT_TO: the aid may be granted subject to it."""

    ALWAYS = "always"
    SUBJECT_TO = "subject_to"


class CapScope(StrEnum):
    PERSON_AND_UNIVERSITY_YEAR = "person_and_university_year"


class OwnSchool(StrEnum):
    """Whether a member votes on a file of the own school; a personal tie excludes whatever is said here."""

    EXCLUDED = "excluded"
    ALLOWED = "allowed"


@dataclass(frozen=True, slots=True)
class Text:
    fr: str
    en: str

    def in_language(self, language: str) -> str:
        """English for `en` and its variants, else French, the reference version (loi 94-665, art. 2)."""
        return self.en if language.lower().split("-")[0] == "en" else self.fr


@dataclass(frozen=True, slots=True)
class Operand:
    source: Source
    name: str

    @property
    def key(self) -> str:
        """How `known` values are named at evaluation: `register.school`, `date.requested_on`."""
        return f"{self.source}.{self.name}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`values`: one term, two for BETWEEN, one or more for IN; a term is a literal or an operand."""

    operand: Operand
    operator: Operator
    values: tuple[Value | Operand, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    condition: Condition


Condition = Comparison | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: Text
    hint: Text | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """`visible_if` names earlier questions only, `valid_if` itself too; `invalid_message` goes with it."""

    id: str
    kind: Kind
    label: Text
    hint: Text | None = None
    required: bool = True
    options: tuple[Option, ...] = ()
    minimum: Value | None = None
    maximum: Value | None = None
    max_length: int | None = None
    visible_if: Condition | None = None
    valid_if: Condition | None = None
    invalid_message: Text | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """Somebody else who can help: CROUS, social worker, food bank."""

    code: str
    label: Text
    hint: Text


@dataclass(frozen=True, slots=True)
class EligibilityRule:
    code: str
    refuse_when: Condition
    reason: Text
    orientation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What is said when no case fits: a reason and doors, never a dead end."""

    reason: Text
    orientation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    code: str
    label: Text
    hint: Text | None = None
    required: Requirement = Requirement.ALWAYS
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One testable sentence that follows « Je déclare que ». `{question_id}` stands for the answer."""

    code: str
    text: Text
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """`amount_cents` is None only where the scheme pays by parts alone."""

    code: str
    label: Text
    when: Condition
    amount_cents: int | None = None
    hint: Text | None = None
    documents: tuple[Document, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """An amount that adds to the case's when its condition holds."""

    code: str
    label: Text
    when: Condition
    amount_cents: int
    documents: tuple[Document, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `requests` granted requests, at most `amount_cents` granted, or both; at least one is set."""

    per: CapScope
    requests: int | None = None
    amount_cents: int | None = None


@dataclass(frozen=True, slots=True)
class DecisionRules:
    votes: int
    own_school: OwnSchool


@dataclass(frozen=True, slots=True)
class Delays:
    """Days from the signed request to the transfer, as shown to the student."""

    days_to_payment: int


@dataclass(frozen=True, slots=True)
class Scheme:
    """One version of an aid scheme. Within any one award no two documents and no two facts share a code."""

    slug: str
    title: Text
    summary: Text
    reference_prefix: str
    pocket: str
    opens_on: date
    closes_on: date
    bank_label: str
    delays: Delays
    decision: DecisionRules
    questions: tuple[Question, ...]
    otherwise: Otherwise
    cases: tuple[Case, ...]
    doors: tuple[Door, ...] = ()
    eligibility: tuple[EligibilityRule, ...] = ()
    parts: tuple[Part, ...] = ()
    documents: tuple[Document, ...] = ()
    opening_facts: tuple[Fact, ...] = ()
    closing_facts: tuple[Fact, ...] = ()
    caps: tuple[Cap, ...] = ()

    def question(self, question_id: str) -> Question:
        """Raises KeyError when the scheme asks no such question."""
        for question in self.questions:
            if question.id == question_id:
                return question
        raise KeyError(question_id)

    def door(self, code: str) -> Door:
        """Raises KeyError when the scheme lists no such door."""
        for door in self.doors:
            if door.code == code:
                return door
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault and its place. `path` counts list items from 1, as people do; `line` 0 is the whole file."""

    path: str
    message_fr: str
    line: int = 0

    def __str__(self) -> str:
        place = ", ".join(part for part in (f"ligne {self.line}" if self.line else "", self.path) if part)
        return f"{place} : {self.message_fr}" if place else self.message_fr


class SchemeError(ValueError):
    """A schedule file that cannot be used. `problems` lists every fault found, in the order of the file."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
