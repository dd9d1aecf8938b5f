"""The rows of a group as one text, so that a group travels like any other answer: JSON, a list of objects."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from aid_requests.schemes.grammar import Question, Row, Scalar
from aid_requests.schemes.question_reading import ROWS_LIMIT
from aid_requests.schemes.values import ValueFault, format_row, read_value, write_value

_MAX_TEXT = 200_000


def write_rows(rows: Iterable[Mapping[str, str]]) -> str:
    """One spelling for the same texts."""
    return json.dumps(list(rows), ensure_ascii=False, separators=(",", ":"))


def read_rows(text: str) -> list[dict[str, str]]:
    """The texts of each row, as typed or packed. Raises ValueFault for what `write_rows` did not write."""
    fault = ValueFault("Ces lignes ne peuvent pas être lues.")
    if len(text) > _MAX_TEXT:
        raise fault
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        raise fault from None
    if not isinstance(rows, list) or len(rows) > 2 * ROWS_LIMIT:
        raise fault
    if not all(isinstance(row, dict) and all(isinstance(one, str) for one in row.values()) for row in rows):
        raise fault
    return rows


def pack_rows(group: Question, rows: tuple[Row, ...]) -> str:
    return write_rows(
        {one.id: write_value(one.kind, row[one.id]) for one in group.questions if one.id in row}
        for row in rows
    )


def unpack_rows(group: Question, text: str) -> tuple[Row, ...]:
    """Raises ValueFault when these are not rows of this group."""
    kinds = {one.id: one.kind for one in group.questions}
    rows: list[dict[str, Scalar]] = []
    for row in read_rows(text):
        if set(row) - set(kinds):
            raise ValueFault("Ces réponses ne sont pas celles de ce dispositif.")
        rows.append({name: read_value(kinds[name], one) for name, one in row.items()})
    return tuple(rows)


def rows_summary(group: Question, rows: tuple[Row, ...], language: str) -> list[tuple[str, str]]:
    """(« Billet 2 », « Prix : 120 € ; Acheté le : 12 mars 2020 ») for each row, to be read again by a person."""
    name = (group.row_label or group.label).in_language(language)
    colon, semicolon = (": ", "; ") if language.lower().startswith("en") else ("\u00a0: ", "\u202f; ")
    lines = []
    for number, row in enumerate(rows, 1):
        answers = (f"{label}{colon}{value}" for label, value in format_row(group, row, language).items())
        lines.append((f"{name} {number}", semicolon.join(answers)))
    return lines
