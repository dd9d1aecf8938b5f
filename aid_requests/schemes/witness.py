"""A situation that the search found, as answers to the schedule's questions and in a person's words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from aid_requests.schemes.domains import OTHER_CODE, Domains, inner_question
from aid_requests.schemes.grammar import Kind, Operand, Question, Row, Scalar, Scheme, Source, Text, Value
from aid_requests.schemes.search import Model
from aid_requests.schemes.values import format_value

_NO_WORDS = Text("", "")


def answers_of_model(scheme: Scheme, model: Model) -> tuple[dict[str, Value], dict[str, Scalar]]:
    """(answers, known values) of the situation; what it does not depend on is left out."""
    answers: dict[str, Value] = {}
    known: dict[str, Scalar] = {}
    values: dict[str, Scalar] = {**model.chosen, **model.numbers}
    for key, value in values.items():
        source, _dot, name = key.partition(".")
        if source == Source.ANSWER:
            answers[name] = _typed(scheme.question(name).kind, value)
        elif source in (Source.REGISTER, Source.DATE):
            known[key] = date.fromordinal(int(str(value))) if source == Source.DATE else value
    for group_id, rows in model.rows.items():
        answers[group_id] = tuple(_row(scheme.question(group_id), row) for row in rows)
    return answers, known


def _typed(kind: Kind, value: Scalar) -> Scalar:
    return date.fromordinal(int(str(value))) if kind is Kind.DATE else value


def _row(group: Question, numbers: dict[str, int]) -> Row:
    return {one.id: _typed(one.kind, numbers[one.id]) for one in group.questions if one.id in numbers}


def witness_of(scheme: Scheme, domains: Domains, model: Model, language: str) -> tuple[tuple[str, str], ...]:
    """(question, answer) in the order of the questions, then what is known besides. Texts in the active language."""
    answers, known = answers_of_model(scheme, model)
    asked = [
        (question.label.in_language(language), format_value(question, answers[question.id], language))
        for question in scheme.questions
        if question.id in answers and question.kind is not Kind.GROUP
    ]
    return (*asked, *_of_rows(scheme, domains, model, language), *_known(domains, known, language))


def _of_rows(scheme: Scheme, domains: Domains, model: Model, language: str) -> Iterator[tuple[str, str]]:
    names = {
        Source.COUNT: _("nombre de lignes"),
        Source.SUM: _("total"),
        Source.MIN: _("le plus petit"),
        Source.MAX: _("le plus grand"),
    }
    for group_id, rows in model.rows.items():
        group = scheme.question(group_id)
        label = group.label.in_language(language)
        for key in sorted(model.numbers):
            source, _dot, name = key.partition(".")
            if name.partition(".")[0] != group_id or source not in names:
                continue
            if source == Source.COUNT:
                yield f"{label}, {names[Source.COUNT]}", str(len(rows))
                continue
            inner = inner_question(scheme, Operand(Source(source), name))
            column = [row[inner.id] for row in rows]
            words = format_value(inner, _typed(inner.kind, _of_column(Source(source), column)), language)
            yield f"{label}, {inner.label.in_language(language)}, {names[Source(source)]}", words


def _of_column(source: Source, column: list[int]) -> int:
    if source is Source.SUM:
        return sum(column)
    return min(column) if source is Source.MIN else max(column)


def known_labels() -> dict[str, str]:
    """How what is known besides the answers is called, by `Operand.key`, in the active language."""
    return {
        "register.school": _("École"),
        "register.level": _("Niveau d’études"),
        "register.year_of_study": _("Année d’études"),
        "register.curriculum": _("Formation"),
        "register.scholarship": _("Bourse"),
        "register.university_year": _("Année universitaire"),
        "date.requested_on": _("Date de la demande"),
    }


def _known(domains: Domains, known: dict[str, Scalar], language: str) -> Iterator[tuple[str, str]]:
    labels = known_labels()
    for key, value in known.items():
        if isinstance(value, str) and value.startswith(OTHER_CODE):
            yield labels[key], _("une autre réponse")
        else:
            question = Question("known", domains.kinds[key], _NO_WORDS)
            yield labels[key], format_value(question, value, language)
