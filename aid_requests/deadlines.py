"""The time limits that run from a decision, and from a request that waits for one."""

import calendar
from datetime import date, timedelta

from fund import clock

REEXAMINATION_MONTHS = 2
SILENCE_MONTHS = 2
SOON_DAYS = 14


def reexamination_deadline(decided_on: date) -> date:
    """The last Paris day on which a re-examination may be asked for: two months after the Paris date of the decision.

    The same day of the month two months on (CRPA L411-2, CJA R421-1); where that month is shorter, its last day:
    a refusal of 31 December may be contested until the end of 28 February, or 29 in a leap year.
    """
    return _months_after(decided_on, REEXAMINATION_MONTHS)


def decision_deadline(asked_on: date) -> date:
    """The last Paris day to decide: a request for money that nobody answers for two months is refused by silence,
    without a reason (CRPA L231-4 3°). `asked_on` is the day of the last signature, or of the demand to read again."""
    return _months_after(asked_on, SILENCE_MONTHS)


def soon() -> date:
    """A deadline until then is near, or past."""
    return clock.today() + timedelta(days=SOON_DAYS)


def last_asked_for(deadline: date) -> date:
    """The last day on which a request was made that must be decided by `deadline`."""
    asked = deadline - timedelta(days=58)  # no two months are shorter than 59 days
    while decision_deadline(asked) > deadline:
        asked -= timedelta(days=1)
    return asked


def _months_after(day: date, months: int) -> date:
    month_index = day.month - 1 + months
    year, month = day.year + month_index // 12, month_index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
