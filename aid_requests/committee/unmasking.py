"""The veil of a file lifted: who may, for how long, and who reads that it happened."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from aid_requests.committee import permissions, seats, veils
from aid_requests.identity import identity_of
from aid_requests.models import AidRequest, Unmasking
from aid_requests.models.requests import RequestState
from fund import clock, vault
from fund.models import User
from fund.roles import Refusal

SHOWN_FOR = timedelta(minutes=15)
A_DAY = 5  # by one person, of a Paris day
NOTE_LENGTH = 500


@dataclass(frozen=True)
class Unveiled:
    """Who a file is about, shown to whoever asked, until `until`. Its `repr` shows nothing."""

    name: str = field(repr=False)
    school: str = field(repr=False)
    until: datetime


def can_unmask(by: User, request: AidRequest) -> Refusal | None:
    """Whoever reads the file, five times a day; but not between one's own blind vote and its decision."""
    if (refusal := permissions.can_read_file(by, request)) is not None:
        return refusal
    own_votes = seats.standing_votes(request).filter(member=by)
    if request.state == RequestState.IN_REVIEW and own_votes.exists():
        sentence = _("Vous avez voté sans savoir qui c’est : le voile se lève pour vous après la décision.")
        return Refusal("voted", sentence)
    if unmasked_today(by) >= A_DAY:
        sentence = _(
            "Vous avez levé cinq voiles aujourd’hui : la suite attend demain, ou une autre personne."
        )
        return Refusal("too_many", sentence)
    return None


def unmasked_today(by: User) -> int:
    began = datetime.combine(clock.today(), time.min, tzinfo=clock.PARIS)
    return Unmasking.objects.filter(by=by, unmasked_at__gte=began).count()


def lifted_by(by: User, request: AidRequest) -> Unmasking | None:
    """The last time this person lifted it, while it still shows."""
    rows = Unmasking.objects.filter(by=by, request=request, unmasked_at__gt=clock.moment() - SHOWN_FOR)
    return rows.order_by("-unmasked_at", "-pk").first()


def unveiled(by: User, request: AidRequest) -> Unveiled | None:
    """The name and the school, for fifteen minutes and for this person alone; None at any other time."""
    row = lifted_by(by, request)
    if row is None:
        return None
    try:
        identity = identity_of(request.applicant)
    except vault.Erased:
        return None
    name = identity.full_name if identity else ""
    return Unveiled(name, request.school.name, row.unmasked_at + SHOWN_FOR)


def newest() -> QuerySet[Unmasking]:
    """For the auditors: every one, the newest first."""
    rows = Unmasking.objects.select_related(
        "by", "request__applicant__subject_key", "request__applicant__user", "request__applicant__school",
        "request__school",
    )  # fmt: skip
    return rows.order_by("-unmasked_at", "-pk")


def note_of(row: Unmasking) -> str | None:
    """Why, as auditors read it: without the name that it may hold. None once the person was erased."""
    try:
        text = vault.open_text_for(row.request.applicant.subject_key, row.note_sealed)
    except vault.Erased:
        return None
    return veils.screened_or_none(row.request, text)


def told_of(request: AidRequest) -> list[dict[str, object]]:
    """For the person's own export: that the name was shown, when and why; never to whom."""
    key = request.applicant.subject_key
    return [
        {
            "unmasked_at": row.unmasked_at,
            "round": row.round,
            "reason": row.reason,
            "note": vault.open_text_for(key, row.note_sealed),
        }
        for row in request.unmaskings.order_by("pk")
    ]
