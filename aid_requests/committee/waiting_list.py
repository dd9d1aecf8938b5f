"""The waiting list: favourable decisions without money, in the order of the decisions; nobody is passed over.

A request that waits holds the pockets that could pay it against whoever comes after it: a smaller aid never overtakes
a bigger one. One that the cap of its scheme keeps from being granted holds nothing, and is told apart.
"""

from collections.abc import Collection, Iterator

from django.db.models import F, QuerySet

from aid_requests import caps, sealed
from aid_requests.models import AidRequest, Decision, SchemeVersion
from aid_requests.models.decisions import DecisionOutcome
from aid_requests.models.requests import RequestState
from fund.models import Pocket


def places() -> QuerySet[Decision]:
    """Every place on the list, the first one first: the decision that gave it."""
    return (
        Decision.objects.filter(
            outcome=DecisionOutcome.UNFUNDED,
            round=F("request__round"),
            request__state=RequestState.WAITLISTED,
        )
        .select_related("request__applicant__subject_key", "request__scheme_version__scheme")
        .defer("letter_sealed")
        .order_by("decided_at", "pk")
    )


def pockets_of(version: SchemeVersion) -> list[int]:
    """The pockets that may pay a scheme's aid, in the order in which they are asked: its own, then the general one."""
    return list(dict.fromkeys(pk for pk in (version.pocket_id, _general()) if pk is not None))


def _general() -> int | None:
    return Pocket.objects.filter(code=Pocket.GENERAL).values_list("pk", flat=True).first()


def held_pockets(wanted: Collection[int], *, before: Decision | None) -> set[int]:
    """Which of `wanted` are held by requests that are ahead: of the place `before`, or of somebody without a place."""
    held: set[int] = set()
    general = _general()
    for place in ahead(before):
        if held >= set(wanted):
            break
        claimed = set(wanted) & {place.request.scheme_version.pocket_id, general}
        if claimed - held and cap_sentence(place.request) == "":
            held |= claimed
    return held


def ahead(place: Decision | None) -> Iterator[Decision]:
    """The places before `place`, in order; all of them without one."""
    for other in places():
        if place is not None and other.pk == place.pk:
            return
        yield other


def cap_sentence(request: AidRequest) -> str:
    """Why this request could not be granted even with money, else ""."""
    scheme = sealed.scheme_of(request.scheme_version)
    over = caps.cap_refusal(
        request, scheme, amount_cents=request.amount_cents or 0, states=caps.GRANTED_STATES
    )
    return caps.committee_sentence(over) if over is not None else ""
