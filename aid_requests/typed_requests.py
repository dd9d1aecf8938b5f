"""Requests typed with somebody: what was typed, and for whom it waits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from aid_requests.call_backs import referent_grant
from aid_requests.identity import Identity
from aid_requests.models import TypedRequest
from aid_requests.models.typed_requests import TypedState
from aid_requests.school_addresses import proved_addresses
from fund import vault
from fund.accounts import school_of_address
from fund.models import School, SubjectKey, User
from fund.models.people import Role
from fund.roles import Refusal, needs_role_now
from fund.school_domains import has_tag


@dataclass(frozen=True)
class TypedContent:
    """What a referent typed. `answers` are packed texts, read again when the person takes them over.

    The `repr` shows nothing, so that a log or a traceback cannot leak it.
    """

    email: str = field(repr=False)
    identity: Identity = field(repr=False)
    answers: Mapping[str, Any] = field(repr=False)
    story: str = field(repr=False)
    through_school: bool = field(repr=False)


def seal_content(key: SubjectKey, content: TypedContent) -> str:
    identity = {**vars(content.identity), "birth_date": content.identity.birth_date.isoformat()}
    return vault.seal_json_for(key, {**vars(content), "answers": dict(content.answers), "identity": identity})


def content_of(typed: TypedRequest) -> TypedContent:
    """Raises vault.Erased once it ended."""
    values = vault.open_json_for(typed.subject_key, typed.content_sealed)
    person = values["identity"]
    identity = Identity(**{**person, "birth_date": date.fromisoformat(person["birth_date"])})
    return TypedContent(**{**values, "identity": identity})


def waiting_for(user: User) -> QuerySet[TypedRequest]:
    """What waits to be taken over by whoever proved exactly that address."""
    rows = TypedRequest.objects.filter(state=TypedState.WAITING, email_fingerprint__in=proved_addresses(user))
    return rows.select_related("subject_key", "school", "scheme_version__scheme").order_by("pk")


def taken_over_by(user: User) -> QuerySet[TypedRequest]:
    """What this person took over: its link leads to the request it became."""
    return TypedRequest.objects.filter(
        state=TypedState.CLAIMED, request__applicant__user=user
    ).select_related("request")


def typed_by(user: User) -> QuerySet[TypedRequest]:
    """What this referent typed, the newest first: whether it waits still, and nothing of what became of it."""
    return TypedRequest.objects.filter(typed_by=user).select_related("scheme_version").order_by("-pk")


def can_type_for(by: User, email: str) -> Refusal | None:
    """A referent, for an address of the own school (a national one: of any), never for himself."""
    if (refusal := needs_role_now(by, Role.REFERENT)) is not None:
        return refusal
    if email.strip().lower() == by.email.lower():
        return Refusal("own_address", _("Vous ne pouvez pas saisir une demande pour vous."))
    school, grant = school_of_address(email), referent_grant(by)
    if school is None or has_tag(email) or grant is None or grant.school_id not in (None, school.pk):
        return Refusal(
            "other_school", _("Cette adresse n’est pas celle d’une école dont vous êtes référent·e.")
        )
    return None


def school_for(by: User, email: str) -> School | None:
    """The school the answers are judged with while they are typed: that of the address, else the referent's own."""
    grant = referent_grant(by)
    return school_of_address(email) or (grant.school if grant is not None else None)
