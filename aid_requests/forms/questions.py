"""A scheme's questions as a form: the scheme says what is asked, this only shows it and gives the answers back.

A question that becomes visible by an answer just given is shown on the next page without being called an error:
`shown` carries the ids that were on the page. So the form works the same without JavaScript.

The rows of a group have names of their own (`r1`, `r3`), kept in `tickets-rows`: taking one away leaves what stands in
the others where it is. « Ajouter » and « Retirer » send the form like any button, and it is shown again without errors.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from aid_requests import schemes
from aid_requests.forms.group_rows import PREFIX, ROW_BUTTON, GroupRows, kept_rows, posted_rows
from aid_requests.schemes import Kind, Question, Scheme, Value
from aid_requests.schemes.answers import DEFAULT_MAX_LENGTH
from aid_requests.schemes.grammar import Text
from aid_requests.sealed import STORY

STORY_LENGTH = 2000


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class Row:
    """One question and its field on the page; of a group, its `lines`."""

    kind: str
    field: BoundField
    choices: tuple[Choice, ...]
    value: str
    lines: "Lines | None" = None
    note: "object | None" = None  # what another tab holds, see two_tabs.Note


@dataclass(frozen=True)
class Line:
    """One row of a group: what it is called, the value of the button that takes it away, and its questions."""

    title: str
    drop: str
    rows: list[Row]


@dataclass(frozen=True)
class Lines:
    """The rows of a group: `names` as the hidden field keeps them, `add` "" when there are enough."""

    names: str
    add: str
    lines: list[Line]


class QuestionsForm(forms.Form):
    """The visible questions among `asked`. After `is_valid()`: `answers` (good ones, even when others are wrong).

    `given` are the answers kept so far, `known` what conditions may compare besides answers.
    """

    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        scheme: Scheme,
        asked: Iterable[Question],
        *,
        data: Mapping[str, Any] | None = None,
        given: Mapping[str, Value],
        known: Mapping[str, Value],
    ) -> None:
        super().__init__(data=data, prefix=PREFIX)
        self.scheme, self.known = scheme, known
        self.notes: Mapping[str, object] = {}
        self.language = get_language() or "fr"
        self.asked = {question.id: question for question in asked}
        self.groups: dict[str, GroupRows] = {}
        self.raw = self._raw(given)
        self.answers, self.problems = schemes.clean_answers(scheme, self.raw, known, language=self.language)
        visible = schemes.visible_questions(scheme, self.answers, known)
        self.questions = [question for question in visible if question.id in self.asked]
        for question in self.questions:
            self.fields[question.id] = self._field(question)
            if question.kind is Kind.GROUP:
                self._add_lines(question)
        self.shown_now = " ".join(question.id for question in self.questions)

    @property
    def is_row_change(self) -> bool:
        """Whether a row was added or taken away: then nothing else was meant to be sent."""
        return self.is_bound and ROW_BUTTON in self.data

    def _raw(self, given: Mapping[str, Value]) -> dict[str, str]:
        """What was typed where the question was on the page, else what is kept."""
        raw = {name: _typed(value, text) for name, value, text in _kept(self.scheme, given)}
        shown = self.was_shown()
        for name, question in self.asked.items():
            if question.kind is Kind.GROUP:
                rows = (
                    posted_rows(question, self.data)
                    if name in shown
                    else kept_rows(question, raw.get(name, ""))
                )
                self.groups[name] = rows
                if name in shown:
                    raw[name] = rows.text
            elif name in shown:
                raw[name] = str(self.data.get(f"{PREFIX}-{name}", ""))
        return raw

    def _add_lines(self, group: Question) -> None:
        """The fields of each row: those of its questions that its own answers show."""
        rows = self.groups[group.id] = self.groups[group.id].with_fewest()
        for key, asked in rows.visible(self.scheme, self.answers, self.known):
            for inner in asked:
                self.fields[rows.field_name(key, inner.id)] = self._field(inner)

    def was_shown(self) -> set[str]:
        return set(str(self.data.get(f"{PREFIX}-shown", "")).split()) if self.is_bound else set()

    def _field(self, question: Question) -> forms.CharField:
        """A plain text field: the scheme's own reading checks it, here it only carries its words."""
        label = question.label.in_language(self.language)
        usual = _("Par exemple 17/03/2020.") if question.kind is Kind.DATE else ""
        hint = question.hint.in_language(self.language) if question.hint else usual
        return forms.CharField(
            required=False, label=label, help_text=hint, strip=False, widget=_widget(question.kind)
        )

    def clean(self) -> dict[str, Any]:
        """Errors of the questions that were on the page; the new ones are merely still open."""
        if self.is_row_change:
            return self.cleaned_data
        for name, error in self._field_problems():
            if self._was_on_page(name):
                self.add_error(name, error)
        return self.cleaned_data

    def _field_problems(self) -> list[tuple[str, str]]:
        """(field, error) of each question that is shown; in a row, by the row's own name. Never of the story."""
        shown = {question.id for question in self.questions}
        found = []
        for name, error in self.problems.items():
            question, _dot, place = name.partition(".")
            field = self.groups[question].field_at(place) if place and question in self.groups else name
            if question in shown and field in self.fields:
                found.append((field, error))
        return found

    def _was_on_page(self, name: str) -> bool:
        return name in self.was_shown() if name in self.asked else f"{PREFIX}-{name}" in self.data

    @property
    def has_new_questions(self) -> bool:
        """Whether a question came up by the answers just given, and is not answered yet; or a row came or went."""
        return self.is_row_change or any(
            not self._was_on_page(name) for name, _error in self._field_problems()
        )

    @property
    def rows(self) -> list[Row]:
        return [
            Row(
                question.kind,
                self[question.id],
                self.choices_of(question),
                self.raw.get(question.id, ""),
                self._lines(question) if question.kind is Kind.GROUP else None,
                self.notes.get(question.id),
            )
            for question in self.questions
        ]

    def _lines(self, group: Question) -> Lines:
        rows = self.groups[group.id]
        title = (group.row_label or group.label).in_language(self.language)
        fewest, most = group.row_bounds
        lines = []
        for number, key in enumerate(rows.keys, 1):
            fields = [
                Row(inner.kind, self[name], self.choices_of(inner), rows.texts[key].get(inner.id, ""))
                for inner in group.questions
                if (name := rows.field_name(key, inner.id)) in self.fields
            ]
            drop = f"drop {group.id} {key}" if len(rows.keys) > max(fewest, 0) else ""
            lines.append(Line(f"{title} {number}", drop, fields))
        add = f"add {group.id}" if len(rows.keys) < most else ""
        return Lines(" ".join(rows.keys), add, lines)

    def choices_of(self, question: Question) -> tuple[Choice, ...]:
        if question.kind is Kind.YES_NO:
            return (Choice("yes", str(_("Oui"))), Choice("no", str(_("Non"))))
        if question.kind is Kind.COUNTRY:
            named = schemes.country_choices(self.language)
            return (Choice("", str(_("Choisissez un pays"))), *(Choice(code, name) for code, name in named))
        return tuple(
            Choice(option.value, option.label.in_language(self.language), _words(option.hint, self.language))
            for option in question.options
        )


