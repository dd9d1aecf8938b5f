"""The time limits that run from a decision."""

import calendar
from datetime import date

REEXAMINATION_MONTHS = 2


def reexamination_deadline(decided_on: date) -> date:
    """Two months after the Paris date of the decision (CRPA L411-2, CJA R421-1); 31 December gives end of February."""
    month_index = decided_on.month - 1 + REEXAMINATION_MONTHS
    year, month = decided_on.year + month_index // 12, month_index % 12 + 1
    return date(year, month, min(decided_on.day, calendar.monthrange(year, month)[1]))
