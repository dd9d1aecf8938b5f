"""Amounts that a schedule's sentences state and that nothing in it gives or compares any more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aid_requests.scheme_editor.trees import Tree, leaves
from aid_requests.schemes import Scheme
from aid_requests.schemes.grammar import Cap
from fund.money import AmountError, parse_euros_from_zero

_NUMBER = r"\d{1,3}(?:[\s\u00a0\u202f]\d{3})+(?:,\d{1,2})?|\d{1,7}(?:[.,]\d{1,2})?"
_AFTER = re.compile(rf"(?<![\d.,])({_NUMBER})(?=[\s\u00a0\u202f]?(?:€|euros?\b))")
# « De 150 à 450 € », « 150 ou 300 € »: the first one has no sign of its own.
_FIRST = re.compile(rf"(?<![\d.,])({_NUMBER})(?=\s(?:à|ou|et|puis)\s(?:{_NUMBER})[\s\u00a0\u202f]?€)")
_BEFORE = re.compile(r"€(\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,7}(?:\.\d{1,2})?)")
_MOST_SUMS = 2000


@dataclass(frozen=True)
class Stated:
    """One amount of one sentence: the sentence's place in the tree, in which language, and the cents it states."""

    place: str
    language: str
    cents: int


def unfounded(tree: Tree, scheme: Scheme) -> list[Stated]:
    """The stated amounts that no case, part, cap, bound or condition knows; `scheme` is the tree as it is read."""
    compared = {key: part for key, part in tree.items() if key != "caps"}
    caps = {cap.amount_cents for cap in scheme.caps if cap not in too_low(scheme)}
    known = _awards(scheme) | set(_literals(compared)) | caps
    return [one for one in _stated(tree) if one.cents not in known]


def too_low(scheme: Scheme) -> list[Cap]:
    """The caps below every amount that a case gives: under them nobody receives anything."""
    given = [case.amount_cents for case in scheme.cases if case.amount_cents is not None]
    return [
        cap for cap in scheme.caps if given and cap.amount_cents is not None and cap.amount_cents < min(given)
    ]


def _stated(tree: Tree) -> Iterator[Stated]:
    """Doors are left out: they tell of other people's aid."""
    for place, text in leaves({key: part for key, part in tree.items() if key != "doors"}):
        holder, _dot, language = place.rpartition(".")
        if language not in ("fr", "en"):
            continue
        found = _amounts_in(text, language)
        yield from (Stated(holder, language, cents) for cents in dict.fromkeys(found))


def _amounts_in(text: str, language: str) -> list[int]:
    written = _BEFORE.findall(text)
    if language == "fr" or not written:
        return [_cents(one) for one in [*_FIRST.findall(text), *_AFTER.findall(text)]]
    return [_cents(one.replace(",", "")) for one in written]


def _cents(written: str) -> int:
    """The pattern lets through nothing but an amount."""
    return parse_euros_from_zero(written)


def _literals(tree: Tree) -> Iterator[int]:
    """Every number that the schedule writes: amounts, bounds, what conditions compare with."""
    for place, text in leaves(tree):
        if place.rpartition(".")[2] not in ("fr", "en"):
            try:
                yield parse_euros_from_zero(text)
            except AmountError:
                continue


def _awards(scheme: Scheme) -> set[int]:
    """What a request can be granted: each case, with any of the parts beside it."""
    sums = {case.amount_cents or 0 for case in scheme.cases}
    for part in scheme.parts:
        times = range(part.at_most + 1 if part.at_most else 2)
        own = {number * part.amount_cents for number in times}
        sums = sums | own | {one + more for one in sums for more in own}
        if len(sums) > _MOST_SUMS:
            break
    return sums
