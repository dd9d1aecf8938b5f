"""What a person typed → answers, checked on the server; answers → lines that a person reads."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from aid_requests.schemes.conditions import NOTHING_KNOWN, Known, Situation, holds, visibility
from aid_requests.schemes.grammar import Answers, Kind, Question, Row, Scalar, Scheme, Value
from aid_requests.schemes.nodes import has_unprintable
from aid_requests.schemes.question_reading import ROWS_LIMIT
from aid_requests.schemes.rows import pack_rows, read_rows, rows_summary, unpack_rows
from aid_requests.schemes.values import ValueFault, country_codes, format_value, read_value, write_value
from fund.money import AmountError, format_euros, parse_euros_from_zero

DEFAULT_MAX_LENGTH = 1000
# No honest value of a choice, date, number or amount is longer; it keeps hostile input away from the parsers.
_MAX_SHORT = 60
_YES = frozenset({"yes", "oui", "true", "on", "1"})
_NO = frozenset({"no", "non", "false", "off", "0"})
_FRENCH_DATE = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})", re.ASCII)
_BARE_DATE = re.compile(r"(\d{2})(\d{2})(\d{4})", re.ASCII)  # the keys of some telephones are figures alone
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
    become cents. A group is given as `rows.write_rows` writes it; its error in row 2 is under `tickets.2.price`,
    and what is right in its rows is an answer all the same. Errors are sentences in the active language, the
    scheme's own in `language`; none repeats what was typed.
    """
    answers: dict[str, Value] = {}
    cleaner = _Cleaner(known, language)
    return answers, cleaner.clean(scheme.questions, raw, Situation(answers, {}, known), answers)


class _Cleaner:
    def __init__(self, known: Known, language: str) -> None:
        self.known = known
        self.language = language

    def clean(
        self,
        questions: Iterable[Question],
        raw: Mapping[str, str],
        before: Situation,
        answers: dict[str, Any],
    ) -> dict[str, str]:
        """The errors; good answers are added to `answers`. `before` is what was asked and answered already."""
        errors: dict[str, str] = {}
        visible = dict(before.visible)
        for question in questions:
            situation = Situation({**before.answers, **answers}, visible, self.known)
            visible[question.id] = (
                True if question.visible_if is None else holds(question.visible_if, situation)
            )
            if not visible[question.id]:
                continue
            try:
                typed = str(raw.get(question.id, ""))
                if question.kind is Kind.GROUP:
                    rows, faults = self._rows(question, typed, situation)
                    answers[question.id] = rows
                    errors |= faults
                else:
                    self._one(question, typed, situation, answers)
            except AnswerError as error:
                answers.pop(question.id, None)
                errors[question.id] = str(error)
        return errors

    def _one(self, question: Question, typed: str, situation: Situation, answers: dict[str, Any]) -> None:
        value = _clean(question, typed)
        if value is not None:
            answers[question.id] = value
            with_itself = Situation({**situation.answers, question.id: value}, situation.visible, self.known)
            _check_validity(question, with_itself, self.language)

    def _rows(
        self, group: Question, typed: str, situation: Situation
    ) -> tuple[tuple[Row, ...], dict[str, str]]:
        """The rows that are not blank, with what is right in them, and the errors."""
        if not typed.strip():
            raise AnswerError(_("Répondez à cette question pour continuer."))
        try:
            raws = read_rows(typed)
        except ValueFault:
            raise AnswerError(_("Ces lignes ne peuvent pas être lues : écrivez-les à nouveau.")) from None
        rows: list[Row] = []
        errors: dict[str, str] = {}
        for number, raw in enumerate(raws, 1):
            if any(text.strip() for text in raw.values()):
                row: dict[str, Scalar] = {}
                faults = self.clean(group.questions, raw, situation, row)
                errors |= {f"{group.id}.{number}.{name}": fault for name, fault in faults.items()}
                rows.append(row)
        return tuple(rows[:ROWS_LIMIT]), {**_count_fault(group, len(rows)), **errors}


def _count_fault(group: Question, number: int) -> dict[str, str]:
    fewest, most = group.row_bounds
    if number < fewest:
        message = ngettext(
            "Remplissez au moins %(bound)s ligne.", "Remplissez au moins %(bound)s lignes.", fewest
        )
        return {group.id: message % {"bound": fewest}}
    if number > most:
        message = ngettext("%(bound)s ligne au plus.", "%(bound)s lignes au plus.", most)
        return {group.id: message % {"bound": most}}
    return {}


def _check_validity(question: Question, situation: Situation, language: str) -> None:
    """What depends on other answers, like a return after a departure; unknown is not wrong."""
    if question.valid_if is None or question.invalid_message is None:
        return
    if holds(question.valid_if, situation) is False:
        raise AnswerError(question.invalid_message.in_language(language))


def _clean(question: Question, raw: str) -> Scalar | None:
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


def _parse(question: Question, text: str) -> Scalar:
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
        case Kind.GROUP:
            raise AssertionError("The rows of a group are read one by one.")


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
    """« 17/03/2020 », « 17.03.2020 », « 17032020 » or « 2020-03-17 »; no two-figure year. Raises AnswerError."""
    french, iso = _FRENCH_DATE.fullmatch(text) or _BARE_DATE.fullmatch(text), _ISO_DATE.fullmatch(text)
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
        return parse_euros_from_zero(text)
    except AmountError as error:
        raise AnswerError(error.sentence) from None


def _check_bounds(question: Question, value: Scalar) -> None:
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


def _bound(question: Question, bound: Scalar) -> str:
    """A bound in figures, as it is typed: the same in both languages."""
    if isinstance(bound, date):
        return f"{bound:%d/%m/%Y}"
    return format_euros(int(bound)) if question.kind is Kind.AMOUNT else str(bound)


def answers_summary(scheme: Scheme, answers: Answers, language: str) -> list[tuple[str, str]]:
    """(label, value) of each question that is asked and answered, in order, for a person to read again.

    A group gives one line a row.
    """
    lines: list[tuple[str, str]] = []
    visible = visibility(scheme, answers)
    for question in scheme.questions:
        # Where a register fact shows the question, its answer tells that it was asked.
        value = None if visible[question.id] is False else answers.get(question.id)
        if isinstance(value, tuple):
            lines += rows_summary(question, value, language)
        elif value is not None:
            lines.append((question.label.in_language(language), format_value(question, value, language)))
    return lines


def pack_answers(scheme: Scheme, answers: Answers) -> dict[str, str]:
    """Answers as texts that JSON and encrypted fields can hold; `unpack_answers` gives them back."""
    return {
        question.id: _pack(question, answers[question.id])
        for question in scheme.questions
        if question.id in answers
    }


def _pack(question: Question, value: Value) -> str:
    if isinstance(value, tuple):
        return pack_rows(question, value)
    return write_value(question.kind, value)


def unpack_answers(scheme: Scheme, packed: Mapping[str, str]) -> dict[str, Value]:
    """The answers that `pack_answers` packed. Raises ValueFault when they are not answers to this scheme."""
    answers: dict[str, Value] = {}
    for question_id, text in packed.items():
        try:
            question = scheme.question(question_id)
        except KeyError:
            raise ValueFault("Ces réponses ne sont pas celles de ce dispositif.") from None
        is_group = question.kind is Kind.GROUP
        answers[question_id] = unpack_rows(question, text) if is_group else read_value(question.kind, text)
    return answers
