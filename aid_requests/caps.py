"""How much may be granted to one person, for one need or by one scheme, as the schedule says (product C6, invariant 3).

The caller holds the lock on the Applicant row, so that two requests of one person cannot pass the check together.
Who decides first takes `lock_total`, between the request and the person, so that two persons cannot pass the cap of a
whole scheme together.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from aid_requests import sealed
from aid_requests.models import AidRequest
from aid_requests.models import Scheme as SchemeRow
from aid_requests.models.requests import RequestState
from aid_requests.schemes import Scheme
from aid_requests.schemes.grammar import NEED_SCOPES, Cap, CapScope
from aid_requests.university_years import university_year
from fund import clock, workflow
from fund.roles import Refusal

# Money is reserved or gone; also for an aid granted subject to a paper.
GRANTED_STATES = (
    RequestState.CONDITIONAL,
    RequestState.GRANTED,
    RequestState.PAID,
    RequestState.RETURNED,
)
# What may still become a grant counts too when a person signs: nobody is left waiting for a second file in vain.
STANDING_STATES = (
    RequestState.SUBMITTED,
    RequestState.IN_REVIEW,
    RequestState.WAITLISTED,
    *GRANTED_STATES,
)
_COUNTED_COLUMNS = ("state", "amount_cents", "submitted_at", "advance__amount_cents")
_OF_THE_YEAR = frozenset({CapScope.PERSON_AND_UNIVERSITY_YEAR, CapScope.PERSON_NEED_AND_UNIVERSITY_YEAR})


@dataclass(frozen=True)
class _Counted:
    """Requests that stand in a cap, and what they were granted, in cents."""

    number: int
    cents: int


def lock_total(request: AidRequest, scheme: Scheme) -> None:
    """Holds the scheme's row where the schedule caps the whole of it; the request is locked, the person not yet."""
    if any(cap.per is CapScope.SCHEME for cap in scheme.caps):
        workflow.lock(SchemeRow, request.scheme_version.scheme_id)


def cap_refusal(
    request: AidRequest, scheme: Scheme, *, amount_cents: int, states: Collection[str]
) -> Refusal | None:
    """Why this request of `amount_cents` would go over a cap, counting the person's others in `states`; or None.

    A cap over the whole scheme counts what is granted, whatever `states`: a request of somebody else promises nothing.
    A request whose answers are not worth a case yet has no need to be told from another.
    """
    for cap in scheme.caps:
        if cap.per in NEED_SCOPES and not request.case_code:
            continue
        counted = (
            _of_scheme(request, scheme) if cap.per is CapScope.SCHEME else _of_person(request, cap, states)
        )
        if cap.requests is not None and counted.number + 1 > cap.requests:
            return Refusal(_code(cap, "requests"), _requests_sentence(cap.per))
        if cap.amount_cents is not None and counted.cents + amount_cents > cap.amount_cents:
            return Refusal(_code(cap, "amount"), _amount_sentence(cap.per))
    return None


def committee_sentence(refusal: Refusal) -> str:
    """The same refusal as those read it who decide."""
    if refusal.code.startswith(f"cap_{CapScope.SCHEME}_"):
        return _("Le plafond de ce dispositif est atteint : plus rien ne s’y accorde.")
    if refusal.code in ("cap_requests", "cap_amount"):
        return _("Le plafond de cette aide est atteint pour cette personne et cette année universitaire.")
    return _("Le plafond de cette aide est atteint pour cette personne.")


def _code(cap: Cap, what: str) -> str:
    usual = cap.per is CapScope.PERSON_AND_UNIVERSITY_YEAR
    return f"cap_{what}" if usual else f"cap_{cap.per}_{what}"


