"""Conditions of a schedule: `{all: […]}`, `{any: […]}`, `{not: …}` or `{answer: cause, eq: internship}`.

A comparison has one source (answer, register, date) and one operator. Its literals are read as the kind of
what is compared, so a condition that could never hold (an option that does not exist) is a fault.
"""

from __future__ import annotations

from aid_requests.schemes.fields import Fields
from aid_requests.schemes.grammar import (
    KNOWN_KINDS,
    ORDERED_KINDS,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Kind,
    Not,
    Operand,
    Operator,
    Problem,
    Question,
    Source,
    Value,
)
from aid_requests.schemes.nodes import Node
from aid_requests.schemes.values import ValueFault, read_value

_SOURCES = " ".join(Source)
_OPERATORS = " ".join(Operator)
_ORDER_OPERATORS = frozenset({Operator.LT, Operator.LE, Operator.BETWEEN})


class ConditionReader:
    """Reads conditions that may name `questions`; `later` are the ids that are asked only further down.

    A question in `unreadable` has had its fault noted: conditions on it are passed over in silence.
    """

    def __init__(
        self,
        problems: list[Problem],
        questions: list[Question],
        *,
        later: frozenset[str] = frozenset(),
        unreadable: frozenset[str] = frozenset(),
    ) -> None:
        self.problems = problems
        self.questions = {question.id: question for question in questions}
        self.later = later
        self.unreadable = unreadable

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
        fields = Fields(node, self.problems, optional=f"all any not {_SOURCES} {_OPERATORS}")
        if not isinstance(node.content, dict):
            return None
        sources = [source for source in Source if source in fields.nodes]
        operators = [operator for operator in Operator if operator in fields.nodes]
        if len(sources) != 1 or len(operators) != 1:
            fields.fault(
                node,
                "Une condition nomme une seule source (answer, register ou date) et un seul opérateur "
                "(eq, ne, in, lt, le ou between).",
            )
            return None
        found = self._operand(fields, sources[0])
        if found is None:
            return None
        operand, kind = found
        operator = operators[0]
        if operator in _ORDER_OPERATORS and kind not in ORDERED_KINDS:
            fields.fault(node, f"« {operator} » compare des nombres, des dates ou des montants seulement.")
            return None
        values = self._terms(fields, operator, operand, kind)
        return None if values is None else Comparison(operand, operator, values)

    def _operand(self, fields: Fields, source: Source) -> tuple[Operand, Kind] | None:
        """The operand and its kind, or None when a fault was noted."""
        node = fields.nodes[source]
        name = fields.scalar(node)
        if name is None:
            return None
        if source is Source.ANSWER:
            kind = self._answer_kind(fields, node, name)
        else:
            kind = KNOWN_KINDS[source].get(name)
            if kind is None:
                possible = ", ".join(KNOWN_KINDS[source])
                fields.fault(node, f"« {name} » n’est pas connu. Possible ici : {possible}.")
        return None if kind is None else (Operand(source, name), kind)

    def _answer_kind(self, fields: Fields, node: Node, name: str) -> Kind | None:
        if name in self.unreadable:
            return None
        question = self.questions.get(name)
        if question is None:
            fields.fault(node, _unknown_question(name, self.later))
            return None
        if question.kind is Kind.TEXT:
            fields.fault(node, f"« {name} » est un texte libre : il ne peut pas décider.")
            return None
        if not question.required:
            fields.fault(node, f"« {name} » est facultative : une question qui décide doit être obligatoire.")
            return None
        return question.kind

    def _terms(
        self, fields: Fields, operator: Operator, operand: Operand, kind: Kind
    ) -> tuple[Value | Operand, ...] | None:
        several = operator in (Operator.IN, Operator.BETWEEN)
        nodes = fields.items(operator) if several else [fields.nodes[operator]]
        if operator is Operator.BETWEEN and len(nodes) != 2:
            fields.fault(fields.node, "« between » demande deux valeurs : [la plus petite, la plus grande].")
            return None
        terms = [self._term(fields, node, operand, kind) for node in nodes]
        if not terms or any(term is None for term in terms):
            return None
        values = tuple(term for term in terms if term is not None)
        if operator is Operator.BETWEEN and _reversed(values):
            fields.fault(fields.node, "« between » commence par la plus petite valeur.")
            return None
        return values

    def _term(self, fields: Fields, node: Node, operand: Operand, kind: Kind) -> Value | Operand | None:
        if isinstance(node.content, dict):
            return self._other_operand(node, kind)
        raw = fields.scalar(node)
        if raw is None:
            return None
        try:
            value = read_value(kind, raw)
        except ValueFault as error:
            fields.fault(node, str(error))
            return None
        question = self.questions.get(operand.name) if operand.source is Source.ANSWER else None
        options = [option.value for option in question.options] if question else []
        if question is not None and kind is Kind.CHOICE and raw not in options:
            fields.fault(node, f"« {raw} » n’est pas une réponse de la question « {question.id} ».")
            return None
        return value

    def _other_operand(self, node: Node, kind: Kind) -> Operand | None:
        """The right-hand side when it is not a literal: `{lt: {answer: returned_on}}`."""
        fields = Fields(node, self.problems, optional=_SOURCES)
        sources = [source for source in Source if source in fields.nodes]
        if len(sources) != 1:
            fields.fault(node, "Nommez une seule source : answer, register ou date.")
            return None
        found = self._operand(fields, sources[0])
        if found is None:
            return None
        if found[1] is not kind:
            fields.fault(node, "Les deux côtés de la comparaison ne sont pas de la même sorte.")
            return None
        return found[0]


def _unknown_question(name: str, later: frozenset[str]) -> str:
    if name in later:
        return f"« {name} » vient plus bas : une condition nomme des questions déjà posées."
    return f"Aucune question ne s’appelle « {name} »."


def _reversed(values: tuple[Value | Operand, ...]) -> bool:
    """True when both bounds are literals and the first is the greater."""
    low, high = values
    if isinstance(low, Operand) or isinstance(high, Operand):
        return False
    return low > high  # type: ignore[operator]  # both were read as the same ordered kind
