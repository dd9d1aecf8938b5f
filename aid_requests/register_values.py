"""Codes of the schools' lists that a draft compares and that no list in force holds: a warning, for lists change."""

from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext as _

from aid_requests.models import RegisterImport
from aid_requests.models.register import ImportState
from aid_requests.register.values import MOST, values_of
from aid_requests.scheme_editor.examination import Examination, Fault, examine
from aid_requests.scheme_editor.operands import operand_key, terms_of
from aid_requests.scheme_editor.trees import Plain, Tree
from aid_requests.scheme_editor.vocabulary import KNOWN_NAMES
from fund.models import School

_LISTED = ("level", "curriculum")


def examined_with_register(tree: Tree, language: str) -> Examination:
    """What `examine` finds, and the codes that no list in force holds."""
    examined = examine(tree, language)
    return replace(examined, faults=(*examined.faults, *_unknown_codes(tree)))


def _unknown_codes(tree: Tree) -> list[Fault]:
    compared = [one for one in _compared(tree, "") if one[1] in (*_LISTED, "school")]
    known = _known_codes() if compared else {}
    return [
        Fault(
            place,
            _("« %(value)s » n’est dans aucune liste en vigueur (%(name)s).")
            % {"value": value, "name": KNOWN_NAMES[f"register.{name}"]},
            blocks=False,
        )
        for place, name, value in compared
        if known.get(name) and value not in known[name]
    ]


def _compared(node: Plain, place: str) -> Iterator[tuple[str, str, str]]:
    """(place, name, code) of every code that a condition compares with what the register says."""
    if isinstance(node, list):
        for number, item in enumerate(node, 1):
            yield from _compared(item, f"{place}.{number}")
    elif isinstance(node, dict):
        source, _colon, name = operand_key(node).partition(":")
        if source == "register":
            yield from ((place, name, term) for term in terms_of(node) if isinstance(term, str) and term)
        for key, item in node.items():
            yield from _compared(item, f"{place}.{key}" if place else key)


def _known_codes() -> dict[str, set[str]]:
    """By name; a name of which a list holds more codes than it keeps says nothing."""
    lists = [values_of(row) for row in RegisterImport.objects.filter(state=ImportState.APPLIED)]
    known = {name: {value for one in lists for value in one.get(name, ())} for name in _LISTED}
    cut = {name for name in _LISTED if any(len(one.get(name, ())) >= MOST for one in lists)}
    schools = set(School.objects.values_list("code", flat=True)) if lists else set()
    return {**{name: known[name] for name in _LISTED if name not in cut}, "school": schools}
