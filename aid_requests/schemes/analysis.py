"""What is wrong in a schedule although every line of it can be read: cases that overlap, cases nobody reaches,
questions nobody sees, rules that refuse everybody.

Each question about the schedule is one exact search (`search`); where its bound is met the finding says that it was
not checked. A request is thought of as complete: every question that is asked is answered, every register fact known,
and the day of the request lies in the schedule's period. The conditions inside the rows of a group are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import override

from aid_requests.schemes.bounds import Unsure
from aid_requests.schemes.conditions import Known, operands_of
from aid_requests.schemes.domains import Domains
from aid_requests.schemes.evaluation import scheme_conditions
from aid_requests.schemes.grammar import (
    AllOf,
    Answers,
    AnyOf,
    Comparison,
    Condition,
    Document,
    Fact,
    Not,
    Operator,
    Part,
    Scheme,
)
from aid_requests.schemes.search import Goal, Model, Search
from aid_requests.schemes.witness import answers_of_model, witness_of


class FindingKind(StrEnum):
    OVERLAP = "overlap"
    CASE_NEVER_REACHED = "case_never_reached"
    NEVER_HOLDS = "never_holds"
    ALWAYS_HOLDS = "always_holds"
    QUESTION_NEVER_SHOWN = "question_never_shown"
    REFUSES_EVERYBODY = "refuses_everybody"
    NOT_COVERED = "not_covered"
    PART_NEVER_ADDED = "part_never_added"
    NOT_CHECKED = "not_checked"


BLOCKING = frozenset(
    {
        FindingKind.OVERLAP,
        FindingKind.CASE_NEVER_REACHED,
        FindingKind.REFUSES_EVERYBODY,
        FindingKind.PART_NEVER_ADDED,
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """`places` are spelled like `Problem.path`; `witness` is an example, (question, answer) in words.

    `answers` and `known` are the same example as `evaluate` takes it, without what it does not depend on.
    """

    kind: FindingKind
    places: tuple[str, ...]
    sentence: str
    witness: tuple[tuple[str, str], ...] = ()
    answers: Answers = field(default_factory=dict)
    known: Known = field(default_factory=dict)

    @property
    def blocks(self) -> bool:
        """Whether a schedule with it must not open."""
        return self.kind in BLOCKING


def analyse(scheme: Scheme, language: str = "fr") -> list[Finding]:
    """Everything found, in the order of the file; its sentences in `language`. Nothing found means: searched whole."""
    with override(language):
        analyst = _Analyst(scheme, language)
        rules = list(analyst.rules())
        if any(finding.kind is FindingKind.REFUSES_EVERYBODY for finding in rules):
            return rules  # nothing else can be said of a schedule that helps nobody
        return [
            *rules,
            *analyst.questions(),
            *analyst.unreachable_rules(),
            *analyst.cases(),
            *analyst.overlaps(),
            *analyst.parts(),
            *analyst.items(),
            *analyst.gaps(),
        ]


class _Analyst:
    def __init__(self, scheme: Scheme, language: str) -> None:
        self.scheme = scheme
        self.language = language
        deciding = (one for one in scheme_conditions(scheme) if one is not None)
        every = [*deciding, *_asking(scheme), *(_pays(part) for part in scheme.parts)]
        self.search = Search(scheme, Domains.of(scheme, every))
        self.accepted: list[Goal] = [(rule.refuse_when, False) for rule in scheme.eligibility]
        self.granted: list[Goal] = [*self.accepted, (AnyOf(tuple(case.when for case in scheme.cases)), True)]
        self.valid: list[Goal] = list(_validity(scheme))
        self.reached = [False] * len(scheme.cases)

    # Questions asked of the search ---------------------------------------------------------------------------------

    def find(self, *goals: Goal) -> Model | None:
        """A situation with valid answers. Raises Unsure."""
        return self.search.find([*goals, *self.valid])

    def example(self, *goals: Goal) -> Model | None:
        """As `find`, without the answers that only have to be valid: they are no part of the example."""
        model = self.find(*goals)
        if model is None:
            return None
        keys, rows = self._keys(goals), model.rows
        return Model(
            {key: value for key, value in model.chosen.items() if key in keys},
            {key: value for key, value in model.numbers.items() if key in keys},
            {group: rows[group] for group in rows if any(_names_group(key, group) for key in keys)},
        )

    def _keys(self, goals: tuple[Goal, ...]) -> set[str]:
        """What the goals rest on: what they compare, and what shows the questions that they compare."""
        operands = {one for condition, _wanted in goals for one in operands_of(condition)}
        for question in reversed(self.scheme.questions):
            if question.id in {one.question_id for one in operands}:
                operands.update(operands_of(question.visible_if))
        return {one.key for one in operands}

    def _finding(
        self, kind: FindingKind, places: tuple[str, ...], sentence: str, model: Model | None = None
    ) -> Finding:
        if model is None:
            return Finding(kind, places, sentence)
        witness = witness_of(self.scheme, self.search.domains, model, self.language)
        return Finding(kind, places, sentence, witness, *answers_of_model(self.scheme, model))

    def _unchecked(self, *places: str) -> Finding:
        sentence = _(
            "Ce passage est trop enchevêtré pour être vérifié en entier : relisez-le, ou simplifiez-le."
        )
        return Finding(FindingKind.NOT_CHECKED, places, sentence)

    def _never_or_always(self, place: str, condition: Condition, context: list[Goal]) -> Iterator[Finding]:
        """What is said of a condition that chooses between nothing and nothing."""
        try:
            if self.find((condition, True), *context) is None:
                sentence = _("Cette condition ne peut jamais être remplie.")
                yield self._finding(FindingKind.NEVER_HOLDS, (place,), sentence)
            elif self.find((condition, False), *context) is None:
                sentence = _("Cette condition est toujours remplie : elle ne sert à rien.")
                yield self._finding(FindingKind.ALWAYS_HOLDS, (place,), sentence)
            else:
                yield from self._alternatives(place, condition, context)
        except Unsure:
            yield self._unchecked(place)

    def _alternatives(self, place: str, condition: Condition, context: list[Goal]) -> Iterator[Finding]:
        """The members of every « any » that no situation fits."""
        for inner_place, inner in _members_of_any(place, condition):
            if self.find((inner, True), *context) is None:
                sentence = _("Cette possibilité ne se présente jamais.")
                yield self._finding(FindingKind.NEVER_HOLDS, (inner_place,), sentence)

    # Findings, in the order of the file ----------------------------------------------------------------------------

    def rules(self) -> Iterator[Finding]:
        """A rule, or all of them together, that nobody passes."""
        places = [f"eligibility[{number}].refuse_when" for number in range(1, len(self.accepted) + 1)]
        for place, goal in zip(places, self.accepted, strict=True):
            try:
                if self.find(goal) is None:
                    sentence = _("Cette règle refuse tout le monde.")
                    yield self._finding(FindingKind.REFUSES_EVERYBODY, (place,), sentence)
                    return
            except Unsure:
                continue  # asked again below, with all rules together
        try:
            if self.accepted and self.find(*self.accepted) is None:
                sentence = _("Ensemble, ces règles refusent tout le monde.")
                yield self._finding(FindingKind.REFUSES_EVERYBODY, tuple(places), sentence)
        except Unsure:
            yield self._unchecked(*places)

    def unreachable_rules(self) -> Iterator[Finding]:
        for number, rule in enumerate(self.scheme.eligibility, 1):
            yield from self._never_or_always(f"eligibility[{number}].refuse_when", rule.refuse_when, [])

    def questions(self) -> Iterator[Finding]:
        for number, question in enumerate(self.scheme.questions, 1):
            if question.visible_if is None:
                continue
            for finding in self._never_or_always(f"questions[{number}].visible_if", question.visible_if, []):
                if finding.kind is FindingKind.NEVER_HOLDS and finding.places[0].endswith(".visible_if"):
                    sentence = _("La question « %(question)s » n’est jamais posée.")
                    sentence %= {"question": question.label.in_language(self.language)}
                    finding = Finding(FindingKind.QUESTION_NEVER_SHOWN, finding.places, sentence)
                yield finding

    def cases(self) -> Iterator[Finding]:
        for place, case in enumerate(self.scheme.cases):
            path = f"cases[{place + 1}].when"
            try:
                self.reached[place] = self.find((case.when, True), *self.accepted) is not None
                if self.reached[place]:
                    yield from self._alternatives(path, case.when, self.accepted)
                    continue
                alone = self.find((case.when, True))
            except Unsure:
                self.reached[place] = True
                yield self._unchecked(path)
                continue
            sentence = _("Le cas « %(case)s » ne peut jamais convenir : sa condition se contredit.")
            if alone is not None:
                sentence = _("Le cas « %(case)s » n’est jamais atteint : une règle refuse avant lui.")
            sentence %= {"case": case.label.in_language(self.language)}
            yield self._finding(FindingKind.CASE_NEVER_REACHED, (path,), sentence)

    def overlaps(self) -> Iterator[Finding]:
        cases = self.scheme.cases
        pairs = [(one, two) for two in range(len(cases)) for one in range(two)]
        for one, two in pairs:
            if not (self.reached[one] and self.reached[two]):
                continue
            paths = (f"cases[{one + 1}].when", f"cases[{two + 1}].when")
            try:
                model = self.example((cases[one].when, True), (cases[two].when, True), *self.accepted)
            except Unsure:
                yield self._unchecked(*paths)
                continue
            if model is not None:
                sentence = _(
                    "Les cas « %(one)s » et « %(two)s » conviennent tous deux à une même situation."
                ) % {
                    "one": cases[one].label.in_language(self.language),
                    "two": cases[two].label.in_language(self.language),
                }
                yield self._finding(FindingKind.OVERLAP, paths, sentence, model)

    def parts(self) -> Iterator[Finding]:
        for number, part in enumerate(self.scheme.parts, 1):
            path = f"parts[{number}].when"
            try:
                if self.find((_pays(part), True), *self.granted) is not None:
                    yield from self._alternatives(path, part.when, self.granted)
                    continue
            except Unsure:
                yield self._unchecked(path)
                continue
            sentence = _("La part « %(part)s » ne s’ajoute jamais.")
            sentence %= {"part": part.label.in_language(self.language)}
            yield self._finding(FindingKind.PART_NEVER_ADDED, (path,), sentence)

    def items(self) -> Iterator[Finding]:
        """Documents and facts that everybody or nobody of those concerned is asked for."""
        scheme = self.scheme
        for place, case in enumerate(scheme.cases):
            if self.reached[place]:
                context: list[Goal] = [(case.when, True), *self.accepted]
                yield from self._items(f"cases[{place + 1}].", case.documents, case.facts, context)
        for number, part in enumerate(scheme.parts, 1):
            context = [(_pays(part), True), *self.granted]
            yield from self._items(f"parts[{number}].", part.documents, part.facts, context)
        yield from self._items("", scheme.documents, (), self.granted)
        yield from self._chosen("opening_facts", scheme.opening_facts, self.granted)
        yield from self._chosen("closing_facts", scheme.closing_facts, self.granted)

    def _items(
        self, start: str, documents: tuple[Document, ...], facts: tuple[Fact, ...], context: list[Goal]
    ) -> Iterator[Finding]:
        yield from self._chosen(f"{start}documents", documents, context)
        yield from self._chosen(f"{start}facts", facts, context)

    def _chosen(
        self, path: str, items: tuple[Document | Fact, ...], context: list[Goal]
    ) -> Iterator[Finding]:
        for number, item in enumerate(items, 1):
            if item.when is not None:
                yield from self._never_or_always(f"{path}[{number}].when", item.when, context)

    def gaps(self) -> Iterator[Finding]:
        """A situation that no case fits, and one whose case pays nothing: no fault, the schedule has words for it."""
        cases = tuple(f"cases[{number}].when" for number in range(1, len(self.scheme.cases) + 1))
        none: list[Goal] = [(case.when, False) for case in self.scheme.cases]
        yield from self._gap(cases, [*self.accepted, *none])
        unpaid: list[Goal] = [(_pays(part), False) for part in self.scheme.parts]
        for path, case in zip(cases, self.scheme.cases, strict=True):
            if case.amount_cents is None:
                yield from self._gap((path,), [*self.accepted, (case.when, True), *unpaid])

    def _gap(self, places: tuple[str, ...], goals: list[Goal]) -> Iterator[Finding]:
        try:
            model = self.example(*goals)
        except Unsure:
            yield self._unchecked(*places)
            return
        if model is not None:
            sentence = _(
                "Une situation comme celle-ci ne reçoit rien : la personne lira la raison écrite dans le barème."
            )
            yield self._finding(FindingKind.NOT_COVERED, places, sentence, model)


def _names_group(key: str, group: str) -> bool:
    """Whether `sum.tickets.price` or `count.tickets` is of this group."""
    return key.partition(".")[2].partition(".")[0] == group


def _asking(scheme: Scheme) -> Iterator[Condition]:
    for question in scheme.questions:
        yield from (one for one in (question.visible_if, question.valid_if) if one is not None)


def _validity(scheme: Scheme) -> Iterator[Goal]:
    """Each answer is valid wherever its question is asked."""
    for question in scheme.questions:
        if question.valid_if is not None:
            hidden = () if question.visible_if is None else (Not(question.visible_if),)
            yield AnyOf((*hidden, question.valid_if)), True


def _pays(part: Part) -> Condition:
    """The part's condition, with one unit at least where it is paid by unit."""
    if part.times is None:
        return part.when
    return AllOf((part.when, Comparison(part.times, Operator.GE, (1,))))


def _members_of_any(place: str, condition: Condition) -> Iterator[tuple[str, Condition]]:
    match condition:
        case AnyOf(conditions):
            for number, inner in enumerate(conditions, 1):
                inner_place = f"{place}.any[{number}]"
                yield inner_place, inner
                yield from _members_of_any(inner_place, inner)
        case AllOf(conditions):
            for number, inner in enumerate(conditions, 1):
                yield from _members_of_any(f"{place}.all[{number}]", inner)
