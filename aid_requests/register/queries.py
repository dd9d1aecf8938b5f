"""What is asked about the lists: how far an import is, what would change, whom the list in force names."""

from typing import Any, Final

from django.db.models import Count, QuerySet

from aid_requests.models import RegisterEntry, RegisterImport, RegisterLine
from aid_requests.models.register import ImportState, LineOutcome
from aid_requests.register.columns import LABELS
from aid_requests.register.permissions import schools_of
from aid_requests.register.reasons import LINE
from fund.models import User

SHOWN: Final = 50
MANY: Final = 5  # a fifth of the list
_SUMMARY: Final = (
    LineOutcome.NEW,
    LineOutcome.CHANGED,
    LineOutcome.BACK,
    LineOutcome.SAME,
    LineOutcome.REFUSED,
    LineOutcome.PARKED,
)


def percent_of(row: RegisterImport) -> int:
    """How far the work under way is, 0 to 100."""
    if row.state == ImportState.APPLYING:
        lines = RegisterLine.objects.filter(register_import=row)
        first = lines.order_by("pk").values_list("pk", flat=True).first() or 0
        last = lines.order_by("-pk").values_list("pk", flat=True).first() or 0
        return _share(row.applied_line - first, last - first)
    return _share(row.lines_done, row.lines)


def _share(done: int, whole: int) -> int:
    return max(0, min(100, 100 * done // whole)) if whole else 0


def differences_of(row: RegisterImport) -> dict[str, Any]:
    """What the page of an import shows: counts in words, and the first lines of each kind by their number."""
    lines = RegisterLine.objects.filter(register_import=row).order_by("number")
    faults = lines.filter(outcome__in=(LineOutcome.REFUSED, LineOutcome.PARKED))
    changed = lines.filter(outcome=LineOutcome.CHANGED)
    return {
        "percent": percent_of(row),
        "counts": [(outcome.label, row.found.get(outcome.value, 0)) for outcome in _SUMMARY],
        "gone": row.found.get("gone", 0),
        "lets_many_go": lets_many_go(row),
        "reasons": [(LINE[code], number) for code, number in _by_reason(faults)],
        "faults": [(line.number, LINE[line.reason]) for line in faults[:SHOWN]],
        "faults_count": row.found.get("refused", 0) + row.found.get("parked", 0),
        "changed": [
            (line.number, [LABELS[name] for name in line.changed.split()]) for line in changed[:SHOWN]
        ],
        "new_lines": [line.number for line in lines.filter(outcome=LineOutcome.NEW)[:SHOWN]],
    }


def _by_reason(faults: QuerySet[RegisterLine]) -> list[tuple[str, int]]:
    rows = faults.order_by().values_list("reason").annotate(times=Count("pk"))
    return [
        (code, number) for code, number in sorted(rows, key=lambda told: (-told[1], told[0])) if code in LINE
    ]


def lets_many_go(row: RegisterImport) -> bool:
    """Whether applying would note a fifth of the list as gone: half a file looks like that."""
    gone = row.found.get("gone", 0)
    return gone > 0 and gone * MANY >= row.found.get("listed", 0)


def lists_of(user: User) -> list[tuple[RegisterImport, int]]:
    """The lists in force that this person may read, newest year first, with how many people each names."""
    rows = RegisterImport.objects.filter(school__in=schools_of(user), state=ImportState.APPLIED)
    rows = rows.select_related("school").order_by("-university_year", "school__name")
    living = RegisterEntry.objects.filter(left_at=None, school__in=schools_of(user)).order_by()
    counted = living.values("school", "university_year").annotate(number=Count("pk"))
    numbers = {(told["school"], told["university_year"]): told["number"] for told in counted}
    return [(row, numbers.get((row.school_id, row.university_year), 0)) for row in rows]
