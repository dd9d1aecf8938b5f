"""Answers by outcome for the public, as of the releases and never finer than anybody may know (rules R1 to R3).

Releases tell who was helped and what is promised, as sums; this tells how many requests had which answer. Together they
cut the requests into atoms, and nobody knows a sum that is not a sum of atoms: so a release tells the finest grouping
of outcomes in which behind each atom stands nobody, or at least `settings.DISCLOSURE_MIN` persons. Where even the total
is too fine, what an earlier release told stands. Nothing is kept: decisions are only ever added, so that the same
releases always tell the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aid_requests.models.decisions import FAVOURABLE, DecisionOutcome
from fund import clock
from reports import disclosure, queries
from reports.figures import read_answers
from reports.models import Publication

_OTHERS = (DecisionOutcome.REDIRECTED, DecisionOutcome.REFUSED)
Group = tuple[str, ...]
# The finest first; each is a cut of all outcomes.
LEVELS: tuple[tuple[Group, ...], ...] = (
    tuple((str(outcome),) for outcome in (*FAVOURABLE, *_OTHERS)),
    (tuple(map(str, FAVOURABLE)), tuple(map(str, _OTHERS))),
    (tuple(map(str, (*FAVOURABLE, *_OTHERS))),),
)
_WORDS: dict[Group, str | Promise] = {
    LEVELS[0][0]: _("Accordées"),
    LEVELS[0][1]: _("Accordées, une pièce est attendue"),
    LEVELS[0][2]: _("Favorables, l’argent manque encore"),
    LEVELS[0][3]: _("Réorientées vers une autre aide"),
    LEVELS[0][4]: _("Refusées"),
    LEVELS[1][0]: _("Favorables : accordées, ou en attente d’une pièce ou d’argent"),
    LEVELS[1][1]: _("Non accordées : refusées ou réorientées"),
    LEVELS[2][0]: _("Réponses données, quelles qu’elles soient"),
}
# (the request's applicant, its answer) by request.
Answers = Mapping[int, tuple[int, str]]


@dataclass(frozen=True)
class Cell:
    words: str | Promise
    number: int


@dataclass(frozen=True)
class Told:
    """What one release tells: `as_of` is its last Paris day, the cells are in the order of `LEVELS`."""

    number: int
    as_of: date
    level: int
    cells: tuple[Cell, ...]

    @property
    def total(self) -> int:
        return sum(cell.number for cell in self.cells)


@dataclass(frozen=True)
class _Step:
    """A release and how finely it tells answers; `level` None tells nothing of them."""

    answers: Answers
    marks: Mapping[int, tuple[bool, bool]]  # applicant → (helped, promised) as the release tells it
    level: int | None = None

    def group_of(self, request: int) -> Group | None:
        if self.level is None or request not in self.answers:
            return None
        outcome = self.answers[request][1]
        return next(group for group in LEVELS[self.level] if outcome in group)


def last_told() -> Told | None:
    """What the public may read today about answers; None before enough persons had one."""
    steps: list[_Step] = []
    told: Told | None = None
    for publication in queries.with_own_aid():
        answers, marks = read_answers(_cutoff(publication)), _marks(publication)
        plain = _Step(answers, marks)
        ways = (_Step(answers, marks, level) for level in range(len(LEVELS)))
        step = next((way for way in ways if is_safe([*steps, way])), plain)
        steps.append(step)
        if step.level is not None and answers:
            told = _told(publication, step)
    return told


def is_safe(steps: Sequence[_Step]) -> bool:
    """Whether behind each atom that answers and releases cut out stands nobody, or persons enough."""
    atoms: dict[object, set[int]] = {}
    for request in {request for step in steps for request in step.answers}:
        groups = tuple(step.group_of(request) for step in steps)
        if not any(groups):
            continue
        applicant = next(step.answers[request][0] for step in steps if request in step.answers)
        marks = tuple(step.marks.get(applicant, (False, False)) for step in steps)
        atoms.setdefault((groups, marks), set()).add(applicant)
    return all(len(persons) >= settings.DISCLOSURE_MIN for persons in atoms.values())


def _cutoff(publication: Publication) -> datetime:
    """What was decided on the last day but after the release is in the next one."""
    midnight = datetime.combine(publication.up_to + timedelta(days=1), time.min, tzinfo=clock.PARIS)
    return min(midnight, publication.released_at or midnight)


def _marks(publication: Publication) -> dict[int, tuple[bool, bool]]:
    shown = queries.shown_by(publication)
    return {
        int(id_): (share.given_cents > 0, shown.with_promised and share.promised_cents > 0)
        for (kind, id_), share in shown.shares.items()
        if kind == disclosure.APPLICANT
    }


def _told(publication: Publication, step: _Step) -> Told:
    level = step.level or 0
    said = [outcome for _applicant, outcome in step.answers.values()]
    cells = tuple(Cell(_WORDS[group], sum(outcome in group for outcome in said)) for group in LEVELS[level])
    return Told(publication.number or 0, publication.up_to, level, cells)
