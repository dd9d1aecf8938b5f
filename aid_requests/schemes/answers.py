"""What a person typed → answers, checked on the server; answers → lines that a person reads."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext_lazy as _

from aid_requests.schemes.conditions import NOTHING_KNOWN, Known, Situation, holds, visibility
from aid_requests.schemes.grammar import Answers, Kind, Question, Scheme, Value
from aid_requests.schemes.nodes import has_unprintable
from aid_requests.schemes.values import ValueFault, country_codes, format_value, read_value, write_value
from fund.money import AmountError, format_euros, parse_euros

DEFAULT_MAX_LENGTH = 1000
# No honest value of a choice, date, number or amount is longer; it keeps hostile input away from the parsers.
_MAX_SHORT = 60
_YES = frozenset({"yes", "oui", "true", "on", "1"})
_NO = frozenset({"no", "non", "false", "off", "0"})
_FRENCH_DATE = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", re.ASCII)
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]")


class AnswerError(ValueError):
    """An answer that cannot be taken; its text says in the reader's language what to write."""


def visible_questions(scheme: Scheme, answers: Answers, known: Known = NOTHING_KNOWN) -> tuple[Question, ...]:
    """The questions to show now, in order; one that waits for an earlier answer is not shown yet."""
    visible = visibility(scheme, answers, known)
    return tuple(question for question in scheme.questions if visible[question.id])


def clean_answers(
    scheme: Scheme, raw: Mapping[str, str], known: Known = NOTHING_KNOWN, *, language: str = "fr"
) -> tuple[dict[str, Value], dict[str, str]]:
    """(answers, errors by question id) from a submitted form; a question has an answer, an error or neither.

    Only questions that are asked count: answers to hidden ones are dropped, unknown keys ignored. Amounts
    become cents. Errors are sentences in the active language, the scheme's own in `language`; none repeats
    what was typed.
    """
    answers: dict[str, Value] = {}
    errors: dict[str, str] = {}
    visible: dict[str, bool | None] = {}
    for question in scheme.questions:
        situation = Situation(answers, visible, known)
        visible[question.id] = True if question.visible_if is None else holds(question.visible_if, situation)
        if not visible[question.id]:
            continue
        try:
            value = _clean(question, str(raw.get(question.id, "")))
            if value is not None:
                answers[question.id] = value
                _check_validity(question, situation, language)
        except AnswerError as error:
            answers.pop(question.id, None)
            errors[question.id] = str(error)
    return answers, errors


def _check_validity(question: Question, situation: Situation, language: str) -> None:
    """What depends on other answers, like a return after a departure; unknown is not wrong."""
    if question.valid_if is None or question.invalid_message is None:
        return
    if holds(question.valid_if, situation) is False:
        raise AnswerError(question.invalid_message.in_language(language))


def _clean(question: Question, raw: str) -> Value | None:
    """The value typed, None for an optional question left empty. Raises AnswerError."""
    text = unicodedata.normalize("NFC", raw).replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        if question.required:
            raise AnswerError(_("Répondez à cette question pour continuer."))
        return None
    if question.kind is Kind.TEXT:
        return _clean_text(question, text)
    if len(text) > _MAX_SHORT:
        raise AnswerError(_("Cette réponse est trop longue : vérifiez ce que vous avez collé."))
    value = _parse(question, text)
    _check_bounds(question, value)
    return value


def _clean_text(question: Question, text: str) -> str:
    limit = question.max_length or DEFAULT_MAX_LENGTH
    if len(text) > limit:
        message = _("Ce texte est trop long : %(limit)s caractères au plus, vous en avez écrit %(length)s.")
        raise AnswerError(message % {"limit": limit, "length": len(text)})
    if has_unprintable(text.replace("\t", " ")):
        raise AnswerError(_("Ce texte contient un caractère invisible : effacez-le ou retapez le passage."))
    return text.replace("\t", " ")


