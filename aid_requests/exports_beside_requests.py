"""What is held about one student beside the requests: calls, what was typed for them, the school's list, invitations.

For the archive of `exports_of_applicant`. Roles stand where persons of the team would: their names are their own data.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from aid_requests import call_backs, sealed, typed_requests
from aid_requests.identity import identity_of
from aid_requests.models import Applicant, CallBack, Invitation, RegisterEntry, TypedRequest
from aid_requests.models.typed_requests import TypedState
from aid_requests.register.people import is_same_person, open_person
from aid_requests.school_addresses import proved_addresses
from fund import vault

Rows = list[Mapping[str, Any]]


def beside_requests(applicant: Applicant) -> dict[str, Rows]:
    """By what it is. Raises vault.Erased."""
    mine = proved_addresses(applicant.user)
    return {
        "call_backs": _call_backs(applicant, mine),
        "typed_for_you": _typed(applicant, mine),
        "school_list": _listed(applicant, mine),
        "invitations": _invitations(mine),
    }


def _call_backs(applicant: Applicant, mine: set[str]) -> Rows:
    """Those asked for from one of the requests, and those by which one was typed; an older one is erased already."""
    typed = (
        TypedRequest.objects.filter(email_fingerprint__in=mine).exclude(call_back=None).values("call_back")
    )
    rows = CallBack.objects.filter(Q(request__applicant=applicant) | Q(pk__in=typed), erased_at=None)
    return [_call_back(row) for row in rows.select_related("school", "subject_key", "request").order_by("pk")]


def _call_back(row: CallBack) -> dict[str, Any]:
    caller = call_backs.caller_of(row)
    return {
        "name": caller.name,
        "phone": caller.phone,
        "words": caller.words,
        "note": call_backs.note_of(row),
        "request": row.request.reference if row.request else None,
        "school": row.school.name,
        "through_school": row.through_school,
        "part_of_day": row.part_of_day,
        "asked_at": row.asked_at,
        "due_at": row.due_at,
        "state": row.state,
        "tries": row.tries,
        "done_at": row.done_at,
        "outcome": row.outcome,
    }


def _typed(applicant: Applicant, mine: set[str]) -> Rows:
    """What was typed is there while it waits; once taken over it stands in the request, else it was erased."""
    rows = TypedRequest.objects.filter(Q(email_fingerprint__in=mine) | Q(request__applicant=applicant))
    found = rows.select_related("school", "scheme_version__scheme", "subject_key", "request").order_by("pk")
    return [
        {
            "scheme": row.scheme_version.scheme.slug,
            "title": sealed.scheme_of(row.scheme_version).title.fr,
            "school": row.school.name,
            "typed_by": "referent",
            "typed_at": row.typed_at,
            "lapses_on": row.lapses_on,
            "state": row.state,
            "ended_at": row.ended_at,
            "request": row.request.reference if row.request else None,
            "content": _content(row) if row.state == TypedState.WAITING else None,
        }
        for row in found
    ]


def _content(row: TypedRequest) -> dict[str, Any]:
    content = typed_requests.content_of(row)
    return {
        "email": content.email,
        "identity": vars(content.identity),
        "answers": dict(content.answers),
        "story": content.story,
        "through_school": content.through_school,
    }


def _listed(applicant: Applicant, mine: set[str]) -> Rows:
    """The lines of these addresses; under another name than declared, a line says that much and no more: it may be
    somebody else's."""
    identity = identity_of(applicant)
    rows = RegisterEntry.objects.filter(email_fingerprint__in=mine).select_related("school", "source")
    found: Rows = []
    for row in rows.order_by("pk"):
        person = open_person(row.facts_sealed)
        is_other = identity is not None and not is_same_person(person, identity)
        line = {
            "school": row.school.name,
            "university_year": row.university_year,
            "under_another_name": is_other,
            "facts": None if is_other else vars(person),
            "list_applied_at": row.source.applied_at,
            "left_at": row.left_at,
        }
        found.append(line)
    return found


def _invitations(mine: set[str]) -> Rows:
    rows = Invitation.objects.filter(email_fingerprint__in=mine).select_related(
        "invitation_list__scheme", "invitation_list__school", "request"
    )
    return [
        {
            "scheme": row.invitation_list.scheme.slug,
            "school": row.invitation_list.school.name,
            "from_school_list": row.invitation_list.from_register,
            "email": vault.open_text(row.email_sealed) if row.email_sealed else None,
            "sent_at": row.sent_at,
            "opened_at": row.opened_at,
            "last_day": row.invitation_list.expires_on,
            "request": row.request.reference if row.request else None,
        }
        for row in rows.order_by("pk")
    ]
