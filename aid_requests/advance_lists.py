"""Lists of advances: those a person may give, and those given, with what became of each and figures of their own."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from aid_requests import advances
from aid_requests.committee import permissions, queries
from aid_requests.correspondence import threads
from aid_requests.models import Advance, AidRequest
from aid_requests.models.advances import AdvanceEnd
from fund import clock
from fund.models import PaymentOrder, RoleGrant, User
from fund.models.people import Role
from fund.models.treasury import OrderState

COMMITTEE = (Role.MEMBER, Role.CHAIR)
READERS = (*COMMITTEE, Role.TREASURER, Role.SIGNATORY, Role.AUDITOR, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class AdvanceRow:
    """One advance as it stands: `state` as `advances.state_of`; `order` says where its transfer is."""

    advance: Advance
    state: str
    order: str
    may_read: bool


@dataclass(frozen=True)
class Totals:
    """Cents by what became of them; they add up to what was given.

    `this_month` is everybody's: None for a member, whom a sum must not tell of files they never see.
    """

    given: int
    ratified: int
    not_ratified: int
    withdrawn: int
    open: int
    this_month: int | None


def givable(by: User) -> QuerySet[AidRequest]:
    """The signed requests on which this person might give an advance, the oldest first; others do not exist here."""
    files = threads.files_of_team(by).filter(state__in=advances.OPEN_STATES, round=1)
    grant = RoleGrant.objects.live().filter(user=by, role__in=advances.GIVERS).first()
    if grant is None or (grant.role == Role.REFERENT and grant.school_id is None):
        return files.none()
    files = files.exclude(typed_by=by).select_related("applicant__subject_key", "scheme_version__scheme")
    return files.defer("answers_sealed", "story_sealed").order_by("submitted_at", "pk")


def seen_by(reader: User) -> QuerySet[Advance]:
    """A member: those of the files that this member may know of. Whoever pays, checks or administers: all."""
    rows = Advance.objects.all()
    if _sits(reader):
        return rows.filter(request__in=queries.known_files(reader).values("pk"))
    live = RoleGrant.objects.live().filter(user=reader, user__is_active=True)
    return rows if live.filter(role__in=READERS).exists() else rows.none()


def _sits(reader: User) -> bool:
    return permissions.seat_of(reader) is not None


def listed(reader: User) -> QuerySet[Any]:
    """Late ones first, then those to ratify, then the newest."""
    rows = advances.with_last_outcome(seen_by(reader)).select_related("request", "pocket")
    still_open = Q(outcomes=None)
    return rows.annotate(is_open=still_open).order_by("-is_open", "-given_at", "-pk")


def rows_of(found: list[Advance], reader: User) -> list[AdvanceRow]:
    """The rows of one page, in two queries more."""
    orders = PaymentOrder.objects.filter(
        reference_kind=Advance.KIND, reference_id__in=[str(advance.request_id) for advance in found]
    )
    states = dict(orders.order_by("attempt").values_list("reference_id", "state"))
    ids = [advance.request_id for advance in found]
    readable = set(queries.readable_files(reader).filter(pk__in=ids).values_list("pk", flat=True))
    return [
        AdvanceRow(
            advance,
            advances.state_of(advance, advance.outcome),  # type: ignore[attr-defined]  # annotated by `listed`
            states.get(str(advance.request_id), OrderState.DUE),
            advance.request_id in readable,
        )
        for advance in found
    ]


def totals(reader: User) -> Totals:
    """Of the advances that this person sees; what was not ratified is a cost of the fund, told apart."""
    found = advances.with_last_outcome(seen_by(reader)).values_list("outcome", "amount_cents")
    cents: dict[str | None, int] = {}
    for outcome, amount in found:
        cents[outcome] = cents.get(outcome, 0) + amount
    return Totals(
        given=sum(cents.values()),
        ratified=cents.get(AdvanceEnd.RATIFIED, 0),
        not_ratified=cents.get(AdvanceEnd.NOT_RATIFIED, 0),
        withdrawn=cents.get(AdvanceEnd.WITHDRAWN, 0),
        open=cents.get(None, 0),
        this_month=None if _sits(reader) else advances.given_in_month(clock.today()),
    )


def late_count(reader: User) -> int:
    return seen_by(reader).filter(outcomes=None, ratify_by__lt=clock.today()).count()
