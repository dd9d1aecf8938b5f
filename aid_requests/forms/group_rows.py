"""The rows of a group as a form sends them: `q-tickets-rows` names them in order, `q-tickets-r1-price` is an answer."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from aid_requests.schemes import Kind, Question, Scheme, Value
from aid_requests.schemes.conditions import Situation, in_row, visibility
from aid_requests.schemes.question_reading import ROWS_LIMIT
from aid_requests.schemes.rows import read_rows, write_rows
from aid_requests.schemes.values import ValueFault

PREFIX = "q"
# The buttons of the rows: « add tickets », « drop tickets r2 ».
ROW_BUTTON = f"{PREFIX}-row"
_KEY = re.compile(r"r\d{1,4}", re.ASCII)


@dataclass(frozen=True)
class GroupRows:
    """The rows on the page: their names in order, and what is typed in each, by question."""

    group: Question
    keys: tuple[str, ...]
    texts: Mapping[str, Mapping[str, str]]

    @property
    def text(self) -> str:
        """All rows as one answer; blank ones too, so that errors keep their places."""
        return write_rows(dict(self.texts[key]) for key in self.keys)

    def field_name(self, key: str, inner_id: str) -> str:
        return f"{self.group.id}-{key}-{inner_id}"

    def field_at(self, place: str) -> str:
        """The field of an error's place: « 2.price »; "" when there is none."""
        number, _dot, inner_id = place.partition(".")
        at = int(number) - 1
        return self.field_name(self.keys[at], inner_id) if at < len(self.keys) else ""

    def with_one_more(self) -> "GroupRows":
        number = max((int(key[1:]) for key in self.keys), default=0) + 1
        key = f"r{number}"
        return replace(self, keys=(*self.keys, key), texts={**self.texts, key: {}})

    def without(self, key: str) -> "GroupRows":
        return replace(self, keys=tuple(one for one in self.keys if one != key))

    def with_fewest(self) -> "GroupRows":
        """With blank rows up to the fewest that the group asks for."""
        rows = self
        while len(rows.keys) < self.group.row_bounds[0]:
            rows = rows.with_one_more()
        return rows

    def visible(
        self, scheme: Scheme, answers: Mapping[str, Value], known: Mapping[str, Value]
    ) -> Iterator[tuple[str, list[Question]]]:
        """(row, the questions that are asked in it); `answers` hold the rows that are not blank, in order."""
        outer = Situation(answers, visibility(scheme, answers, known), known)
        given = answers.get(self.group.id)
        cleaned = iter(given if isinstance(given, tuple) else ())
        for key in self.keys:
            is_blank = not any(text.strip() for text in self.texts[key].values())
            row = {} if is_blank else next(cleaned, {})
            asked = in_row(self.group, row, outer).visible
            yield key, [inner for inner in self.group.questions if asked[inner.id]]


def posted_rows(group: Question, data: Mapping[str, Any]) -> GroupRows:
    """The rows that were on the page, after the button « Ajouter » or « Retirer » if it was that one."""
    named = str(data.get(f"{PREFIX}-{group.id}-rows", "")).split()
    keys = tuple(dict.fromkeys(key for key in named if _KEY.fullmatch(key)))[:ROWS_LIMIT]
    texts = {
        key: {
            inner.id: str(data[name])
            for inner in group.questions
            if (name := f"{PREFIX}-{group.id}-{key}-{inner.id}") in data
        }
        for key in keys
    }
    rows = GroupRows(group, keys, texts)
    act, _space, what = str(data.get(ROW_BUTTON, "")).partition(" ")
    group_id, _space, key = what.partition(" ")
    if group_id != group.id:
        return rows
    if act == "add":
        return rows.with_one_more() if len(keys) < group.row_bounds[1] else rows
    return rows.without(key) if act == "drop" else rows


def kept_rows(group: Question, packed: str) -> GroupRows:
    """The rows of an answer given before, as a person would have typed them."""
    try:
        kept = read_rows(packed) if packed else []
    except ValueFault:
        kept = []
    dates = {inner.id for inner in group.questions if inner.kind is Kind.DATE}
    texts = {
        f"r{number}": {name: _french_date(text) if name in dates else text for name, text in row.items()}
        for number, row in enumerate(kept, 1)
    }
    return GroupRows(group, tuple(texts), texts)


def _french_date(text: str) -> str:
    """A packed date as it is typed here."""
    return f"{date.fromisoformat(text):%d/%m/%Y}"
