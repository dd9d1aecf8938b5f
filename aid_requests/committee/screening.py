"""What in a text would tell members who wrote it, and the same text with that taken out. Plain Python, no database.

A word is recognised whatever its case, accents, hyphens and invisible letters. What is taken out is replaced by PLATE,
which pages show as a hatched plate (`|plates`). Which words count is written in docs/decisions/0030-queue.md.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from aid_requests.committee.everyday_words import COMMON_TO_SCHOOLS, EVERYDAY, PARTICLES

PLATE = "\u25a8\u25a8\u25a8"
SHORTEST = 3  # letters: a shorter word is too often another one
NAME, SCHOOL, ADDRESS, CONTACT = "name", "school", "address", "contact"


_INVISIBLE = "\u00ad\u200b-\u200f\u2060-\u2064\ufeff"
_MARKS = "\u0300-\u036f"
_WORD = re.compile(rf"(?:[^\W\d_][{_MARKS}{_INVISIBLE}]*)+")
_GAP = re.compile(rf"[^\w\n{_MARKS}]{{0,3}}|_{{1,2}}")
_SPACE = "[ .\u00a0\u202f_()\u2011-]"
_EMAIL = re.compile(r"[\w.+%'-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(
    rf"(?<![\d+])(?:(?:(?:\+|00)33{_SPACE}{{0,3}}0?{_SPACE}{{0,2}}|0)[1-9](?:{_SPACE}{{0,2}}\d){{8}}"
    rf"|(?:\+|00)(?!33)[1-9](?:{_SPACE}{{0,2}}\d){{7,13}})(?!\d)"
)
_DATE = re.compile(r"\d\d([ .\u00a0-])\d\d\1(?:19|20)\d\d")
_IBAN = re.compile(
    r"\b[A-Za-z]{2}\d{2}[ \u00a0\u202f]?[A-Za-z0-9]{4}(?:[ \u00a0\u202f]?\d{4}){2}"
    r"(?:[ \u00a0\u202f]?[A-Z0-9]{1,4}){0,5}\b"
)
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
_SENTENCE_ENDS = re.compile(r"(?:^|[.!?:;\u2026\n\u00ab\"(\u2022-])[^\w]*$")


@dataclass(frozen=True)
class Told:
    """What tells one person: names, what a school is called, towns, and lines of an address, known as a whole only."""

    names: tuple[str, ...] = field(default=(), repr=False)
    schools: tuple[str, ...] = field(default=(), repr=False)
    towns: tuple[str, ...] = field(default=(), repr=False)
    lines: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Found:
    """A piece of the text, from `start` to `end`, and what it tells: NAME, SCHOOL, ADDRESS or CONTACT."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    bare: str
    raw: str


def bare(word: str) -> str:
    """Lower case without accents, ligatures and invisible letters."""
    letters = unicodedata.normalize("NFKD", word.casefold().translate(_LIGATURES))
    return "".join(letter for letter in letters if letter.isalpha())


def mask(text: str, told: Told) -> str:
    """The text with PLATE where it tells who it is about; pieces side by side become one plate."""
    parts, at = [], 0
    for one in _joined(text, find(text, told)):
        parts += [text[at : one.start], PLATE]
        at = one.end
    return "".join([*parts, text[at:]])


def kinds(text: str, told: Told) -> list[str]:
    """What the text tells, for a warning while it can still be mended."""
    return list(dict.fromkeys(one.kind for one in find(text, told)))


def find(text: str, told: Told) -> list[Found]:
    """Every piece that tells who it is about, in order, none over another."""
    words = _words(text)
    found = [Found(*one.span(), CONTACT) for rule in (_EMAIL, _IBAN) for one in rule.finditer(text)]
    found += [Found(*one.span(), CONTACT) for one in _PHONE.finditer(text) if not _DATE.match(one.group())]
    found += _phrases(text, words, told)
    found += _single_words(text, words, told)
    return _apart(found)


