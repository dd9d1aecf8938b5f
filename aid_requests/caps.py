"""How much one person may be granted in one university year, as the schedule says (product C6, invariant 3).

The caller holds the lock on the Applicant row, so that two requests of one person cannot pass the check together.
"""

from collections.abc import Collection
from datetime import date

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from aid_requests.models import AidRequest
from aid_requests.models.requests import RequestState
from aid_requests.schemes import Scheme
from fund import clock
from fund.roles import Refusal

GRANTED_STATES = (RequestState.GRANTED, RequestState.PAID, RequestState.RETURNED)
# What may still become a grant counts too when a person signs: nobody is left waiting for a second file in vain.
STANDING_STATES = (RequestState.SUBMITTED, RequestState.IN_REVIEW, *GRANTED_STATES)
_FIRST_MONTH = 9


def university_year(day: date) -> str:
    """« 2019-2020 »: from 1 September to 31 August."""
    first = day.year if day.month >= _FIRST_MONTH else day.year - 1
    return f"{first}-{first + 1}"


def cap_refusal(
    request: AidRequest, scheme: Scheme, *, amount_cents: int, states: Collection[str]
) -> Refusal | None:
    """Why this request of `amount_cents` would go over a cap, counting the person's others in `states`; or None."""
    day = clock.paris_date(request.submitted_at) if request.submitted_at else clock.today()
    others = _others_of_the_year(request, university_year(day), states)
    totals = AidRequest.objects.filter(pk__in=others).aggregate(number=Count("pk"), cents=Sum("amount_cents"))
    number, cents = totals["number"], totals["cents"] or 0
    for cap in scheme.caps:
        if cap.requests is not None and number + 1 > cap.requests:
            return Refusal(
                "cap_requests",
                _(
                    "Vous avez déjà une demande pour cette aide cette année : elle ne se demande pas deux fois."
                ),
            )
        if cap.amount_cents is not None and cents + amount_cents > cap.amount_cents:
            return Refusal(
                "cap_amount", _("Avec cette demande, le plafond de cette aide pour l’année serait dépassé.")
            )
    return None


def _others_of_the_year(request: AidRequest, year: str, states: Collection[str]) -> list[int]:
    rows = AidRequest.objects.filter(
        applicant=request.applicant_id,
        scheme_version__scheme=request.scheme_version.scheme_id,
        state__in=states,
        submitted_at__isnull=False,
    ).exclude(pk=request.pk)
    return [
        pk
        for pk, moment in rows.values_list("pk", "submitted_at")
        if moment is not None and university_year(clock.paris_date(moment)) == year
    ]
