"""Advances (product C7): who may give one, how much, what is left to pay of the aid, and what became of them.

A referent of the school, or the chair, pays a part of an aid before the committee decides, out of one pocket and under
two caps; the committee ratifies it by its decision on the file. Whatever it decides, nothing is claimed from the
student, who acted in good faith: what was not ratified is a cost of the fund, told apart.
"""

from datetime import date, datetime, time
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aid_requests import lookalikes, returns
from aid_requests.actions.certification import is_not_found
from aid_requests.committee import permissions as committee
from aid_requests.committee import waiting_list
from aid_requests.correspondence import corrections
from aid_requests.models import Advance, AdvanceOutcome, AdvanceRules, AidRequest, Recusal, Vote
from aid_requests.models.requests import RequestState
from aid_requests.permissions import typing_tie
from fund import clock, vault
from fund.models import PaymentOrder, RoleGrant, User
from fund.models.people import Role
from fund.models.treasury import OrderState
from fund.money import format_euros
from fund.roles import Refusal

GIVERS = (Role.REFERENT, Role.CHAIR)
LATE, OPEN = "late", "open"
OPEN_STATES = (RequestState.SUBMITTED, RequestState.IN_REVIEW)


# The rules and the caps -------------------------------------------------------------------------------------------


def rules_in_force() -> AdvanceRules | None:
    """The last rules that were set; None while there are none, or when the last ones give no more advances."""
    last = last_rules()
    return last if last is not None and last.month_cap_cents else None


def last_rules() -> AdvanceRules | None:
    return AdvanceRules.objects.select_related("pocket", "set_by").order_by("-pk").first()


