"""One step open in two tabs, and each changed it: both values are shown, and the person chooses.

A page carries in `base` a keyed hash of each field as it was kept when the page was shown. So the server knows what
this tab changed, without keeping a copy. A field that this tab left alone takes the newer value; one that it changed
keeps it. Either way the other value stands under the field, with a box that takes it instead: no script needed.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from aid_requests.forms.group_rows import PREFIX, GroupRows
from aid_requests.forms.questions import QuestionsForm
from aid_requests.schemes import Kind, Question
from aid_requests.schemes.rows import read_rows, write_rows
from aid_requests.schemes.values import ValueFault
from aid_requests.sealed import STORY
from fund import vault

BASE = "base"
TAKE = "take"  # the ticked boxes: names of fields
THERE, HERE = "there-", "here-"  # the value not shown: the other tab's, or the one this page had
_LENGTH = 8

# A field of the step → its text as the page shows it; "" for a box that is not ticked.
Texts = dict[str, str]


@dataclass(frozen=True)
class Note:
    """The value that a field does not show. `kind` is THERE or HERE, `words` what a person reads."""

    name: str
    kind: str
    text: str
    words: str
    is_taken: bool

    @property
    def is_there(self) -> bool:
        return self.kind == THERE


def texts_of(form: forms.Form) -> Texts:
    """What the form shows, field by field; the rows of a group as one text, blank ones left out."""
    if not isinstance(form, QuestionsForm):
        return {name: _text(form[name].value()) for name in form.fields}
    texts = {name: _text(form.raw.get(name, "")) for name in form.asked}
    texts |= {name: _rows_text(rows) for name, rows in form.groups.items()}
    return texts | ({STORY: _text(form[STORY].value())} if STORY in form.fields else {})


def base_of(kept: Texts) -> str:
    """To be carried by a page whose step is kept as `kept`."""
    return " ".join(f"{name}={_hash(name, text)}" for name, text in kept.items())


def with_taken(data: QueryDict, form: forms.Form) -> QueryDict:
    """`data` as sent, with the other value in each field whose box is ticked, and the one it had beside it."""
    changed, texts = data.copy(), texts_of(form)
    for name in data.getlist(TAKE):
        kind = next((kind for kind in (THERE, HERE) if f"{kind}{name}" in data), "")
        if kind and name in texts:
            _write(changed, form, name, str(data[f"{kind}{name}"]))
            del changed[f"{kind}{name}"]
            changed[f"{HERE if kind == THERE else THERE}{name}"] = texts[name]
    changed.pop(TAKE, None)
    return changed


def merged(data: QueryDict, *, form: forms.Form, kept: Texts) -> QueryDict:
    """What to show once another tab kept `kept`: both sides' changes, and a note where they differ.

    `form` holds what this tab sent. A page without `base` changed everything.
    """
    changed, base = (
        data.copy(),
        dict(pair.split("=", 1) for pair in data.get(BASE, "").split() if "=" in pair),
    )
    for name, text in texts_of(form).items():
        there = kept.get(name, "")
        for kind in (THERE, HERE):
            changed.pop(f"{kind}{name}", None)
        if text == there or base.get(name) == _hash(name, there):
            continue  # the same, or this tab alone changed it
        if base.get(name) == _hash(name, text):
            _write(changed, form, name, there)
            changed[f"{HERE}{name}"] = text
        else:
            changed[f"{THERE}{name}"] = there
    for button in ("act", f"{PREFIX}-row", TAKE):
        changed.pop(button, None)
    return changed


def notes_of(data: QueryDict, form: forms.Form) -> dict[str, Note]:
    """What stands under the fields, by field: as long as the page is not continued, nothing of it goes away."""
    taken, notes = data.getlist(TAKE), {}
    for name in texts_of(form):
        for kind in (THERE, HERE):
            text = data.get(f"{kind}{name}")
            if text is not None:
                notes[name] = Note(name, kind, text, _words(form, name, _text(text)), name in taken)
    return notes


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return str(value or "").replace("\r\n", "\n").strip()


def _hash(name: str, text: str) -> str:
    return vault.blind_index("seen-field", f"{name}|{text}")[:_LENGTH]


def _rows_text(rows: GroupRows) -> str:
    filled = [dict(rows.texts[key]) for key in rows.keys if any(map(str.strip, rows.texts[key].values()))]
    return write_rows(filled) if filled else ""


def _rows_in(text: str) -> list[dict[str, str]]:
    try:
        return read_rows(text) if text else []
    except ValueFault:
        return []


def _write(data: QueryDict, form: forms.Form, name: str, text: str) -> None:
    """Puts the text into the field as a browser would send it."""
    if not isinstance(form, QuestionsForm):
        data.pop(name, None)  # a box that is not ticked is not sent
        if text:
            data[name] = text
        return
    if name in form.groups:
        for sent in [key for key in data if key.startswith(f"{PREFIX}-{name}-")]:
            del data[sent]
        rows = {f"r{number}": row for number, row in enumerate(_rows_in(text), 1)}
        data[f"{PREFIX}-{name}-rows"] = " ".join(rows)
        for key, row in rows.items():
            for inner, value in row.items():
                data[f"{PREFIX}-{name}-{key}-{inner}"] = value
    else:
        data[f"{PREFIX}-{name}"] = text
    shown = data.get(f"{PREFIX}-shown", "").split()
    if name != STORY and name not in shown:
        data[f"{PREFIX}-shown"] = " ".join([*shown, name])


def _words(form: forms.Form, name: str, text: str) -> str:
    if isinstance(form.fields.get(name), forms.BooleanField):
        return _("Oui") if text else _("Non")
    if not text:
        return _("vide")
    if not isinstance(form, QuestionsForm) or name not in form.asked:
        return text
    question = form.asked[name]
    if question.kind is not Kind.GROUP:
        return _answer(form, question, text)
    inner = {one.id: one for one in question.questions}
    rows = (
        [_answer(form, inner[key], one) for key, one in row.items() if key in inner] for row in _rows_in(text)
    )
    return "\n".join(", ".join(filter(None, row)) for row in rows)


def _answer(form: QuestionsForm, question: Question, text: str) -> str:
    """As the page names it: a choice by its label."""
    if question.kind not in (Kind.YES_NO, Kind.CHOICE, Kind.COUNTRY):
        return text
    return next((choice.label for choice in form.choices_of(question) if choice.value == text), text)


class Tabs:
    """What a step's page carries so that two tabs are told apart, and what it sent."""

    def __init__(self, sent: QueryDict) -> None:
        self.sent = sent
        self.seen, self.base = sent.get("seen", ""), sent.get(BASE, "")

    def take(self, form: forms.Form) -> QueryDict:
        """What was sent, with what the ticked boxes stand for; `form` holds it as it came."""
        self.sent = with_taken(self.sent, form)
        return self.sent

    def shows(self, seen: str, kept: forms.Form) -> None:
        """The page now follows the state `seen`, which a fresh page shows as `kept`."""
        self.seen, self.base = seen, base_of(texts_of(kept))

    def meets(self, form: forms.Form, seen: str, kept: forms.Form) -> QueryDict:
        """Another tab came first: both sides together, to be read again."""
        self.sent = merged(self.sent, form=form, kept=texts_of(kept))
        self.shows(seen, kept)
        return self.sent

    def page(self, form: forms.Form) -> dict[str, Any]:
        return {"seen": self.seen, "base": self.base, "notes": notes_of(self.sent, form)}
