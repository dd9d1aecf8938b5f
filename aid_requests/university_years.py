"""The university year, from 1 September to 31 August: what caps, lists and certificates are counted by."""

from datetime import date

_FIRST_MONTH = 9


def university_year(day: date) -> str:
    """« 2019-2020 » for a Paris date."""
    first = day.year if day.month >= _FIRST_MONTH else day.year - 1
    return f"{first}-{first + 1}"