def _kept(scheme: Scheme, given: Mapping[str, Value]) -> list[tuple[str, Value, str]]:
    """(question, value, the text that keeps it) of the answers given before."""
    return [(name, given[name], text) for name, text in schemes.pack_answers(scheme, given).items()]


def _typed(value: Value, text: str) -> str:
    """An answer as a person would have typed it, not as it is kept; both are read alike."""
    if isinstance(value, int) and not (get_language() or "fr").startswith("en"):
        return text.replace(".", ",")  # the cents of an amount; a number has none
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else text


def _words(text: Text | None, language: str) -> str:
    return text.in_language(language) if text else ""


def _widget(kind: Kind) -> forms.Widget:
    if kind is Kind.TEXT:
        return forms.Textarea(attrs={"rows": 4, "autocomplete": "off"})
    mode = {Kind.AMOUNT: "decimal", Kind.NUMBER: "numeric", Kind.DATE: "numeric"}.get(kind, "text")
    return forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"})


class SimulatorForm(QuestionsForm):
    """Only the questions that decide, for a visitor without account."""

    def __init__(
        self,
        scheme: Scheme,
        *,
        data: Mapping[str, Any] | None = None,
        given: Mapping[str, Value],
        known: Mapping[str, Value],
    ) -> None:
        super().__init__(scheme, schemes.deciding_questions(scheme), data=data, given=given, known=known)


class SituationForm(QuestionsForm):
    """Every question of the scheme, and the free story, under the scheme's own words where it asks for one."""

    def __init__(
        self,
        scheme: Scheme,
        *,
        data: Mapping[str, Any] | None = None,
        given: Mapping[str, Value],
        known: Mapping[str, Value],
        story: str,
        only: Collection[str] | None = None,
    ) -> None:
        """`only` are the questions that may be answered again while a correction names some; None for all."""
        asked = [question for question in scheme.questions if question.id != STORY]
        if only is not None:
            asked = [question for question in asked if question.id in only]
        super().__init__(scheme, asked, data=data, given=given, known=known)
        wording = next((question for question in scheme.questions if question.id == STORY), None)
        self.fields[STORY] = _story_field(wording, self.language, story)


def _story_field(wording: Question | None, language: str, story: str) -> forms.CharField:
    """The free story under the scheme's own words and limits, or under the usual ones."""
    usual = _("Trois phrases suffisent. N’écrivez ni nom, ni maladie : le comité n’en a pas besoin.")
    limit = (wording.max_length or DEFAULT_MAX_LENGTH) if wording else STORY_LENGTH
    return forms.CharField(
        required=wording.required if wording else False,
        max_length=limit,
        initial=story,
        label=wording.label.in_language(language) if wording else _("Ce qui s’est passé, en quelques lignes"),
        help_text=_words(wording.hint, language) if wording and wording.hint else usual,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}),
        error_messages={
            "max_length": _("Ce texte est trop long : %(limit_value)d caractères au plus."),
            "required": _("Répondez à cette question pour continuer."),
        },
    )
