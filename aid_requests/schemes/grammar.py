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
Scalar = bool | int | str | date
# One line of a group: inner question → answer.
Row = Mapping[str, Scalar]
Value = Scalar | tuple[Row, ...]
Answers = Mapping[str, Value]


class Kind(StrEnum):
    """What a question expects. Numbers are whole, amounts cents, countries ISO 3166 two-letter codes.

    A group is a list of rows, each answering the group's own questions.
    """

    YES_NO = "yes_no"
    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"
    COUNTRY = "country"
    AMOUNT = "amount"
    TEXT = "text"
    GROUP = "group"


ORDERED_KINDS = frozenset({Kind.NUMBER, Kind.DATE, Kind.AMOUNT})


class Source(StrEnum):
    """Where a compared value comes from: the student, the school's register, the request's calendar, or the
    rows of a group (`count: tickets`, `sum: tickets.price`)."""

    ANSWER = "answer"
    REGISTER = "register"
    DATE = "date"
    COUNT = "count"
    SUM = "sum"
    MIN = "min"
    MAX = "max"


OF_ROWS = frozenset({Source.COUNT, Source.SUM, Source.MIN, Source.MAX})
_NOT_ASKED = frozenset({Source.REGISTER, Source.DATE})

# What may be compared besides answers. `school`, `level` and `curriculum` are codes of the register.
KNOWN_KINDS: dict[Source, dict[str, Kind]] = {
    Source.REGISTER: {
        "school": Kind.TEXT,
        "level": Kind.TEXT,
        "year_of_study": Kind.NUMBER,
        "curriculum": Kind.TEXT,
        "scholarship": Kind.YES_NO,
        "university_year": Kind.TEXT,
    },
    Source.DATE: {"requested_on": Kind.DATE},
}


class Measure(StrEnum):
    """A number made of two dates. `*_between` counts what is completed from one to the other, months and years
    on the same day of the month or on its last; `*_inclusive` counts the first and the last day, as stays do."""

    DAYS_BETWEEN = "days_between"
    MONTHS_BETWEEN = "months_between"
    YEARS_BETWEEN = "years_between"
    DAYS_INCLUSIVE = "days_inclusive"
    MONTHS_INCLUSIVE = "months_inclusive"


class Operator(StrEnum):
    """`between` includes both ends. `gt` and `ge` are false where a question is not asked, as all are; `not` of
    `le` and `lt` is true there."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    BETWEEN = "between"


class Requirement(StrEnum):
    """ALWAYS: the file is incomplete without it. SUBJECT_TO: the aid may be granted subject to it."""

    ALWAYS = "always"
    SUBJECT_TO = "subject_to"


class CapScope(StrEnum):
    """What is counted together: one person's requests in a university year, ever, for one need; or everybody's
    grants since the schedule opened. All versions of the scheme count."""

    PERSON_AND_UNIVERSITY_YEAR = "person_and_university_year"
    PERSON = "person"
    PERSON_AND_NEED = "person_and_need"
    PERSON_NEED_AND_UNIVERSITY_YEAR = "person_need_and_university_year"
    SCHEME = "scheme"


NEED_SCOPES = frozenset({CapScope.PERSON_AND_NEED, CapScope.PERSON_NEED_AND_UNIVERSITY_YEAR})


class Access(StrEnum):
    """INVITED: only who holds an invitation may start a request."""

    OPEN = "open"
    INVITED = "invited"


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

    @property
    def question_id(self) -> str:
        """The question it is read from (of a group: the group), "" for what is not asked."""
        return "" if self.source in _NOT_ASKED else self.name.partition(".")[0]


Moment = Operand | date


@dataclass(frozen=True, slots=True)
class Span:
    """What lies between two dates; negative when `end` comes first."""

    measure: Measure
    start: Moment
    end: Moment


Subject = Operand | Span


@dataclass(frozen=True, slots=True)
class CountrySet:
    """Countries under one name, to be compared with `in`."""

    code: str
    label: Text
    countries: tuple[str, ...]


Term = Scalar | Operand | CountrySet


@dataclass(frozen=True, slots=True)
class Comparison:
    """`values`: one term, two for BETWEEN, one or more for IN. Spans are compared with literals only."""

    operand: Subject
    operator: Operator
    values: tuple[Term, ...]


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
    """`visible_if` names earlier questions only, `valid_if` itself too; `invalid_message` goes with it.

    Of a group: `questions` are those of one row, `minimum` and `maximum` (always set) bound how many rows.
    """

    id: str
    kind: Kind
    label: Text
    hint: Text | None = None
    required: bool = True
    options: tuple[Option, ...] = ()
    minimum: Scalar | None = None
    maximum: Scalar | None = None
    max_length: int | None = None
    visible_if: Condition | None = None
    valid_if: Condition | None = None
    invalid_message: Text | None = None
    questions: tuple[Question, ...] = ()
    row_label: Text | None = None

    @property
    def row_bounds(self) -> tuple[int, int]:
        """How few and how many rows a group takes."""
        return int(str(self.minimum)), int(str(self.maximum))


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
    """`watermark`: an identity paper, whose kept copy bears across it what it may be used for."""

    code: str
    label: Text
    hint: Text | None = None
    required: Requirement = Requirement.ALWAYS
    when: Condition | None = None
    watermark: bool = False


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
    """An amount that adds to the case's when its condition holds; with `times`, once per unit up to `at_most`."""

    code: str
    label: Text
    when: Condition
    amount_cents: int
    documents: tuple[Document, ...] = ()
    facts: tuple[Fact, ...] = ()
    times: Subject | None = None
    at_most: int | None = None

    @property
    def highest_cents(self) -> int:
        return self.amount_cents * (self.at_most or 1)


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `requests` granted requests, at most `amount_cents` granted, or both; at least one is set.

    `need`: the questions whose equal answers make the same need; none stands for the same case.
    """

    per: CapScope
    requests: int | None = None
    amount_cents: int | None = None
    need: tuple[str, ...] = ()


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
    access: Access = Access.OPEN
    sets: tuple[CountrySet, ...] = ()

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
