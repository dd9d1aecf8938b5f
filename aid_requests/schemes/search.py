"""Is there a situation in which these conditions hold and those do not? An exact search, or Unsure.

Conditions are decided in three values, as in `conditions`; what is still open is decided one step at a time: an
option or a country by trying one of each sort, an order between numbers or dates by trying both sides and asking
`bounds` whether values remain. It never answers by luck: a found situation satisfies the conditions as `holds`
reads them, and when the bound is met nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from aid_requests.schemes.bounds import Atom, Interval, Shift, Unsure, narrowed
from aid_requests.schemes.conditions import operands_of
from aid_requests.schemes.domains import Domains, as_number
from aid_requests.schemes.grammar import (
    ORDERED_KINDS,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    CountrySet,
    Not,
    Operand,
    Operator,
    Scalar,
    Scheme,
    Source,
    Span,
    Subject,
)
from aid_requests.schemes.rows_fit import fitting_rows, is_of_rows

# A condition and the truth it must have.
Goal = tuple[Condition, bool]
_STEPS = 4000


@dataclass(frozen=True)
class Model:
    """A situation found, by `Operand.key`: `chosen` values of unordered operands, `numbers` of ordered ones (cents,
    ordinals of dates), and the `rows` of groups."""

    chosen: Mapping[str, Scalar]
    numbers: Mapping[str, int]
    rows: Mapping[str, list[dict[str, int]]]


@dataclass(frozen=True)
class _Choice:
    key: str


# A truth, or what must be decided before it is known.
_Truth = bool | Atom | _Choice


class Search:
    """Finds models of goals over one scheme; what a scheme asks is the same for all of them."""

    def __init__(self, scheme: Scheme, domains: Domains) -> None:
        self.scheme = scheme
        self.domains = domains
        self.visible_if = {question.id: question.visible_if for question in scheme.questions}
        self.chosen: dict[str, Scalar] = {}
        self.decided: dict[Atom, bool] = {}
        self.steps = 0
        self.unsure = False

    def find(self, goals: list[Goal]) -> Model | None:
        """A model, or None when there is none. Raises Unsure when the bound is met first."""
        self.chosen, self.decided, self.steps, self.unsure = {}, {}, 0, False
        model = self._extend(goals)
        if model is None and self.unsure:
            raise Unsure
        return model

    def _extend(self, goals: list[Goal]) -> Model | None:
        self.steps += 1
        if self.steps > _STEPS:
            raise Unsure
        intervals = narrowed(self._domains_in_use(), self.decided)
        if intervals is None:
            return None
        pending: Atom | _Choice | None = None
        for condition, wanted in goals:
            truth = self._truth(condition)
            if isinstance(truth, bool):
                if truth is not wanted:
                    return None
            else:
                pending = pending or truth
        if pending is None:
            return self._model(intervals)
        return self._branch(goals, pending)

    def _branch(self, goals: list[Goal], pending: Atom | _Choice) -> Model | None:
        if isinstance(pending, _Choice):
            for value in self.domains.choices[pending.key]:
                self.chosen[pending.key] = value
                if (model := self._extend(goals)) is not None:
                    return model
            self.chosen.pop(pending.key, None)
            return None
        for truth in (True, False):
            self.decided[pending] = truth
            if (model := self._extend(goals)) is not None:
                return model
        self.decided.pop(pending, None)
        return None

    def _domains_in_use(self) -> dict[str, Interval]:
        names = {name for atom in self.decided for name in (atom.end, atom.start) if name}
        return {name: self.domains.intervals[name] for name in names}

    def _model(self, intervals: Mapping[str, Interval]) -> Model | None:
        """None when no rows have such a number, sum, least and greatest value; where these hang on other numbers not
        all of them were tried, and the doubt is noted."""
        tied = {name for atom in self.decided if atom.start for name in (atom.end, atom.start)}
        rows = fitting_rows(self.scheme, intervals, tied)
        if rows is None:
            self.unsure = self.unsure or any(is_of_rows(name) for name in tied)
            return None
        usual = self._usual(intervals)
        return Model(dict(self.chosen), {key: interval[0] for key, interval in usual.items()}, rows)

    def _usual(self, intervals: Mapping[str, Interval]) -> Mapping[str, Interval]:
        """The intervals, begun at values that a person would give, where these fit together."""
        begun = {
            key: (max(low, min(high, self.domains.usual_least(key))), high)
            for key, (low, high) in intervals.items()
        }
        return narrowed(begun, self.decided) or intervals

    # Truth: a bool, or what must be decided first --------------------------------------------------------------

    def _truth(self, condition: Condition) -> _Truth:
        match condition:
            case AllOf(conditions):
                return self._first(conditions, stopping=False)
            case AnyOf(conditions):
                return self._first(conditions, stopping=True)
            case Not(inner):
                truth = self._truth(inner)
                return not truth if isinstance(truth, bool) else truth
            case Comparison():
                return self._comparison(condition)

    def _first(self, conditions: tuple[Condition, ...], *, stopping: bool) -> _Truth:
        """`stopping` decides alone; else the first that is open; else the contrary."""
        pending: Atom | _Choice | None = None
        for condition in conditions:
            truth = self._truth(condition)
            if truth is stopping:
                return stopping
            if not isinstance(truth, bool):
                pending = pending or truth
        return (not stopping) if pending is None else pending

    def _comparison(self, comparison: Comparison) -> _Truth:
        pending: Atom | _Choice | None = None
        for operand in operands_of(comparison):
            present = self._present(operand)
            if present is False:
                return False
            if not isinstance(present, bool):
                pending = pending or present
        if pending is not None:
            return pending
        subject = comparison.operand
        if isinstance(subject, Span) or self.domains.kinds[subject.key] in ORDERED_KINDS:
            return self._ordered(comparison, subject)
        return self._unordered(comparison, subject)

    def _present(self, operand: Operand) -> _Truth:
        """Whether the operand says anything: its question is asked, and there is a row to look at."""
        if not operand.question_id:
            return True
        shown = self.visible_if[operand.question_id]
        truth = True if shown is None else self._truth(shown)
        if truth is not True or operand.source not in (Source.MIN, Source.MAX):
            return truth
        if self.scheme.question(operand.question_id).row_bounds[0] > 0:
            return True
        return self._negated(self._decide(Atom(f"count.{operand.question_id}", Shift(1))))

    def _negated(self, truth: _Truth) -> bool | Atom | _Choice:
        return not truth if isinstance(truth, bool) else truth

    def _unordered(self, comparison: Comparison, subject: Operand) -> _Truth:
        if subject.key not in self.chosen:
            return _Choice(subject.key)
        left = self.chosen[subject.key]
        terms: list[Scalar] = []
        for term in comparison.values:
            if isinstance(term, CountrySet):
                terms += term.countries
            elif not isinstance(term, Operand):
                terms.append(term)
            elif term.key in self.chosen:
                terms.append(self.chosen[term.key])
            else:
                return _Choice(term.key)
        return (left != terms[0]) if comparison.operator is Operator.NE else left in terms

    def _ordered(self, comparison: Comparison, subject: Subject) -> _Truth:
        """Every operator out of « less than » and « less than or equal »."""
        terms = [term for term in comparison.values if not isinstance(term, CountrySet)]
        first, last = terms[0], terms[-1]
        match comparison.operator:
            case Operator.LT:
                return self._below(subject, first, 0)
            case Operator.LE:
                return self._below(subject, first, 1)
            case Operator.GE:
                return self._negated(self._below(subject, first, 0))
            case Operator.GT:
                return self._negated(self._below(subject, first, 1))
            case Operator.BETWEEN:
                return self._within(subject, first, last)
            case Operator.NE:
                return self._negated(self._within(subject, first, first))
            case Operator.EQ | Operator.IN:
                return self._one_of([self._within(subject, term, term) for term in terms])

    def _within(self, subject: Subject, low: Scalar | Operand, high: Scalar | Operand) -> _Truth:
        is_under = self._below(subject, low, 0)
        if is_under is True:
            return False
        is_up_to = self._below(subject, high, 1)
        if is_up_to is False:
            return False
        return is_up_to if is_under is False else is_under

    def _one_of(self, truths: list[_Truth]) -> _Truth:
        if any(truth is True for truth in truths):
            return True
        return next((truth for truth in truths if not isinstance(truth, bool)), False)

    def _below(self, subject: Subject, term: Scalar | Operand, more: int) -> _Truth:
        """`subject < term + more`."""
        if isinstance(subject, Span):
            return self._span_below(subject, as_number(term) + more)  # type: ignore[arg-type]  # literals only
        if not isinstance(term, Operand):
            return self._decide(Atom(subject.key, Shift(as_number(term) + more)))
        return self._decide(Atom(subject.key, Shift(more), term.key))

    def _span_below(self, span: Span, number: int) -> _Truth:
        start, end, shift = span.start, span.end, Shift(number, span.measure)
        if isinstance(start, date):
            limit = _first_end(span, start, number)
            return (
                end.toordinal() < limit
                if isinstance(end, date)
                else self._decide(Atom(end.key, Shift(limit)))
            )
        if isinstance(end, date):  # end < shift(start): the start is late enough
            return self._negated(
                self._decide(Atom(start.key, Shift(shift.first_start_past(end.toordinal()))))
            )
        return self._decide(Atom(end.key, shift, start.key))

    def _decide(self, atom: Atom) -> bool | Atom:
        return self.decided.get(atom, atom)


def _first_end(span: Span, start: date, number: int) -> int:
    return Shift(number, span.measure).apply(start.toordinal())
