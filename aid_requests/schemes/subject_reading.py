"""What a condition compares: an answer, a register fact, a date, the rows of a group, or what lies between dates."""

from __future__ import annotations

from collections.abc import Iterable

from aid_requests.schemes.fields import Fields
from aid_requests.schemes.grammar import (
    KNOWN_KINDS,
    OF_ROWS,
    ORDERED_KINDS,
    CountrySet,
    Kind,
    Measure,
    Moment,
    Operand,
    Question,
    Source,
    Span,
    Subject,
)
from aid_requests.schemes.nodes import Node
from aid_requests.schemes.problems import Problem
from aid_requests.schemes.values import ValueFault, read_date

SOURCES = " ".join(Source)
MEASURES = " ".join(Measure)


class SubjectReader:
    """Reads subjects over `questions` (and the rows of groups among them).

    `later` are the ids that are asked only further down. A question in `unreadable` has had its fault noted:
    what names it is passed over in silence.
    """

    def __init__(
        self,
        problems: list[Problem],
        questions: Iterable[Question],
        *,
        later: frozenset[str] = frozenset(),
        unreadable: frozenset[str] = frozenset(),
        sets: Iterable[CountrySet] = (),
    ) -> None:
        self.problems = problems
        self.questions = {question.id: question for question in questions}
        self.inner = {one.id: group for group in self.questions.values() for one in group.questions}
        self.later = later
        self.unreadable = unreadable
        self.sets = {one.code: one for one in sets}

    def subject(self, fields: Fields) -> tuple[Subject, Kind] | None:
        """The one subject among the keys of `fields`, and its kind, or None when a fault was noted."""
        sources = [source for source in Source if source in fields.nodes]
        measures = [measure for measure in Measure if measure in fields.nodes]
        if len(sources) + len(measures) != 1:
            fields.fault(
                fields.node, "Nommez une seule source : answer, register, date, count, sum, min ou max."
            )
            return None
        return self._span(fields, measures[0]) if measures else self.operand(fields, sources[0])

    def operand(self, fields: Fields, source: Source) -> tuple[Operand, Kind] | None:
        node = fields.nodes[source]
        name = fields.scalar(node)
        if name is None:
            return None
        if source is Source.ANSWER:
            kind = self._answer_kind(fields, node, name)
        elif source in OF_ROWS:
            kind = self._row_kind(fields, node, source, name)
        else:
            kind = KNOWN_KINDS[source].get(name)
            if kind is None:
                possible = ", ".join(KNOWN_KINDS[source])
                fields.fault(node, f"« {name} » n’est pas connu. Possible ici : {possible}.")
        return None if kind is None else (Operand(source, name), kind)

    def _span(self, fields: Fields, measure: Measure) -> tuple[Span, Kind] | None:
        nodes = fields.items(measure)
        if len(nodes) != 2:
            fields.fault(fields.node, f"« {measure} » demande deux dates : [le début, la fin].")
            return None
        start, end = (self._moment(fields, node) for node in nodes)
        if start is not None and start == end:
            fields.fault(fields.node, "Une durée se compte entre deux dates différentes.")
            return None
        return None if start is None or end is None else (Span(measure, start, end), Kind.NUMBER)

    def _moment(self, fields: Fields, node: Node) -> Moment | None:
        if not isinstance(node.content, dict):
            raw = fields.scalar(node)
            try:
                return None if raw is None else read_date(raw)
            except ValueFault as error:
                fields.fault(node, str(error))
                return None
        inner = Fields(node, self.problems, optional=SOURCES)
        found = self.subject(inner)
        if found is None or isinstance(found[0], Span):
            return None
        if found[1] is not Kind.DATE:
            fields.fault(node, "Une durée se compte entre deux dates.")
            return None
        return found[0]

    def _answer_kind(self, fields: Fields, node: Node, name: str) -> Kind | None:
        question = self._known(fields, node, name)
        if question is None:
            return None
        if question.kind is Kind.GROUP:
            fields.fault(node, f"« {name} » est un groupe : comparez count, sum, min ou max de ses lignes.")
            return None
        return self._deciding_kind(fields, node, question)

    def _deciding_kind(self, fields: Fields, node: Node, question: Question) -> Kind | None:
        if question.kind is Kind.TEXT:
            fields.fault(node, f"« {question.id} » est un texte libre : il ne peut pas décider.")
            return None
        if not question.required:
            message = f"« {question.id} » est facultative : une question qui décide doit être obligatoire."
            fields.fault(node, message)
            return None
        return question.kind

    def _row_kind(self, fields: Fields, node: Node, source: Source, name: str) -> Kind | None:
        """The kind of what is made of the rows: `count: tickets`, `sum: tickets.price`."""
        group_id, _dot, inner_id = name.partition(".")
        group = self._known(fields, node, group_id)
        if group is None:
            return None
        if group.kind is not Kind.GROUP:
            fields.fault(node, f"« {group_id} » n’est pas un groupe : comparez sa réponse (answer).")
            return None
        if source is Source.COUNT:
            if inner_id:
                fields.fault(node, f"« count » compte les lignes : écrivez {group_id} seul.")
                return None
            return Kind.NUMBER
        if inner_id in self.unreadable:
            return None
        inner = next((one for one in group.questions if one.id == inner_id), None)
        if inner is None:
            possible = ", ".join(f"{group_id}.{one.id}" for one in group.questions)
            fields.fault(node, f"Nommez une question du groupe. Possible ici : {possible}.")
            return None
        return self._aggregated_kind(fields, node, source, inner)

    def _aggregated_kind(self, fields: Fields, node: Node, source: Source, inner: Question) -> Kind | None:
        kinds = ORDERED_KINDS - {Kind.DATE} if source is Source.SUM else ORDERED_KINDS
        if inner.kind not in kinds:
            words = (
                "des nombres et des montants"
                if source is Source.SUM
                else "des nombres, des montants et des dates"
            )
            fields.fault(node, f"« {source} » se prend sur {words} seulement.")
            return None
        if inner.visible_if is not None:
            message = f"« {inner.id} » n’est pas posée à chaque ligne : elle ne peut pas être comptée."
            fields.fault(node, message)
            return None
        return self._deciding_kind(fields, node, inner)

    def _known(self, fields: Fields, node: Node, name: str) -> Question | None:
        """The question, or None; its absence has been noted unless its own fault was."""
        if name in self.unreadable:
            return None
        question = self.questions.get(name)
        if question is None:
            fields.fault(node, self._unknown(name))
        return question

    def _unknown(self, name: str) -> str:
        if name in self.later:
            return f"« {name} » vient plus bas : une condition nomme des questions déjà posées."
        if name in self.inner:
            group = self.inner[name].id
            return f"« {name} » est posée à chaque ligne : comparez par exemple max: {group}.{name}."
        return f"Aucune question ne s’appelle « {name} »."