def _parse(question: Question, text: str) -> Value:
    match question.kind:
        case Kind.YES_NO:
            return _parse_yes_no(text)
        case Kind.NUMBER:
            return _parse_number(text)
        case Kind.DATE:
            return _parse_date(text)
        case Kind.AMOUNT:
            return _parse_amount(text)
        case Kind.COUNTRY:
            if text.upper() not in country_codes():
                raise AnswerError(_("Ce pays n’est pas dans la liste : choisissez-le dans la liste."))
            return text.upper()
        case Kind.CHOICE | Kind.TEXT:
            if text not in [option.value for option in question.options]:
                raise AnswerError(_("Choisissez une des réponses proposées."))
            return text


def _parse_yes_no(text: str) -> bool:
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise AnswerError(_("Répondez par oui ou par non."))


def _parse_number(text: str) -> int:
    digits = _SPACES.sub("", text).replace("\u2212", "-")
    if not re.fullmatch(r"-?\d{1,9}", digits, re.ASCII):
        raise AnswerError(_("Écrivez un nombre entier, en chiffres, par exemple 3."))
    return int(digits)


def _parse_date(text: str) -> date:
    """« 17/03/2020 », « 17.03.2020 » or « 2020-03-17 »; no two-figure year. Raises AnswerError."""
    french, iso = _FRENCH_DATE.fullmatch(text), _ISO_DATE.fullmatch(text)
    try:
        if french:
            day, month, year = (int(part) for part in french.groups())
        elif iso:
            year, month, day = (int(part) for part in iso.groups())
        else:
            raise ValueError
        if not 1900 <= year <= 2199:
            raise ValueError
        return date(year, month, day)
    except ValueError:
        raise AnswerError(_("Écrivez une date qui existe, par exemple 17/03/2020.")) from None


def _parse_amount(text: str) -> int:
    try:
        return parse_euros(text)
    except AmountError as error:
        raise AnswerError(error.sentence) from None


def _check_bounds(question: Question, value: Value) -> None:
    if question.minimum is not None and value < question.minimum:  # type: ignore[operator]  # one ordered kind
        message = _("La réponse est trop petite : %(bound)s au moins.")
        if question.kind is Kind.DATE:
            message = _("Cette date est trop ancienne : pas avant le %(bound)s.")
        raise AnswerError(message % {"bound": _bound(question, question.minimum)})
    if question.maximum is not None and value > question.maximum:  # type: ignore[operator]
        message = _("La réponse est trop grande : %(bound)s au plus.")
        if question.kind is Kind.DATE:
            message = _("Cette date est trop tardive : pas après le %(bound)s.")
        raise AnswerError(message % {"bound": _bound(question, question.maximum)})


def _bound(question: Question, bound: Value) -> str:
    """A bound in figures, as it is typed: the same in both languages."""
    if isinstance(bound, date):
        return f"{bound:%d/%m/%Y}"
    return format_euros(int(bound)) if question.kind is Kind.AMOUNT else str(bound)


def answers_summary(scheme: Scheme, answers: Answers, language: str) -> list[tuple[str, str]]:
    """(label, value) of each question that is asked and answered, in order, for a person to read again."""
    return [
        (question.label.in_language(language), format_value(question, answers[question.id], language))
        for question in visible_questions(scheme, answers)
        if question.id in answers
    ]


def pack_answers(scheme: Scheme, answers: Answers) -> dict[str, str]:
    """Answers as texts that JSON and encrypted fields can hold; `unpack_answers` gives them back."""
    return {
        question.id: write_value(question.kind, answers[question.id])
        for question in scheme.questions
        if question.id in answers
    }


def unpack_answers(scheme: Scheme, packed: Mapping[str, str]) -> dict[str, Value]:
    """The answers that `pack_answers` packed. Raises ValueFault when they are not answers to this scheme."""
    answers: dict[str, Value] = {}
    for question_id, text in packed.items():
        try:
            question = scheme.question(question_id)
        except KeyError:
            raise ValueFault("Ces réponses ne sont pas celles de ce dispositif.") from None
        answers[question_id] = read_value(question.kind, text)
    return answers
