"""A person of a school's list: what the line says, checked; the same person found again whatever the spelling.

Pure but for the keyed hashes. Nothing here shows a person in a `repr` or an exception.
"""

import json
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from aid_requests.identity import Identity, identity_fingerprint, letters_of
from aid_requests.register.reasons import LineFault
from fund import vault
from fund.school_domains import is_of_domains

LONGEST_NAME: Final = 100
LONGEST_WORDS: Final = 40
OLDEST: Final = 110
_LETTERS: Final = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
_NUMBER: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,31}", re.ASCII)
_ADDRESS: Final = re.compile(r"[^@\s,;<>\"]{1,64}@[a-z0-9.-]{1,180}", re.ASCII)
_FRENCH_DAY: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})", re.ASCII)
_ISO_DAY: Final = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)
_YEAR: Final = re.compile(r"([1-9])(?:a|e|er|re|ere|eme|nd|nde|nd|st|rd|th)?(?:annee)?", re.ASCII)
_YES: Final = frozenset({"o", "oui", "1", "vrai", "true", "y", "yes", "boursier", "boursiere", "x"})
_NO: Final = frozenset({"", "n", "non", "0", "faux", "false", "no", "nonboursier", "nonboursiere"})


@dataclass(frozen=True)
class Person:
    """One person enrolled. `birth_date`, `year_of_study` and `scholarship` are None where the list does not say."""

    number: str = field(repr=False)
    email: str = field(repr=False)
    last_name: str = field(repr=False)
    first_name: str = field(repr=False)
    usual_name: str = field(default="", repr=False)
    other_names: str = field(default="", repr=False)
    birth_date: date | None = field(default=None, repr=False)
    level: str = field(default="", repr=False)
    year_of_study: int | None = field(default=None, repr=False)
    curriculum: str = field(default="", repr=False)
    scholarship: bool | None = field(default=None, repr=False)


def fold(name: str) -> str:
    """Letters and digits alone, without case, accents, hyphens and apostrophes; any alphabet."""
    return letters_of(name, _LETTERS)


def read_person(
    row: Sequence[str], columns: Mapping[str, int], width: int, domains: Collection[str], today: date
) -> Person:
    """The person of one line of `width` titles. Raises LineFault, the most telling reason first."""
    is_short = max(columns.values()) >= len(row)
    if is_short or any(cell.strip() for cell in row[width:]):
        raise LineFault("columns")
    cells = {name: _words(row[place]) for name, place in columns.items()}
    names = [cells.get(name, "") for name in ("last_name", "usual_name", "first_name", "other_names")]
    if not (cells["last_name"] or cells["first_name"]) or max(map(len, names)) > LONGEST_NAME:
        raise LineFault("name")
    level, curriculum = cells.get("level", ""), cells.get("curriculum", "")
    if max(len(level), len(curriculum)) > LONGEST_WORDS:
        raise LineFault("long_words")
    return Person(
        number=read_number(row, columns),
        email=_address(cells["email"], domains),
        last_name=names[0],
        usual_name=names[1],
        first_name=names[2],
        other_names=names[3],
        birth_date=_day(cells.get("birth_date", ""), today),
        level=level,
        year_of_study=_year(cells.get("year_of_study", "")),
        curriculum=curriculum,
        scholarship=_yes_or_no(cells["scholarship"]) if "scholarship" in cells else None,
    )


def read_number(row: Sequence[str], columns: Mapping[str, int]) -> str:
    """The student number of a line, whatever else is wrong with it. Raises LineFault."""
    place = columns["number"]
    number = row[place].strip() if place < len(row) else ""
    if _NUMBER.fullmatch(number) is None:  # 2,1E+07 is what a spreadsheet made of a number
        raise LineFault("number")
    return number.upper()


def _words(cell: str) -> str:
    """One line of words in one normal form. Raises LineFault for what cannot be seen, or was decoded wrongly."""
    words = " ".join(unicodedata.normalize("NFC", cell).split())
    if not words.isprintable() or "\ufffd" in words:
        raise LineFault("letters")
    return words


def _address(text: str, domains: Collection[str]) -> str:
    email = text.lower()
    if _ADDRESS.fullmatch(email) is None:
        raise LineFault("email")
    if not is_of_domains(email, domains):
        raise LineFault("email_domain")
    return email


def _day(text: str, today: date) -> date | None:
    if not text:
        return None
    words = text.split(" ")[0].split("T")[0]
    try:
        if found := _ISO_DAY.fullmatch(words):
            day = date(int(found[1]), int(found[2]), int(found[3]))
        elif found := _FRENCH_DAY.fullmatch(words):
            year = int(found[3])
            if len(found[3]) == 2:  # 98 → 1998; nobody enrolled was born in the coming years
                year += 1900 if year > today.year % 100 else 2000
            day = date(year, int(found[2]), int(found[1]))
        else:
            raise LineFault("birth_date")
    except ValueError as error:
        raise LineFault("birth_date") from error
    if not today.year - OLDEST <= day.year or day >= today:
        raise LineFault("birth_date")
    return day


def _year(text: str) -> int | None:
    if not text:
        return None
    found = _YEAR.fullmatch(fold(text))
    if found is None:
        raise LineFault("year_of_study")
    return int(found[1])


def _yes_or_no(text: str) -> bool:
    word = fold(text)
    if word not in _YES | _NO:
        raise LineFault("scholarship")
    return word in _YES


# Kept and found again ------------------------------------------------------------------------------------------------


def as_text(person: Person) -> str:
    """Canonical JSON of what is known: equal people, equal texts."""
    told = {name: value for name, value in vars(person).items() if value not in ("", None)}
    if person.birth_date is not None:
        told["birth_date"] = person.birth_date.isoformat()
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> Person:
    told = json.loads(text)
    birth_date = date.fromisoformat(told["birth_date"]) if "birth_date" in told else None
    return Person(
        **{"number": "", "email": "", "last_name": "", "first_name": "", **told, "birth_date": birth_date}
    )


def open_person(facts_sealed: str) -> Person:
    return from_text(vault.open_text(facts_sealed))


def number_hash(school_id: int, number: str) -> str:
    return vault.blind_index("register-number", f"{school_id}:{number}")


def facts_hash(text: str) -> str:
    return vault.blind_index("register-facts", text)


def identity_hash(person: Person) -> str:
    """That of a declared identity with these names and birth date; "" where the list has no birth date."""
    if person.birth_date is None:
        return ""
    names = (person.first_name, person.last_name)
    return identity_fingerprint(Identity(*names, person.birth_date, birth_place="", address=""))


def differences(before: Person, after: Person) -> list[str]:
    """The names of the fields that differ."""
    return [name for name, value in vars(after).items() if vars(before)[name] != value]


def is_same_person(person: Person, declared: Identity) -> bool:
    """Whether the names declared are those of the list: birth or usual name, one first name or all of them, in any
    spelling; and the same birth date where the list has one."""
    if person.birth_date is not None and person.birth_date != declared.birth_date:
        return False
    listed_firsts = {
        person.first_name,
        f"{person.first_name} {person.other_names}",
        _first(person.first_name),
    }
    listed = {
        fold(f"{last} {first}")
        for last in {person.last_name, person.usual_name or person.last_name}
        for first in listed_firsts
    }
    firsts = {declared.first_name, _first(declared.first_name)}
    return bool(listed & {fold(f"{declared.last_name} {first}") for first in firsts} - {""})


def _first(names: str) -> str:
    """« Marie » of « Marie Zoé »; « Marie-Zoé » is one."""
    return names.split(" ")[0]
