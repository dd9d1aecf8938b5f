"""Past files under another schedule: what they would have been granted, and the difference in euros.

Pure: the caller reads the files and gives their answers. Nothing personal comes out: codes and cents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from aid_requests.schemes.conditions import Known
from aid_requests.schemes.evaluation import Award, NotEligible, Outcome, evaluate
from aid_requests.schemes.grammar import Answers, Kind, Question, Scheme, Value


class ReplayState(StrEnum):
    """UNJUDGED: the file does not hold what the schedule asks, or several cases fit."""

    AWARDED = "awarded"
    REFUSED = "refused"
    UNJUDGED = "unjudged"


@dataclass(frozen=True, slots=True)
class PastFile:
    """A file as it was decided: its case and cents ("" and 0 for a refusal), and what it was decided on."""

    key: str
    case_code: str
    cents: int
    answers: Answers
    known: Known


@dataclass(frozen=True, slots=True)
class FileReplay:
    """`case` and `cents` are the new ones: "" and 0 for a refusal, "" and None for a file that could not be judged."""

    key: str
    old_case: str
    old_cents: int
    state: ReplayState
    case: str
    cents: int | None


@dataclass(frozen=True, slots=True)
class CaseReplay:
    """The judged files that the new schedule puts into one case; "" stands for its refusals."""

    code: str
    files: int
    old_cents: int
    new_cents: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """The whole; cents are those of the files that could be judged, so that old and new compare like with like."""

    files: tuple[FileReplay, ...]

    @property
    def judged(self) -> tuple[FileReplay, ...]:
        return tuple(file for file in self.files if file.cents is not None)

    @property
    def old_cents(self) -> int:
        return sum(file.old_cents for file in self.judged)

    @property
    def new_cents(self) -> int:
        return sum(file.cents or 0 for file in self.judged)

    @property
    def difference_cents(self) -> int:
        return self.new_cents - self.old_cents

    @property
    def unjudged(self) -> int:
        return len(self.files) - len(self.judged)

    @property
    def refused(self) -> int:
        return sum(file.state is ReplayState.REFUSED for file in self.files)

    @property
    def by_case(self) -> tuple[CaseReplay, ...]:
        """In the order in which the cases first come up, refusals among them."""
        codes = dict.fromkeys(file.case for file in self.judged)
        return tuple(self._case(code) for code in codes)

    def _case(self, code: str) -> CaseReplay:
        files = [file for file in self.judged if file.case == code]
        old, new = sum(file.old_cents for file in files), sum(file.cents or 0 for file in files)
        return CaseReplay(code, len(files), old, new)


def replay(definition: Scheme, rows: Iterable[PastFile]) -> Replayed:
    """Each file judged by `definition` on its own old answers; caps and money left are not looked at."""
    return Replayed(tuple(_replayed(definition, row) for row in rows))


def _replayed(definition: Scheme, row: PastFile) -> FileReplay:
    outcome = evaluate(definition, dict(_understood(definition, row.answers)), row.known)
    state, case, cents = _result(outcome)
    return FileReplay(row.key, row.case_code, row.cents, state, case, cents)


def _result(outcome: Outcome) -> tuple[ReplayState, str, int | None]:
    if isinstance(outcome, Award):
        return ReplayState.AWARDED, outcome.case_code, outcome.amount_cents
    if isinstance(outcome, NotEligible):
        return ReplayState.REFUSED, "", 0
    return ReplayState.UNJUDGED, "", None


def _understood(definition: Scheme, answers: Answers) -> Iterator[tuple[str, Value]]:
    """The old answers that still are answers to a question of this name; the others count as not given."""
    for question in definition.questions:
        value = answers.get(question.id)
        if value is not None and _fits(question, value):
            yield question.id, value


def _fits(question: Question, value: Value) -> bool:
    match question.kind:
        case Kind.YES_NO:
            return isinstance(value, bool)
        case Kind.NUMBER | Kind.AMOUNT:
            return isinstance(value, int) and not isinstance(value, bool)
        case Kind.CHOICE:
            return value in [option.value for option in question.options]
        case Kind.COUNTRY | Kind.TEXT:
            return isinstance(value, str)
        case Kind.GROUP:
            return isinstance(value, tuple) and all(_row_fits(question, row) for row in value)
        case Kind.DATE:
            return not isinstance(value, bool | int | str | tuple)


def _row_fits(group: Question, row: Answers) -> bool:
    inner = {one.id: one for one in group.questions}
    return all(name in inner and _fits(inner[name], value) for name, value in row.items())
