"""The time limits that run from a decision."""

import calendar
from datetime import date

REEXAMINATION_MONTHS = 2


def reexamination_deadline(decided_on: date) -> date:
    """The last Paris day on which a re-examination may be asked for: two months after the Paris date of the decision.

    The same day of the month two months on (CRPA L411-2, CJA R421-1); where that month is shorter, its last day:
    a refusal of 31 December may be contested until the end of 28 February, or 29 in a leap year.
    """
    month_index = decided_on.month - 1 + REEXAMINATION_MONTHS
    year, month = decided_on.year + month_index // 12, month_index % 12 + 1
    return date(year, month, min(decided_on.day, calendar.monthrange(year, month)[1]))
