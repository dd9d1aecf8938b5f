"""A Scheme → YAML that `reading.load` reads back as the same scheme, and its hash.

Keys left at their default are not written: a grammar with more keys gives the same bytes for today's schemes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from aid_requests.schemes.grammar import (
    GRAMMAR_VERSION,
    KNOWN_KINDS,
    Access,
    AllOf,
    AnyOf,
    Cap,
    Case,
    Comparison,
    Condition,
    CountrySet,
    Document,
    EligibilityRule,
    Fact,
    Kind,
    Moment,
    Not,
    Operand,
    Operator,
    Part,
    Question,
    Requirement,
    Scheme,
    Source,
    Span,
    Subject,
    Term,
    Text,
)
from aid_requests.schemes.question_reading import FEWEST_ROWS, MOST_ROWS
from aid_requests.schemes.values import write_value
from fund.money import plain_euros

# Every leaf is a str: nothing depends on how YAML or JSON would write a number or a date.
Plain = Any


class _PlainDumper(yaml.SafeDumper):
    """Writes `150.00`, `yes` and dates bare, since reading guesses no types; never anchors and aliases."""

    yaml_implicit_resolvers: dict[str, Any] = {}

    def ignore_aliases(self, data: Any) -> bool:
        return True


def dump(scheme: Scheme) -> str:
    """YAML in the order a person writes it; `load(dump(scheme)) == scheme`."""
    return dump_plain(to_plain(scheme))


def dump_plain(plain: Plain) -> str:
    """The YAML of a plain tree, whole or not: mappings, lists and texts in the order they have."""
    return yaml.dump(plain, Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=110)


def canonical_json(scheme: Scheme) -> str:
    """One spelling per scheme: sorted keys, no spaces, no escapes but JSON's own; lists keep their order."""
    return json.dumps(to_plain(scheme), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def definition_hash(scheme: Scheme) -> str:
    """SHA-256, in hex, of `canonical_json` in UTF-8: it changes when any word, amount or order does."""
    return hashlib.sha256(canonical_json(scheme).encode("utf-8")).hexdigest()


def to_plain(scheme: Scheme) -> dict[str, Plain]:
    """The scheme as the mappings, lists and texts of its file."""
    inner = [one for question in scheme.questions for one in question.questions]
    writer = _Writer({question.id: question.kind for question in (*scheme.questions, *inner)})
    asked_and_granted = {
        "questions": [writer.question(question) for question in scheme.questions],
        "doors": [
            {"code": door.code, "label": _text(door.label), "hint": _text(door.hint)} for door in scheme.doors
        ],
        "eligibility": [writer.rule(rule) for rule in scheme.eligibility],
        "otherwise": {
            "reason": _text(scheme.otherwise.reason),
            "orientation": list(scheme.otherwise.orientation),
        },
        "cases": [writer.case(case) for case in scheme.cases],
        "parts": [writer.part(part) for part in scheme.parts],
        "documents": writer.documents(scheme.documents),
        "opening_facts": writer.facts(scheme.opening_facts),
        "closing_facts": writer.facts(scheme.closing_facts),
    }
    return kept({**_frame(scheme), **asked_and_granted})


def _frame(scheme: Scheme) -> dict[str, Plain]:
    """What the scheme is, before what it asks."""
    return {
        "grammar": str(GRAMMAR_VERSION),
        "slug": scheme.slug,
        "title": _text(scheme.title),
        "summary": _text(scheme.summary),
        "reference_prefix": scheme.reference_prefix,
        "pocket": scheme.pocket,
        "opens_on": scheme.opens_on.isoformat(),
        "closes_on": scheme.closes_on.isoformat(),
        "bank_label": scheme.bank_label,
        "delays": {"days_to_payment": str(scheme.delays.days_to_payment)},
        "decision": {"votes": str(scheme.decision.votes), "own_school": str(scheme.decision.own_school)},
        "access": None if scheme.access is Access.OPEN else str(scheme.access),
        "caps": [_cap(cap) for cap in scheme.caps],
        "sets": [
            {"code": one.code, "label": _text(one.label), "countries": list(one.countries)}
            for one in scheme.sets
        ],
    }


def kept(pairs: Mapping[str, Plain]) -> dict[str, Plain]:
    """Without what was left out: None and empty lists."""
    return {key: value for key, value in pairs.items() if value is not None and value != []}


def _text(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"fr": text.fr, "en": text.en}


def _amount(cents: int | None) -> str | None:
    return None if cents is None else plain_euros(cents)


def _cap(cap: Cap) -> dict[str, Plain]:
    requests = None if cap.requests is None else str(cap.requests)
    amount = _amount(cap.amount_cents)
    return kept({"per": str(cap.per), "requests": requests, "amount": amount, "need": list(cap.need)})


class _Writer:
    """Writes what holds conditions: a literal is spelled after the kind of what it is compared with."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self.kinds = kinds

    def question(self, question: Question) -> dict[str, Plain]:
        bounds = _bounds(question)
        return kept(
            {
                "id": question.id,
                "kind": str(question.kind),
                "label": _text(question.label),
                "hint": _text(question.hint),
                "required": None if question.required else "no",
                "options": [
                    kept({"value": one.value, "label": _text(one.label), "hint": _text(one.hint)})
                    for one in question.options
                ],
                "minimum": bounds[0],
                "maximum": bounds[1],
                "max_length": None if question.max_length is None else str(question.max_length),
                "visible_if": self.condition(question.visible_if),
                "valid_if": self.condition(question.valid_if),
                "invalid_message": _text(question.invalid_message),
                "row_label": _text(question.row_label),
                "questions": [self.question(inner) for inner in question.questions],
            }
        )

    def rule(self, rule: EligibilityRule) -> dict[str, Plain]:
        return {
            "code": rule.code,
            "refuse_when": self.condition(rule.refuse_when),
            "reason": _text(rule.reason),
            "orientation": list(rule.orientation),
        }

    def case(self, case: Case) -> dict[str, Plain]:
        return kept(
            {
                "code": case.code,
                "label": _text(case.label),
                "hint": _text(case.hint),
                "when": self.condition(case.when),
                "amount": _amount(case.amount_cents),
                "documents": self.documents(case.documents),
                "facts": self.facts(case.facts),
            }
        )

    def part(self, part: Part) -> dict[str, Plain]:
        return kept(
            {
                "code": part.code,
                "label": _text(part.label),
                "when": self.condition(part.when),
                "amount": _amount(part.amount_cents),
                "times": None if part.times is None else _subject(part.times),
                "at_most": None if part.at_most is None else str(part.at_most),
                "documents": self.documents(part.documents),
                "facts": self.facts(part.facts),
            }
        )

    def documents(self, documents: Iterable[Document]) -> list[dict[str, Plain]]:
        return [
            kept(
                {
                    "code": document.code,
                    "label": _text(document.label),
                    "hint": _text(document.hint),
                    "required": None if document.required is Requirement.ALWAYS else str(document.required),
                    "when": self.condition(document.when),
                    "watermark": "yes" if document.watermark else None,
                }
            )
            for document in documents
        ]

    def facts(self, facts: Iterable[Fact]) -> list[dict[str, Plain]]:
        return [
            kept({"code": fact.code, "text": _text(fact.text), "when": self.condition(fact.when)})
            for fact in facts
        ]

    def condition(self, condition: Condition | None) -> dict[str, Plain] | None:
        match condition:
            case None:
                return None
            case AllOf(conditions):
                return {"all": [self.condition(inner) for inner in conditions]}
            case AnyOf(conditions):
                return {"any": [self.condition(inner) for inner in conditions]}
            case Not(inner):
                return {"not": self.condition(inner)}
            case Comparison():
                return self._comparison(condition)

    def _comparison(self, comparison: Comparison) -> dict[str, Plain]:
        kind = self._kind(comparison.operand)
        terms = [self._term(kind, term) for term in comparison.values]
        several = comparison.operator in (Operator.IN, Operator.BETWEEN)
        return {**_subject(comparison.operand), str(comparison.operator): terms if several else terms[0]}

    def _kind(self, subject: Subject) -> Kind:
        if isinstance(subject, Span) or subject.source is Source.COUNT:
            return Kind.NUMBER
        if subject.question_id:
            return self.kinds[subject.name.rpartition(".")[2]]
        return KNOWN_KINDS[subject.source][subject.name]

    def _term(self, kind: Kind, term: Term) -> Plain:
        if isinstance(term, CountrySet):
            return term.code
        return _subject(term) if isinstance(term, Operand) else write_value(kind, term)


def _subject(subject: Subject) -> dict[str, Plain]:
    if isinstance(subject, Operand):
        return {str(subject.source): subject.name}
    return {str(subject.measure): [_moment(subject.start), _moment(subject.end)]}


def _moment(moment: Moment) -> Plain:
    return _subject(moment) if isinstance(moment, Operand) else moment.isoformat()


def _bounds(question: Question) -> list[str | None]:
    """The least and the greatest answer; of a group, the numbers of rows that are not the usual ones."""
    low, high = question.minimum, question.maximum
    if question.kind is Kind.GROUP:
        fewest, most = question.row_bounds
        usual = max(fewest, MOST_ROWS)
        return [None if fewest == FEWEST_ROWS else str(fewest), None if most == usual else str(most)]
    return [None if bound is None else write_value(question.kind, bound) for bound in (low, high)]
