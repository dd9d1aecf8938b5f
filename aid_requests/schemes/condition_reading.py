"""Conditions of a schedule: `{all: […]}`, `{any: […]}`, `{not: …}` or `{answer: cause, eq: internship}`.

A comparison has one subject and one operator. Its literals are read as the kind of what is compared, so a
condition that could never hold (an option that does not exist) is a fault.
"""

from __future__ import annotations

from aid_requests.schemes.fields import Fields
from aid_requests.schemes.grammar import (
    ORDERED_KINDS,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    CountrySet,
    Kind,
    Measure,
    Not,
    Operand,
    Operator,
    Scalar,
    Source,
    Span,
    Subject,
    Term,
)
from aid_requests.schemes.nodes import Node
from aid_requests.schemes.subject_reading import MEASURES, SOURCES, SubjectReader
from aid_requests.schemes.values import ValueFault, read_value

_OPERATORS = " ".join(Operator)
_ORDER_OPERATORS = frozenset({Operator.LT, Operator.LE, Operator.GT, Operator.GE, Operator.BETWEEN})


class ConditionReader(SubjectReader):
    """Reads conditions that may name the questions it knows."""

    def read(self, node: Node) -> Condition | None:
        """The condition, or None when a fault was noted."""
        keys = node.content if isinstance(node.content, dict) else {}
        if "all" in keys or "any" in keys:
            return self._group(node, "all" if "all" in keys else "any")
        if "not" in keys:
            inner = self.optional(Fields(node, self.problems, required="not"), "not")
            return Not(inner) if inner is not None else None
        return self._comparison(node)

    def optional(self, fields: Fields, key: str) -> Condition | None:
        """The condition under `key`, or None when the key is absent."""
        return self.read(fields.nodes[key]) if key in fields.nodes else None

    def needed(self, fields: Fields, key: str) -> Condition:
        """As `optional`; a missing or faulty condition has been noted, so an empty one stands in."""
        return self.optional(fields, key) or AllOf(())

    def _group(self, node: Node, key: str) -> Condition | None:
        fields = Fields(node, self.problems, required=key)
        inner = [self.read(item) for item in fields.items(key)]
        conditions = tuple(condition for condition in inner if condition is not None)
        if not conditions:
            return None
        return AllOf(conditions) if key == "all" else AnyOf(conditions)

    def _comparison(self, node: Node) -> Condition | None:
        fields = Fields(node, self.problems, optional=f"all any not {SOURCES} {MEASURES} {_OPERATORS}")
        if not isinstance(node.content, dict):
            return None
        subjects = [one for one in (*Source, *Measure) if one in fields.nodes]
        operators = [operator for operator in Operator if operator in fields.nodes]
        if len(subjects) != 1 or len(operators) != 1:
            fields.fault(
                node,
                "Une condition nomme une seule source (answer, register, date, days_between…) et un seul "
                "opérateur (eq, ne, in, lt, le, gt, ge ou between).",
            )
            return None
        found = self.subject(fields)
        if found is None:
            return None
        subject, kind = found
        operator = operators[0]
        if operator in _ORDER_OPERATORS and kind not in ORDERED_KINDS:
            fields.fault(node, f"« {operator} » compare des nombres, des dates ou des montants seulement.")
            return None
        values = self._terms(fields, operator, subject, kind)
        return None if values is None else Comparison(subject, operator, values)

    def _terms(
        self, fields: Fields, operator: Operator, subject: Subject, kind: Kind
    ) -> tuple[Term, ...] | None:
        several = operator in (Operator.IN, Operator.BETWEEN)
        nodes = fields.items(operator) if several else [fields.nodes[operator]]
        if operator is Operator.BETWEEN and len(nodes) != 2:
            fields.fault(fields.node, "« between » demande deux valeurs : [la plus petite, la plus grande].")
            return None
        read = self._in_term if operator is Operator.IN else self._term
        terms = [read(fields, node, subject, kind) for node in nodes]
        if not terms or any(term is None for term in terms):
            return None
        values = tuple(term for term in terms if term is not None)
        if operator is Operator.BETWEEN and _reversed(values):
            fields.fault(fields.node, "« between » commence par la plus petite valeur.")
            return None
        return values

    def _in_term(self, fields: Fields, node: Node, subject: Subject, kind: Kind) -> Term | None:
        """As `_term`, or the named set of countries: codes of countries are capitals, names of sets are not."""
        raw = node.content
        if kind is not Kind.COUNTRY or not isinstance(raw, str) or raw != raw.lower():
            return self._term(fields, node, subject, kind)
        if raw not in self.sets:
            fields.fault(node, f"« {raw} » n’est ni un code de pays en majuscules ni un nom de « sets ».")
        return self.sets.get(raw)

    def _term(self, fields: Fields, node: Node, subject: Subject, kind: Kind) -> Term | None:
        if isinstance(node.content, dict):
            return self._other_operand(node, subject, kind)
        raw = fields.scalar(node)
        if raw is None:
            return None
        try:
            value: Scalar = read_value(kind, raw)
        except ValueFault as error:
            fields.fault(node, str(error))
            return None
        name = subject.name if isinstance(subject, Operand) and subject.source is Source.ANSWER else ""
        question = self.questions.get(name)
        options = [option.value for option in question.options] if question else []
        if question is not None and kind is Kind.CHOICE and raw not in options:
            fields.fault(node, f"« {raw} » n’est pas une réponse de la question « {question.id} ».")
            return None
        return value

    def _other_operand(self, node: Node, subject: Subject, kind: Kind) -> Operand | None:
        """The right-hand side when it is not a literal: `{lt: {answer: returned_on}}`."""
        fields = Fields(node, self.problems, optional=SOURCES)
        if isinstance(subject, Span):
            fields.fault(node, "Une durée se compare avec un nombre écrit ici.")
            return None
        found = self.subject(fields)
        if found is None or isinstance(found[0], Span):
            return None
        if found[0] == subject:
            fields.fault(node, "Une réponse ne se compare pas à elle-même.")
            return None
        if found[1] is not kind:
            fields.fault(node, "Les deux côtés de la comparaison ne sont pas de la même sorte.")
            return None
        return found[0]


def _reversed(values: tuple[Term, ...]) -> bool:
    """True when both bounds are literals and the first is the greater."""
    low, high = values
    if isinstance(low, Operand | CountrySet) or isinstance(high, Operand | CountrySet):
        return False
    return low > high  # type: ignore[operator]  # both were read as the same ordered kind
