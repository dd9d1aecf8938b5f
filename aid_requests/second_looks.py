"""The second look (product C9): which grants are read again before payment, by whom, and what the treasury is told.

The rule, as anybody can check it once the month is over:

    commitment = SHA-256("second-look|2020-06|10|30000|<seed>")       published before the month begins
    number     = first 8 bytes of HMAC-SHA256(seed, "<decision id>")  as a whole number
    drawn      = amount > 30 000 cents, and number is a multiple of 10

The month, « one in », the amount in cents and the seed (64 hex digits in the text, 32 bytes as the key) are those of
the month's row. The commitment is in the audit trail, which the seals cover: nobody chooses the seed once decisions are
known, and nobody who decides can tell what will be drawn. The seed is published when the month is over.
"""

import hashlib
import hmac
from collections.abc import Callable, Collection
from datetime import date

from django.utils.translation import gettext as _

from aid_requests.committee import permissions as committee
from aid_requests.models import (
    Advance,
    AidRequest,
    Decision,
    EnrolmentCertificate,
    SecondLook,
    SecondLookMonth,
    Unmasking,
    Vote,
)
from aid_requests.models.decisions import DecisionOutcome
from aid_requests.models.second_looks import PAYABLE_STATES, SecondLookState
from aid_requests.permissions import typing_tie
from fund import clock, vault
from fund.models import User
from fund.models.people import Role
from fund.roles import Refusal, needs_role_now


def commitment_of(month: date, *, one_in: int, from_cents: int, seed: str) -> str:
    """What is published before: 64 hex digits."""
    return hashlib.sha256(f"second-look|{month:%Y-%m}|{one_in}|{from_cents}|{seed}".encode()).hexdigest()


def is_drawn(decision_id: int, amount_cents: int, *, one_in: int, from_cents: int, seed: str) -> bool:
    """The rule itself: nothing but its arguments counts."""
    if amount_cents <= from_cents:
        return False
    digest = hmac.new(bytes.fromhex(seed), str(decision_id).encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") % one_in == 0


def first_day(day: date) -> date:
    return day.replace(day=1)


def month_of(decision: Decision) -> SecondLookMonth | None:
    """The month whose draw this grant takes part in; None for a refusal, and for what was decided before a promise."""
    if decision.outcome != DecisionOutcome.GRANTED:
        return None
    month = first_day(clock.paris_date(decision.decided_at))
    return SecondLookMonth.objects.filter(month=month, committed_at__lte=decision.decided_at).first()


def is_drawn_in(month: SecondLookMonth, decision: Decision) -> bool:
    return draw_of(month)(decision)


def draw_of(month: SecondLookMonth) -> Callable[[Decision], bool]:
    """The month's draw, its seed opened once."""
    seed = month.seed or vault.open_text(month.seed_sealed)
    return lambda decision: is_drawn(
        decision.pk, decision.amount_cents, one_in=month.one_in, from_cents=month.from_cents, seed=seed
    )


# What the treasury is told ----------------------------------------------------------------------------------------


def payment_refusal(decision: Decision) -> Refusal | None:
    """Why this grant is not paid yet, or None. What is drawn stays unpaid even if its row is missing."""
    look = SecondLook.objects.filter(decision=decision).first()
    if look is not None:
        return _refusal_of(look)
    month = month_of(decision)
    if month is not None and is_drawn_in(month, decision):
        return _in_second_reading()
    return None


def _refusal_of(look: SecondLook) -> Refusal | None:
    if look.state in PAYABLE_STATES:
        return None
    if look.state == SecondLookState.REPORTED:
        return Refusal(
            "second_look_reported", _("La seconde lecture l’a renvoyée à la présidence du comité.")
        )
    return _in_second_reading()


def _in_second_reading() -> Refusal:
    return Refusal("second_look", _("En seconde lecture : elle attend d’être relue avant le virement."))


def held_requests(ids: Collection[str]) -> dict[str, str]:
    """Of the requests `ids`, those whose grant waits for a second look, with the sentence; one query."""
    wanted = [int(pk) for pk in ids]
    rows = SecondLook.objects.filter(decision__request__in=wanted).exclude(state__in=PAYABLE_STATES)
    looks = rows.select_related("decision")
    found = {str(look.decision.request_id): _refusal_of(look) for look in looks}
    return {pk: str(refusal.sentence) for pk, refusal in found.items() if refusal is not None}


# Who reads --------------------------------------------------------------------------------------------------------


def can_reread(by: User, look: SecondLook) -> Refusal | None:
    """A member or the chair who may read the file, and had no part in it: no vote, certificate, typing, advance or
    lifted veil."""
    request = look.decision.request
    if (refusal := committee.can_read_file(by, request)) is not None:
        return refusal
    if Vote.objects.filter(request=request, member=by).exists():
        return Refusal("voted", _("Vous avez voté sur ce dossier : une autre personne le relit."))
    if EnrolmentCertificate.objects.filter(request=request, certified_by=by).exists():
        return Refusal("supported", _("Vous avez appuyé ce dossier : une autre personne le relit."))
    if Advance.objects.filter(request=request, given_by=by).exists():
        return Refusal("advanced", _("Vous avez accordé une avance : une autre personne relit ce dossier."))
    if Unmasking.objects.filter(request=request, by=by).exists():
        return Refusal("unmasked", _("Vous savez qui c’est : une autre personne le relit, sans nom."))
    return typing_tie(by, request)


def can_maintain(by: User, look: SecondLook) -> Refusal | None:
    """The chair, who may have voted but did not report it: the decision is the committee's, the doubt another's."""
    if (refusal := needs_role_now(by, Role.CHAIR)) is not None:
        return refusal
    if look.read_by_id == by.pk:
        return Refusal("reader", _("Vous l’avez renvoyée vous-même : une autre présidence y répond."))
    return committee.can_read_file(by, look.decision.request)


def note_of(look: SecondLook) -> str:
    """The reader's note, "" when there is none or the person was erased."""
    try:
        key = look.decision.request.applicant.subject_key
        return vault.open_text_for(key, look.note_sealed) if look.note_sealed else ""
    except vault.Erased:
        return ""


def told_of(request: AidRequest) -> list[dict[str, object]]:
    """For the person's own export: that a grant was read again, when, and what came of it; never by whom."""
    rows = SecondLook.objects.filter(decision__request=request).order_by("pk")
    return [
        {"drawn_at": row.drawn_at, "state": row.state, "read_at": row.read_at, "note": note_of(row)}
        for row in rows.select_related("decision__request__applicant__subject_key")
    ]