def _requests_sentence(scope: CapScope) -> str:
    match scope:
        case CapScope.PERSON_AND_UNIVERSITY_YEAR:
            return _(
                "Vous avez déjà une demande pour cette aide cette année : elle ne se demande pas deux fois."
            )
        case CapScope.PERSON:
            return _(
                "Vous avez déjà une demande pour cette aide : elle ne se verse qu’une fois par personne."
            )
        case CapScope.PERSON_AND_NEED:
            return _("Vous avez déjà une demande pour ce même besoin : il ne se paie qu’une fois.")
        case CapScope.PERSON_NEED_AND_UNIVERSITY_YEAR:
            return _("Vous avez déjà une demande pour ce même besoin cette année.")
        case CapScope.SCHEME:
            return _("Toutes les aides prévues par ce dispositif sont accordées.")


def _amount_sentence(scope: CapScope) -> str:
    match scope:
        case CapScope.PERSON_AND_UNIVERSITY_YEAR:
            return _("Avec cette demande, le plafond de cette aide pour l’année serait dépassé.")
        case CapScope.PERSON:
            return _("Avec cette demande, le plafond de cette aide pour une personne serait dépassé.")
        case CapScope.PERSON_AND_NEED:
            return _("Avec cette demande, le plafond de cette aide pour ce besoin serait dépassé.")
        case CapScope.PERSON_NEED_AND_UNIVERSITY_YEAR:
            return _(
                "Avec cette demande, le plafond de cette aide pour ce besoin et cette année serait dépassé."
            )
        case CapScope.SCHEME:
            return _("Avec cette demande, le budget de ce dispositif serait dépassé.")


def _asked_on(submitted_at: datetime | None) -> date:
    return clock.paris_date(submitted_at) if submitted_at else clock.today()


def _of_person(request: AidRequest, cap: Cap, states: Collection[str]) -> _Counted:
    rows = AidRequest.objects.filter(
        applicant=request.applicant_id,
        scheme_version__scheme=request.scheme_version.scheme_id,
        submitted_at__isnull=False,
    ).exclude(pk=request.pk)
    rows = rows.filter(Q(state__in=states) | Q(advance__isnull=False))
    found = list(rows.select_related("scheme_version", "applicant__subject_key", "advance"))
    if cap.per in _OF_THE_YEAR:
        year = university_year(_asked_on(request.submitted_at))
        found = [other for other in found if university_year(_asked_on(other.submitted_at)) == year]
    if cap.per in NEED_SCOPES:
        found = list(_of_same_need(request, cap, found))
    standing = sum(other.state in states for other in found)
    return _Counted(standing, sum(_cents(other, states) for other in found))


def _cents(other: AidRequest, states: Collection[str]) -> int:
    """What a request was granted, or the advance that was paid on it: whichever is more, so that both count once."""
    advance = getattr(other, "advance", None)
    granted = (other.amount_cents or 0) if other.state in states else 0
    return max(granted, advance.amount_cents if advance is not None else 0)


def _of_same_need(request: AidRequest, cap: Cap, others: list[AidRequest]) -> Iterator[AidRequest]:
    """The same case; or, where the schedule names questions, the same answers to them."""
    if not cap.need:
        yield from (other for other in others if other.case_code == request.case_code)
        return
    wanted = sealed.answers_of(request)
    for other in others:
        answers = sealed.answers_of(other)
        if all(answers.get(name) == wanted.get(name) for name in cap.need):
            yield other


def _of_scheme(request: AidRequest, scheme: Scheme) -> _Counted:
    """Everybody's grants under any version of the scheme, asked for since this schedule opened."""
    rows = AidRequest.objects.filter(
        scheme_version__scheme=request.scheme_version.scheme_id,
        submitted_at__isnull=False,
    ).exclude(pk=request.pk)
    rows = rows.filter(Q(state__in=GRANTED_STATES) | Q(advance__isnull=False)).select_related("advance")
    found = [
        other for other in rows.only(*_COUNTED_COLUMNS) if _asked_on(other.submitted_at) >= scheme.opens_on
    ]
    standing = sum(other.state in GRANTED_STATES for other in found)
    return _Counted(standing, sum(_cents(other, GRANTED_STATES) for other in found))
