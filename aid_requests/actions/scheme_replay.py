"""Past files of a scheme under a draft of its schedule: what it would have cost. Only codes and cents come out."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from aid_requests import sealed
from aid_requests.actions.scheme_drafts import HAS_FAULTS
from aid_requests.models import AidRequest, SchemeDraft
from aid_requests.models.requests import RequestState
from aid_requests.scheme_editor.examination import examine
from aid_requests.schemes import Answers, PastFile, Replayed, ValueFault, replay
from fund import audit, vault
from fund.models import User
from fund.models.people import Role
from fund.roles import demand, needs_role_now

# Signed files that were paid for, or may still be: what was withdrawn or refused cost nothing under any schedule.
COUNTED = (
    RequestState.SUBMITTED,
    RequestState.IN_REVIEW,
    RequestState.WAITLISTED,
    RequestState.CONDITIONAL,
    RequestState.GRANTED,
    RequestState.PAID,
    RequestState.RETURNED,
)


@dataclass(frozen=True)
class Cost:
    """A replay in figures; `changed` counts the files whose amount would be another one."""

    replayed: Replayed
    changed: int


def past_files(draft: SchemeDraft) -> QuerySet[AidRequest]:
    """The files that a replay judges; none for a scheme that never opened."""
    rows = AidRequest.objects.filter(scheme_version__scheme=draft.scheme, state__in=COUNTED)
    rows = rows if draft.scheme is not None else rows.none()
    return rows.select_related("applicant", "school", "scheme_version").order_by("pk")


def replay_draft(*, by: User, draft: SchemeDraft) -> Cost:
    """Judges every past file by the draft as it is. Nothing changes but the audit trail, which says that it was done.

    Raises Refused while the draft cannot be read, and to whoever is not an administrator.
    """
    demand(needs_role_now(by, Role.ADMINISTRATOR))
    scheme = examine(draft.tree, "fr").scheme
    if scheme is None:
        demand(HAS_FAULTS)
        raise AssertionError  # demand has raised
    replayed = replay(scheme, _rows(draft))
    changed = sum(file.cents != file.old_cents for file in replayed.judged)
    with transaction.atomic():
        audit.record(
            "scheme_draft.replayed",
            draft,
            by=by,
            revision=draft.revision,
            files=len(replayed.files),
            difference_cents=replayed.difference_cents,
        )
    return Cost(replayed, changed)


def _rows(draft: SchemeDraft) -> Iterator[PastFile]:
    for request in past_files(draft).iterator(chunk_size=200):
        yield PastFile(
            key=str(request.pk),
            case_code=request.case_code,
            cents=request.amount_cents or 0,
            answers=_answers(request),
            known=sealed.known_of(request),
        )


def _answers(request: AidRequest) -> Answers:
    """None of them where they were erased or can no longer be read: the file is then told as not judged."""
    try:
        return sealed.answers_of(request)
    except (vault.Erased, ValueFault):
        return {}
