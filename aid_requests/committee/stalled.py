"""Files that wait too long: before the committee can read them, or with an advance that nobody ratified in time."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from aid_requests import sealed
from aid_requests.committee import queries
from aid_requests.models import Recusal, SchemeVersion
from aid_requests.models.requests import RequestState
from aid_requests.waiting import Waiting, waiting_of_enrolment, with_waits_since
from fund.models import User


@dataclass(frozen=True)
class StalledElsewhere:
    """A signed file that does not reach the committee: what a member may know of it before it does."""

    reference: str
    scheme_title: str
    waiting: Waiting


def late_advances(member: User) -> QuerySet[Any]:
    """The first files of this member's queue whose advance should have been ratified by now."""
    return queries.queue(member).filter(state=RequestState.IN_REVIEW, advance_is_late=1)[:20]


def stalled_elsewhere(member: User, language: str) -> list[StalledElsewhere]:
    """Signed files that wait too long for somebody before the committee can read them, the longest wait first."""
    stepped_back = Recusal.objects.filter(member=member).values("request")
    states = (RequestState.SUBMITTED, RequestState.DRAFT)
    known = with_waits_since(queries.known_files(member).exclude(pk__in=stepped_back))
    # One state at a time and no join: for two of them at once SQLite reads every file there ever was.
    files = [
        file for state in states for file in known.filter(state=state).defer("answers_sealed", "story_sealed")
    ]
    versions = SchemeVersion.objects.in_bulk({file.scheme_version_id for file in files})
    waits = waiting_of_enrolment(files)
    stalled = [
        StalledElsewhere(
            file.reference,
            sealed.scheme_of(versions[file.scheme_version_id]).title.in_language(language),
            waits[file.pk],
        )
        for file in files
        if waits[file.pk].is_stalled
    ]
    return sorted(stalled, key=lambda one: (-one.waiting.days, one.reference))
