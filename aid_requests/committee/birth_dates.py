"""Days written in a text, in the forms people write a date of birth in. Plain Python, no database."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

_MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan january",
            "fevrier fevr fev february feb",
            "mars march mar",
            "avril avr april apr",
            "mai may",
            "juin june jun",
            "juillet juil july jul",
            "aout august aug",
            "septembre sept september sep",
            "octobre oct october",
            "novembre nov november",
            "decembre dec december",
        ),
        1,
    )
    for name in names.split()
}
_BETWEEN = r"[ \u00a0\u202f]{0,2}[/.\u00b7_-][ \u00a0\u202f]{0,2}|[ \u00a0\u202f]{1,2}"
_GAP = r"[ \u00a0\u202f]{1,3}"
_WORD = r"(?:[^\W\d_][\u0300-\u036f]*){3,9}"
_NTH = r"(?:er|st|nd|rd|th)?"
_NUMBERS = re.compile(rf"(?<!\d)(\d{{1,2}})(?:{_BETWEEN})(\d{{1,2}})(?:{_BETWEEN})(\d{{4}}|\d\d)(?!\d)")
_YEAR_FIRST = re.compile(rf"(?<!\d)(\d{{4}})(?:{_BETWEEN})(\d{{1,2}})(?:{_BETWEEN})(\d{{1,2}})(?!\d)")
_DAY_FIRST = re.compile(
    rf"(?<!\d)(\d{{1,2}}){_NTH}(?:{_GAP}(?:of|de))?(?:{_GAP}|-)({_WORD})(?:\.?,?(?:{_GAP}|-)(\d{{4}}|\d\d)(?!\d))?"
)
_MONTH_FIRST = re.compile(
    rf"(?<![^\W_])({_WORD})\.?{_GAP}(\d{{1,2}}){_NTH}(?:,?{_GAP}(\d{{4}}|\d\d)(?!\d))?(?!\d)"
)
_NO_YEAR = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})(?![/.-]?\d)")
# Before a day and a month alone: « née le », « mon anniversaire est le », « born on ».
_OF_BIRTH = re.compile(
    r"(?:\bn(?:é|e\u0301)(?:[.·(-]?e\)?)?|\bnee|\bnaissance|\banniversaire|\bborn|\bbirthday)"
    r"[ \u00a0:,]{1,3}(?:(?:est|is|le|un|on|the|du|au)[ \u00a0]{1,2}){0,2}(?:[a-z]{2,5}di|dimanche)?[ \u00a0]?$",
    re.IGNORECASE,
)


def days_like(text: str, day: date) -> Iterator[tuple[int, int]]:
    """Where the text writes `day`: its start and end. With two figures of its year at the least, or without a year
    where the words before say that it is a birth; in either order of day and month."""
    for rule, order in ((_NUMBERS, (0, 1, 2)), (_YEAR_FIRST, (1, 2, 0))):
        for one in _every(rule, text):
            first, second, year = (one.groups()[place] for place in order)
            if {int(first), int(second)} == {day.day, day.month} and _is_year(year, day):
                yield one.span()
    for one in _every(_NO_YEAR, text):
        if {int(one[1]), int(one[2])} == {day.day, day.month} and _is_of_birth(text, one.start()):
            yield one.span()
    for rule, number, name in ((_DAY_FIRST, 1, 2), (_MONTH_FIRST, 2, 1)):
        for one in _every(rule, text):
            if int(one[number]) != day.day or _MONTHS.get(_plain(one[name])) != day.month:
                continue
            if one[3] is None:
                if _is_of_birth(text, one.start()):
                    yield one.span()
            elif _is_year(one[3], day):
                yield one.span()


def _every(rule: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Every match, those that overlap included: « 12 08 06 1997 » holds two."""
    found = rule.search(text)
    while found is not None:
        yield found
        found = rule.search(text, found.start() + 1)


def _is_of_birth(text: str, start: int) -> bool:
    return _OF_BIRTH.search(text[max(start - 40, 0) : start]) is not None


def _is_year(year: str, day: date) -> bool:
    return int(year) == (day.year if len(year) == 4 else day.year % 100)


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in letters if letter.isalpha())
