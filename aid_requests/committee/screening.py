"""What in a text would tell members who wrote it, and the same text with that taken out. Plain Python, no database.

A word is recognised whatever its case, accents, hyphens and invisible letters, with spaces between its letters, and
with letters of another alphabet that look like its own. What is taken out is replaced by PLATE,
which pages show as a hatched plate (`|plates`). Which words count is written in docs/decisions/0030-queue.md.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from aid_requests.committee.birth_dates import days_like
from aid_requests.committee.everyday_words import COMMON_TO_SCHOOLS, EVERYDAY, LIKE_A_TOWN, PARTICLES

PLATE = "\u25a8\u25a8\u25a8"
SHORTEST = 3  # letters: a shorter word is too often another one
STEM = 4  # letters of a town whose name begins other words: « lyonnaise »
LONG_RUN = 7  # figures: the number of a student, of a card
NAME, SCHOOL, ADDRESS, CONTACT, BIRTH, NUMBER = "name", "school", "address", "contact", "birth", "number"

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
_LONG_NUMBER = re.compile(rf"(?<!\d)\d{{{LONG_RUN},}}(?!\d|[ \u00a0\u202f]?\u20ac)")
_LETTER = rf"[^\W\d_][{_MARKS}{_INVISIBLE}]*"
_SPELLED = re.compile(
    rf"(?<![^\W_]){_LETTER}(?:[ .,\u00a0\u202f_*/|\u00b7\u2011-]{{1,3}}{_LETTER}){{2,}}(?![^\W_])"
)
_INITIALS = re.compile(rf"(?<![^\W_]){_LETTER}(?:\.[ \u00a0\u202f]?-?{_LETTER}){{1,4}}(?:\.|(?![^\W_]))")
_GENTILES = (
    "ais",
    "aise",
    "aises",
    "ois",
    "oise",
    "oises",
    "ien",
    "ienne",
    "iens",
    "iennes",
    "ain",
    "aine",
    "ains",
)
# Cyrillic and Greek letters by the Latin ones they look like; capitals apart, some look like another letter.
_LOOK_ALIKES = str.maketrans(
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u0406\u0408"
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0455\u0456\u0458"
    "\u0501\u051b\u051d\u04bb\u04cf\u04af\u0433\u043f\u04c0"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u03b1\u03b2\u03b5\u03b6\u03b7\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03b3\u03c9\u03c3"
    "\u0131\u0251\u0261",
    "abekmhopctyxsijabekmhopctyxsijdqwhlyrnlabezhikmnoptyxabeznikuvoptuxywoiag",
)
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
_SENTENCE_ENDS = re.compile(r"(?:^|[.!?:;\u2026\n\u00ab\"(\u2022-])[^\w]*$")


@dataclass(frozen=True)
class Told:
    """What tells one person: names, what a school is called, towns, and lines of an address, known as a whole only.

    `cities` are towns of schools, told by words that begin with them too; `initials` are letters of names without dots;
    `born` is the day of birth.
    """

    names: tuple[str, ...] = field(default=(), repr=False)
    schools: tuple[str, ...] = field(default=(), repr=False)
    towns: tuple[str, ...] = field(default=(), repr=False)
    lines: tuple[str, ...] = field(default=(), repr=False)
    cities: tuple[str, ...] = field(default=(), repr=False)
    initials: tuple[str, ...] = field(default=(), repr=False)
    born: date | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Found:
    """A piece of the text, from `start` to `end`, and its kind: NAME, SCHOOL, ADDRESS, CONTACT, BIRTH or NUMBER."""

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
    """Lower case without accents, ligatures and invisible letters, in Latin letters where others look like them."""
    if word.isascii():
        return "".join(letter for letter in word.lower() if letter.isalpha())
    plain = word.translate(_LOOK_ALIKES).casefold().translate(_LIGATURES)
    letters = unicodedata.normalize("NFKD", plain).casefold().translate(_LOOK_ALIKES)
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
    found += [Found(*one.span(), NUMBER) for one in _LONG_NUMBER.finditer(text)]
    found += [Found(*span, BIRTH) for span in days_like(text, told.born)] if told.born else []
    wanted = _wanted_words(told)
    found += _phrases(text, words, told)
    found += _single_words(text, words, wanted)
    found += _parts_of_words(words, told)
    found += _letter_by_letter(text, told, wanted)
    return _apart(found)


def _words(text: str) -> list[_Word]:
    found = (_Word(*one.span(), bare(one.group()), one.group()) for one in _WORD.finditer(text))
    return [word for word in found if word.bare]


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


def _single_words(text: str, words: list[_Word], wanted: dict[str, str]) -> Iterator[Found]:
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


def _parts_of_words(words: list[_Word], told: Told) -> Iterator[Found]:
    """Words that begin with the town of a school, or that hold two names in one: « lyonnaise », « hugolamb »."""
    towns, joined = _towns(told), _joined_names(told)
    gentiles = {stem + end for town in towns for stem in _stems(town) for end in _GENTILES}
    for word in words:
        if len(word.bare) <= STEM:
            continue
        begins = towns and word.bare.startswith(towns) and not word.bare.startswith(LIKE_A_TOWN)
        if (begins and word.bare not in EVERYDAY) or word.bare in gentiles:
            yield Found(word.start, word.end, SCHOOL)
        if any(one in word.bare for one in joined):
            yield Found(word.start, word.end, NAME)


def _towns(told: Told) -> tuple[str, ...]:
    """Each town in one word, and its first part that is a name: « clermontoise »."""
    found: list[str] = []
    for city in told.cities:
        parts = _parts(city)
        first = next((part for part in parts if part not in PARTICLES and len(part) >= STEM), "")
        found += [town for town in ("".join(parts), first) if len(town) >= STEM and town not in EVERYDAY]
    return tuple(dict.fromkeys(found))


def _stems(town: str) -> Iterator[str]:
    """What stands before the end of a word for people: « lillois » of Lille, « nantais » of Nantes."""
    for end in ("es", "e", "s"):
        if town.endswith(end) and len(town) - len(end) >= STEM:
            yield town.removesuffix(end)


def _joined_names(told: Told) -> tuple[str, ...]:
    """Two names in one word, whole or of their parts, long enough not to stand in another word by chance."""
    names = [(_parts(name), "".join(_parts(name))) for name in told.names]
    pairs = ((one, other) for one in names for other in names if one != other)
    joined = (a + b for one, other in pairs for a in (*one[0], one[1]) for b in (*other[0], other[1]))
    return tuple(dict.fromkeys(word for word in joined if len(word) > 2 * SHORTEST and word not in EVERYDAY))


def _letter_by_letter(text: str, told: Told, wanted: dict[str, str]) -> Iterator[Found]:
    """« H u g o », and the initials with their dots: « P.N. »."""
    for one in _SPELLED.finditer(text):
        letters = bare(one.group())
        kind = next((kind for word, kind in wanted.items() if word in letters), None)
        if kind is not None:
            yield Found(*one.span(), kind)
    initials = {bare(one) for one in told.initials}
    for one in _INITIALS.finditer(text) if initials else ():
        if bare(one.group()) in initials and not any(map(str.islower, one.group())):
            yield Found(*one.span(), NAME)


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
