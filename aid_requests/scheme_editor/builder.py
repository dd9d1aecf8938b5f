"""Conditions written by selects: a form's fields ↔ a condition of the tree, and what the page shows of it.

A condition is a tree of groups (all, any, not) and rows (comparisons). In a form each node has a name: `when`,
`when-0`, `when-0-1`; `-t` says what it is, and a row has `-s` (subject), `-o` (operator) and per term `-x` (another
subject) and `-v` (a value). The buttons « Ajouter … » and « Retirer » send the form, which is shown again: nothing of
it needs JavaScript. A condition that these rows cannot say is kept as it is (`-j`) and can only be taken away.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext as _

from aid_requests.scheme_editor.operands import (
    OPERATORS,
    SEVERAL,
    Plain,
    ends_of,
    group_of,
    inner_of,
    is_span,
    operand_key,
    operand_of,
    operator_of,
    terms_of,
)
from aid_requests.scheme_editor.sentences import condition_sentence
from aid_requests.scheme_editor.typed import plain_value, shown_value
from aid_requests.scheme_editor.vocabulary import Subject, Vocabulary
from aid_requests.schemes import Kind
from aid_requests.schemes.grammar import ORDERED_KINDS
from aid_requests.schemes.nodes import MAX_DEPTH

MAX_GROUPS = 4
GROUPS = ("all", "any", "not")
_MAX_NODES = 60
_BETWEEN = re.compile("[,;]")


class Posted(Protocol):
    """What is needed of a submitted form."""

    def get(self, key: str, default: Any = None, /) -> Any: ...
    def getlist(self, key: str, /) -> list[Any]: ...
    def __contains__(self, key: object, /) -> bool: ...


# What was posted → the tree -------------------------------------------------------------------------------------


def read_condition(data: Posted, name: str, words: Vocabulary) -> Plain:
    """The condition in the fields of `name`, None when there is none; rows may still be empty."""
    kind = data.get(f"{name}-t")
    if name.count("-") > MAX_DEPTH:
        return None
    if kind == "row":
        return _read_row(data, name, words)
    if kind == "kept":
        return _read_kept(str(data.get(f"{name}-j", "")))
    if kind not in GROUPS:
        return None
    inner = []
    for number in range(_MAX_NODES):
        if f"{name}-{number}-t" not in data:
            break
        inner.append(read_condition(data, f"{name}-{number}", words))
    return _group(kind, [one for one in inner if one is not None])


def _group(kind: str, inner: list[Plain]) -> Plain:
    """« Aucune de » over several conditions is the contrary of « au moins une »."""
    if kind != "not":
        return {kind: inner}
    return {"not": inner[0] if len(inner) == 1 else {"any": inner}}


def _read_kept(text: str) -> Plain:
    if text.count("{") + text.count("[") > _MAX_NODES:
        return None
    try:
        kept = json.loads(text)
    except ValueError:
        return None
    return kept if isinstance(kept, dict) else None


def read_operand(data: Posted, name: str) -> dict[str, Plain]:
    """What a select (and, for a span, its two ends) speaks of; empty when nothing is chosen."""
    others, values = data.getlist(f"{name}-e"), data.getlist(f"{name}-f")
    ends = _read_terms(others, [[plain_value(Kind.DATE, str(value))] for value in values])
    return operand_of(str(data.get(f"{name}-s", "")), [*ends, "", ""][:2])


def _read_row(data: Posted, name: str, words: Vocabulary) -> Plain:
    row = read_operand(data, name)
    operator = str(data.get(f"{name}-o", ""))
    if not row or operator not in OPERATORS:
        return row
    kind = words.subject(operand_key(row)).kind
    read = _literals if operator == "in" else _literal
    values = [read(kind, str(value), words) for value in data.getlist(f"{name}-v")]
    terms = [term for term in _read_terms(data.getlist(f"{name}-x"), values) if term]
    return {**row, operator: terms if operator in SEVERAL else terms[0] if terms else ""}


def _literal(kind: str | None, typed: str, _words: Vocabulary) -> list[str]:
    """What was typed where one value is meant: a comma is no reason to drop what follows it."""
    return [plain_value(kind, typed)]


def _literals(kind: str | None, typed: str, words: Vocabulary) -> list[str]:
    """What was typed in one place; several countries, sets of countries or codes of the register may stand there."""
    if kind == Kind.TEXT:
        return [piece.strip() for piece in _BETWEEN.split(typed) if piece.strip()]
    if kind != Kind.COUNTRY:
        return [plain_value(kind, typed)]
    by_name = {title.casefold(): code for code, title in words.sets.items()}
    pieces = [piece.strip() for piece in _BETWEEN.split(typed)]
    pieces = [by_name.get(piece.casefold(), piece) for piece in pieces]
    return [piece if piece in words.sets else plain_value(kind, piece) for piece in pieces]


def _read_terms(others: list[Any], values: list[list[str]]) -> list[Plain]:
    """What each place holds; where another subject is chosen beside it, that subject."""
    terms: list[Plain] = []
    for number, literals in enumerate(values):
        other = operand_of(str(others[number]), []) if number < len(others) else {}
        terms += [other] if other else literals
    return terms


# What a button does to it ------------------------------------------------------------------------------------------


def changed(condition: Plain, act: str, steps: list[int]) -> Plain:
    """The condition after a button: `row` or `group` adds one at the node, `remove` takes the node away."""
    if act == "remove":
        return _without(condition, steps)
    added: Plain = {} if act == "row" else {"any": [{}, {}]}
    return _with_added(condition, steps, added)


def _with_added(node: Plain, steps: list[int], added: Plain) -> Plain:
    if steps:
        inner = list(inner_of(node))
        if steps[0] < len(inner):
            inner[steps[0]] = _with_added(inner[steps[0]], steps[1:], added)
        return _group(group_of(node), inner)
    if node is None:
        return added
    kind = group_of(node)
    if kind == "not":  # « aucune de » gets one more
        inner = node["not"]
        return {
            "not": _with_added(inner, [], added) if group_of(inner) in GROUPS else {"any": [inner, added]}
        }
    return {kind: [*inner_of(node), added]} if kind in GROUPS else {"all": [node, added]}


def _without(node: Plain, steps: list[int]) -> Plain:
    if not steps:
        return None
    inner = list(inner_of(node))
    if steps[0] >= len(inner):
        return node
    rest = _without(inner[steps[0]], steps[1:])
    inner[steps[0] : steps[0] + 1] = [] if rest is None else [rest]
    return _group(group_of(node), inner) if inner else None


# What the page shows of it ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Term:
    """One value on the right: `other` is the key of another subject instead of a value."""

    value: str
    other: str


@dataclass(frozen=True)
class Chosen:
    """A subject as the page shows it: the select, and the two ends of a span."""

    key: str
    subjects: tuple[Subject, ...]
    ends: tuple[Term, ...] = ()
    dates: tuple[Subject, ...] = ()


@dataclass(frozen=True)
class Line:
    """One node of the condition, ready for the page; `place` names it in the buttons: `when 0 1`."""

    name: str
    place: str
    kind: str
    inner: tuple[Line, ...] = ()
    may_nest: bool = False
    kept: str = ""
    sentence: str = ""
    chosen: Chosen | None = None
    operator: str = ""
    operators: tuple[tuple[str, str], ...] = ()
    others: tuple[Subject, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    terms: tuple[Term, ...] = ()
    value_kind: str = ""


def shown_condition(condition: Plain, name: str, words: Vocabulary) -> Line | None:
    """The condition as the page shows it, None when there is none."""
    return None if condition is None else _line(condition, name, [], 0, words)


def _line(node: Plain, root: str, steps: list[int], around: int, words: Vocabulary) -> Line:
    """`around`: how many groups hold it; « aucune » is not counted, for it only turns another one round."""
    name = "-".join([root, *map(str, steps)])
    place = " ".join([root, *map(str, steps)])
    kind = group_of(node)
    if kind == "kept":
        said = condition_sentence(node, words)
        return Line(name, place, kind, kept=json.dumps(node, ensure_ascii=False), sentence=said)
    if kind == "row":
        return _row(node, name, place, words)
    depth = around + (kind != "not")
    inner = tuple(
        _line(one, root, [*steps, number], depth, words) for number, one in enumerate(inner_of(node))
    )
    return Line(name, place, kind, inner, may_nest=depth < MAX_GROUPS)


def shown_operand(node: Plain, words: Vocabulary, among: list[Subject]) -> Chosen:
    """What `node` speaks of, among the subjects that may be chosen; one that may not stays to be seen."""
    key = operand_key(node)
    subjects = tuple(among)
    if key and key not in [one.key for one in subjects]:
        subjects = (*subjects, words.subject(key))
    if not is_span(key):
        return Chosen(key, subjects)
    ends = tuple(_term(end, Kind.DATE, words) for end in [*ends_of(node), "", ""][:2])
    named = [words.subject(one.other) for one in ends if one.other]
    return Chosen(key, subjects, ends, tuple(dict.fromkeys([*words.dates, *named])))


def _row(node: dict[str, Plain], name: str, place: str, words: Vocabulary) -> Line:
    key, operator = operand_key(node), operator_of(node)
    subject = words.subject(key)
    operators = _operators_for(subject.kind)
    if operator and operator not in operators:
        operators = (*operators, operator)
    terms = terms_of(node)
    return Line(
        name,
        place,
        "row",
        chosen=shown_operand(node, words, words.here),
        operator=operator,
        operators=tuple((one, _operator_name(one, subject.kind)) for one in operators) if key else (),
        others=_others(subject, words, terms),
        options=_options(subject, terms),
        terms=_terms(terms, operator, subject, words) if operator else (),
        value_kind=str(subject.kind or ""),
    )


def _operator_name(operator: str, kind: str | None) -> str:
    dated = {
        "lt": _("avant"),
        "le": _("au plus tard"),
        "gt": _("après"),
        "ge": _("au plus tôt"),
        "between": _("entre, bornes comprises"),
    }
    names = {
        "eq": _("est"),
        "ne": _("n’est pas"),
        "in": _("est parmi"),
        "lt": _("moins que"),
        "le": _("au plus"),
        "gt": _("plus que"),
        "ge": _("au moins"),
        "between": _("entre, bornes comprises"),
    }
    return dated[operator] if kind == Kind.DATE and operator in dated else names[operator]


def _operators_for(kind: str | None) -> tuple[str, ...]:
    if kind == Kind.YES_NO:
        return ("eq", "ne")
    return OPERATORS if kind in ORDERED_KINDS else ("eq", "ne", "in")


def _others(subject: Subject, words: Vocabulary, terms: list[Plain]) -> tuple[Subject, ...]:
    """The subjects that may stand on the right instead of a value."""
    named = [words.subject(operand_key(term)) for term in terms if isinstance(term, dict)]
    if is_span(subject.key):
        return tuple(named)
    found = [one for one in words.here if one.kind == subject.kind and one.key != subject.key]
    return tuple(dict.fromkeys([*(one for one in found if not is_span(one.key)), *named]))


def _options(subject: Subject, terms: list[Plain]) -> tuple[tuple[str, str], ...]:
    """The answers to choose from; one that is gone stays to be seen."""
    if subject.kind not in (Kind.YES_NO, Kind.CHOICE):
        return ()
    known = dict(subject.options)
    gone = [term for term in terms if isinstance(term, str) and term and term not in known]
    return (*subject.options, *((term, term) for term in gone))


def _terms(terms: list[Plain], operator: str, subject: Subject, words: Vocabulary) -> tuple[Term, ...]:
    """One place for a value, two for « entre », one more than there are for « parmi »."""
    shown = [_term(term, subject.kind, words) for term in terms]
    if operator == "in" and subject.kind == Kind.COUNTRY and not any(one.other for one in shown):
        shown = [Term(", ".join(one.value for one in shown), "")]
        wanted = 1
    else:
        wanted = {"between": 2, "in": len(shown) + 1}.get(operator, 1)
    return tuple((shown + [Term("", "")] * wanted)[: max(wanted, len(shown))])


def _term(term: Plain, kind: str | None, words: Vocabulary) -> Term:
    if isinstance(term, dict):
        return Term("", operand_key(term))
    text = str(term)
    if kind == Kind.COUNTRY and text in words.sets:
        return Term(_zone(text, words), "")
    return Term(shown_value(kind, text, words.language), "")


def _zone(code: str, words: Vocabulary) -> str:
    """A set of countries by its name, where the name alone says which one it is; else by its code."""
    name = words.sets[code]
    is_clear = name and "," not in name and list(words.sets.values()).count(name) == 1
    return name if is_clear and not _is_country(name) else code


def _is_country(name: str) -> bool:
    return plain_value(Kind.COUNTRY, name) != name


def forget_holes(condition: Plain) -> Plain:
    """The condition without the rows where nothing was chosen, None when nothing is left."""
    kind = group_of(condition)
    if kind == "kept":
        return condition
    if kind == "row":
        return condition or None
    inner = [one for one in map(forget_holes, inner_of(condition)) if one is not None]
    return _group(kind, inner) if inner else None


def finished(condition: Plain) -> Plain:
    """The condition without the rows that are still being written, None when nothing is left."""
    kind = group_of(condition)
    if kind == "kept":
        return condition
    if kind == "row":
        terms = [term for term in terms_of(condition) if term not in ("", {})]
        wanted = 2 if operator_of(condition) == "between" else 1
        is_whole = bool(operand_key(condition)) and len(terms) >= wanted
        whole_ends = not is_span(operand_key(condition)) or all(ends_of(condition)[:2])
        return condition if is_whole and whole_ends else None
    inner = [one for one in map(finished, inner_of(condition)) if one is not None]
    return _group(kind, inner) if inner else None


def acts_on(names: Collection[str], act: str) -> tuple[str, str, list[int]] | None:
    """(« row », « when », [0, 1]) of a button's `row when 0 1`, or None when it is no button of a condition."""
    what, *steps = act.split() or [""]
    if what not in ("row", "group", "remove") or not steps or steps[0] not in names:
        return None
    if not all(step.isdigit() and len(step) < 3 for step in steps[1:]):
        return None
    return what, steps[0], [int(step) for step in steps[1:]]