def given_in_month(day: date) -> int:
    """Cents given in the Paris month of `day`, by everybody and out of every pocket."""
    first = day.replace(day=1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    begins, ends = (datetime.combine(one, time(), tzinfo=clock.PARIS) for one in (first, after))
    rows = Advance.objects.filter(given_at__gte=begins, given_at__lt=ends)
    return rows.aggregate(total=Sum("amount_cents"))["total"] or 0


def most_cents(request: AidRequest, rules: AdvanceRules) -> int:
    """The largest advance that the rules leave for this request today."""
    left_this_month = rules.month_cap_cents - given_in_month(clock.today())
    return max(0, min(rules.cap_cents, request.amount_cents or 0, left_this_month))


def amount_refusal(request: AidRequest, rules: AdvanceRules | None, amount_cents: int) -> Refusal | None:
    """Why not this amount, by the rules; asked again under the lock of the pockets."""
    if rules is None:
        return no_rules()
    if rules.pocket_id not in waiting_list.pockets_of(request.scheme_version):
        return Refusal("pocket", _("L’enveloppe des avances ne paie pas ce dispositif."))
    if amount_cents <= 0:
        return Refusal("amount", _("Écrivez un montant en euros."))
    if amount_cents > (request.amount_cents or 0):
        return Refusal("over_request", _("Une avance ne dépasse pas le montant de la demande."))
    if amount_cents > rules.cap_cents:
        sentence = _("Une avance est de %(cap)s au plus.")
        cap = format_euros(rules.cap_cents, get_language() or "fr", cents_shown=False)
        return Refusal("over_cap", sentence % {"cap": cap})
    if amount_cents > rules.month_cap_cents - given_in_month(clock.today()):
        return Refusal("over_month", _("Avec cette avance, le plafond des avances du mois serait dépassé."))
    return None


def no_rules() -> Refusal:
    return Refusal(
        "no_rules", _("Aucune avance n’est possible : l’administration n’en a pas fixé les plafonds.")
    )


# Who gives them ---------------------------------------------------------------------------------------------------


def can_give(by: User, request: AidRequest) -> Refusal | None:
    """A referent of the student's school, where the student goes through it, or the chair, on a signed request.

    Whoever certified it may; not the person, nor who typed it, stepped back or voted on it: one of these alone with an
    advance would be somebody acting alone from the beginning to the payment.
    """
    grant = RoleGrant.objects.live().filter(user=by, user__is_active=True, role__in=GIVERS).first()
    if grant is None:
        return Refusal("role", _("Cette page est réservée à d’autres rôles que le vôtre."))
    if request.applicant.user_id == by.pk:
        return Refusal("own_request", _("Vous ne pouvez pas vous accorder une avance."))
    refusal = _school_refusal(grant, request) if grant.role == Role.REFERENT else _chair_refusal(by, request)
    return refusal or _tie_refusal(by, request) or _state_refusal(by, request)


def _school_refusal(grant: RoleGrant, request: AidRequest) -> Refusal | None:
    if grant.school_id == request.school_id and request.through_school:
        return None
    return Refusal("other_school", _("Cette demande n’est pas de votre école."))


def _chair_refusal(by: User, request: AidRequest) -> Refusal | None:
    """What keeps the chair from reading the file, but for its not being at the committee yet."""
    refusal = committee.can_read_file(by, request)
    return refusal if refusal is not None and refusal.code != "state" else None


def _tie_refusal(by: User, request: AidRequest) -> Refusal | None:
    """Of whatever role it was done in: a referent may have been a member when the file was read."""
    if Recusal.objects.filter(request=request, member=by).exists():
        return Refusal("recused", _("Vous vous êtes déporté·e de ce dossier : d’autres membres le lisent."))
    if Vote.objects.filter(request=request, member=by).exists():
        return Refusal("voted", _("Vous avez voté sur ce dossier : une avance n’en viendrait pas avant."))
    return typing_tie(by, request)


def _state_refusal(by: User, request: AidRequest) -> Refusal | None:
    if Advance.objects.filter(request=request).exists():
        return Refusal("given", _("Une avance est déjà accordée sur cette demande."))
    if request.state not in OPEN_STATES:
        return Refusal("state", _("Une avance s’accorde entre la signature et la décision."))
    if request.round > 1:
        return Refusal("reexamined", _("En réexamen, la demande attend la nouvelle décision du comité."))
    if is_not_found(request):
        return Refusal(
            "not_found", _("Cette personne est notée introuvable : confirmez d’abord son inscription.")
        )
    if request.bank_details_id is None:
        return Refusal("account", _("Cette demande n’a pas de compte où verser l’argent."))
    if lookalikes.doubted_for(by, [request]) if _is_referent(by) else lookalikes.doubted([request]):
        return Refusal(
            "doubted", _("Une vérification est en cours sur cette demande : voyez-en la fin d’abord.")
        )
    return corrections.blocking_refusal(request)


def _is_referent(user: User) -> bool:
    return RoleGrant.objects.live().filter(user=user, role=Role.REFERENT).exists()


# What is left to pay ----------------------------------------------------------------------------------------------


def given_cents(request: AidRequest) -> int:
    """The advance on this request, 0 without one."""
    given = Advance.objects.filter(request=request).values_list("amount_cents", flat=True).first()
    return given or 0


def rest_cents(request: AidRequest) -> int:
    """What a grant has still to pay. An advance above a corrected amount stays with the student."""
    return rest_of(request.amount_cents or 0, given_cents(request))


def rest_of(amount_cents: int, advance_cents: int) -> int:
    return max(0, amount_cents - advance_cents)


def last_order(request: AidRequest) -> PaymentOrder | None:
    """The last attempt to pay the advance."""
    orders = PaymentOrder.objects.filter(reference_kind=Advance.KIND, reference_id=str(request.pk))
    return orders.order_by("-attempt").first()


def came_back(request: AidRequest) -> bool:
    """Whether the advance lies with the fund again and waits for another account."""
    order = last_order(request)
    return order is not None and order.state in (OrderState.RETURNED, OrderState.REJECTED)


# What became of them ----------------------------------------------------------------------------------------------


def open_advances() -> QuerySet[Advance]:
    """Those that no decision has ratified or not, and whose request was not withdrawn."""
    return Advance.objects.filter(outcomes=None)


def late_advances() -> QuerySet[Advance]:
    """Open ones whose last day is over, the oldest first."""
    return open_advances().filter(ratify_by__lt=clock.today()).order_by("ratify_by", "pk")


def with_last_outcome(advances: QuerySet[Advance]) -> QuerySet[Any]:
    """Each with `outcome`, None while it is open."""
    last = AdvanceOutcome.objects.filter(advance=OuterRef("pk")).order_by("-pk")
    return advances.annotate(outcome=Subquery(last.values("outcome")[:1]))


def late_first(requests: QuerySet[AidRequest]) -> QuerySet[Any]:
    """Requests whose advance is late before all others, each with the day by which its advance is to be ratified."""
    of_request = open_advances().filter(request=OuterRef("pk"))
    return requests.annotate(
        ratify_by=Subquery(of_request.values("ratify_by")[:1]),
        advance_is_late=Case(
            When(Exists(late_advances().filter(request=OuterRef("pk"))), then=Value(1)),
            default=Value(0),
            output_field=IntegerField(),
        ),
    )


def note_of(advance: Advance) -> str:
    """Why it could not wait, "" once the person was erased."""
    try:
        return vault.open_text_for(advance.request.applicant.subject_key, advance.note_sealed)
    except vault.Erased:
        return ""


def state_of(advance: Advance, outcome: str | None) -> str:
    """What became of it, else whether its last day is over: an AdvanceEnd, LATE or OPEN."""
    return outcome or (LATE if advance.ratify_by < clock.today() else OPEN)


def told_to_committee(request: AidRequest) -> dict[str, Any]:
    """For the page of a file; nothing says who gave it but the role."""
    rows = with_last_outcome(Advance.objects.filter(request=request))
    advance = rows.select_related("request__applicant__subject_key").first()
    if advance is None:
        return {}
    return {
        "advance": advance,
        "advance_state": state_of(advance, advance.outcome),
        "advance_note": note_of(advance),
    }


def told_to_student(request: AidRequest) -> dict[str, Any]:
    """For the student's page: the advance and where its transfer is."""
    advance = Advance.objects.filter(request=request).first()
    if advance is None:
        return {}
    order = last_order(request)
    return {
        "advance": advance,
        "advance_order": order,
        "advance_return": returns.sentence_of(order),
        "advance_waits_for_us": returns.needs_a_human(order),
    }


def told_of(request: AidRequest) -> dict[str, object] | None:
    """For the person's own export: the advance, by which role it was given, and what came of it."""
    rows = Advance.objects.filter(request=request).select_related("request__applicant__subject_key")
    advance = rows.first()
    if advance is None:
        return None
    return {
        "amount_cents": advance.amount_cents,
        "given_by": advance.as_role,
        "reason": advance.reason,
        "note": note_of(advance),
        "given_at": advance.given_at,
        "to_ratify_by": advance.ratify_by,
        "outcomes": list(advance.outcomes.order_by("pk").values("outcome", "noted_at")),
    }


def asked_cents(requests: QuerySet[AidRequest]) -> int:
    """What these requests would still take if all were granted, in cents."""
    over = requests.filter(Q(advance=None)).aggregate(total=Sum("amount_cents"))["total"] or 0
    begun = requests.exclude(advance=None).values_list("amount_cents", "advance__amount_cents")
    return over + sum(rest_of(amount or 0, given) for amount, given in begun)