def _words(text: str) -> list[_Word]:
    return [
        _Word(*one.span(), bare(one.group()), one.group())
        for one in _WORD.finditer(text)
        if bare(one.group())
    ]


def _phrases(text: str, words: list[_Word], told: Told) -> Iterator[Found]:
    """Whole names and lines, in any writing of their words, whatever their length."""
    wanted: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for phrase, kind in _wanted_phrases(told):
        wanted.setdefault(phrase[0], []).append((phrase, kind))
    for at, word in enumerate(words):
        for phrase, kind in wanted.get(word.bare, ()):
            run = words[at : at + len(phrase)]
            if tuple(one.bare for one in run) == phrase and _stand_together(text, run):
                yield Found(run[0].start, run[-1].end, kind)


def _wanted_phrases(told: Told) -> Iterator[tuple[tuple[str, ...], str]]:
    names = [_parts(name) for name in told.names]
    for one in names:
        for other in names:
            if one != other:
                yield (*one, *other), NAME
    written = ((NAME, told.names), (SCHOOL, told.schools), (ADDRESS, told.towns), (ADDRESS, told.lines))
    for kind, lines in written:
        for line in lines:
            phrase = _parts(line)
            if len(phrase) > 1 and sum(map(len, phrase)) > SHORTEST:
                yield phrase, kind


def _parts(line: str) -> tuple[str, ...]:
    return tuple(word.bare for word in _words(line)) or ("",)


def _stand_together(text: str, run: list[_Word]) -> bool:
    return all(_GAP.fullmatch(text[one.end : other.start]) for one, other in pairwise(run))


def _single_words(text: str, words: list[_Word], told: Told) -> Iterator[Found]:
    wanted = _wanted_words(told)
    for at, word in enumerate(words):
        kind = wanted.get(word.bare)
        if kind is None:
            continue
        beside = {one.bare for one in words[max(at - 1, 0) : at] + words[at + 1 : at + 2]}
        if word.bare not in EVERYDAY or _is_written_as_name(text, word, beside=bool(beside & set(wanted))):
            yield Found(word.start, word.end, kind)


def _wanted_words(told: Told) -> dict[str, str]:
    """Word → what it tells: each word of a name or a town, and those of a school's name that few schools have."""
    wanted: dict[str, str] = {}
    groups: list[tuple[str, Iterable[str], frozenset[str]]] = [
        (NAME, told.names, PARTICLES),
        (SCHOOL, told.schools, COMMON_TO_SCHOOLS | PARTICLES),
        (ADDRESS, told.towns, PARTICLES),
    ]
    for kind, lines, empty in groups:
        for line in lines:
            for part in {*_parts(line), "".join(_parts(line))}:
                if len(part) >= SHORTEST and part not in empty:
                    wanted.setdefault(part, kind)
    names = ["".join(_parts(name)) for name in told.names]
    wanted |= {one + other: NAME for one in names for other in names if one != other}  # as in « zoelegoff »
    return wanted


def _is_written_as_name(text: str, word: _Word, *, beside: bool) -> bool:
    """A capital where no sentence begins, or capitals throughout, or beside another word of the same person."""
    if beside:
        return True
    if not word.raw[0].isupper():
        return False
    return word.raw.isupper() or not _SENTENCE_ENDS.search(text[max(word.start - 12, 0) : word.start])


def _apart(found: list[Found]) -> list[Found]:
    """The longest piece where several begin or overlap."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if kept and one.start < kept[-1].end:
            if one.end > kept[-1].end:
                kept[-1] = Found(kept[-1].start, one.end, kept[-1].kind)
            continue
        kept.append(one)
    return kept


def _joined(text: str, found: list[Found]) -> list[Found]:
    """Pieces with nothing but a gap between them as one, so that the number of plates tells nothing."""
    joined: list[Found] = []
    for one in found:
        if (
            joined
            and _GAP.fullmatch(text[joined[-1].end : one.start])
            and "." not in text[joined[-1].end : one.start]
        ):
            joined[-1] = Found(joined[-1].start, one.end, joined[-1].kind)
        else:
            joined.append(one)
    return joined
