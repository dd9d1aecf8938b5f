"""What is noted and done about advances beside giving them: the rules set, ratified or not, paid again, told when late.

Giving one is the committee's (`committee.actions.advancing`): it holds the locks of a grant.
"""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from aid_requests import advances, returns
from aid_requests.actions.owing import order_transfer
from aid_requests.models import Advance, AdvanceOutcome, AdvanceRules, AidRequest, Decision
from aid_requests.models.advances import AdvanceEnd
from aid_requests.models.decisions import FAVOURABLE, DecisionOutcome
from aid_requests.models.requests import RequestState
from aid_requests.workflow import REQUEST
from fund import audit, clock, mail, workflow
from fund.models import Foundation, PaymentOrder, Pocket, User
from fund.models.people import Role
from fund.models.treasury import OrderState
from fund.roles import Refusal, demand, needs_role_now
from fund.treasury.orders import cancel_order

MOST_DAYS = 60
_BACK = (OrderState.RETURNED, OrderState.REJECTED)


def set_rules(
    *, by: User, pocket: Pocket, cap_cents: int, month_cap_cents: int, ratify_days: int
) -> AdvanceRules:
    """A new row, unless the last one says the same. `month_cap_cents` 0 ends advances; those given keep their rules.

    Raises Refused for whoever is no administrator and for numbers that do not go together: an advance stays below what
    a second look would ask for, or it would pass beside it.
    """
    demand(needs_role_now(by, Role.ADMINISTRATOR))
    demand(_bounds_refusal(cap_cents, month_cap_cents, ratify_days))
    with transaction.atomic():
        workflow.lock(Foundation, 1)
        last = advances.last_rules()
        wanted = (pocket.pk, cap_cents, month_cap_cents, ratify_days)
        if last and (last.pocket_id, last.cap_cents, last.month_cap_cents, last.ratify_days) == wanted:
            return last
        rules = AdvanceRules.objects.create(
            pocket=pocket,
            cap_cents=cap_cents,
            month_cap_cents=month_cap_cents,
            ratify_days=ratify_days,
            set_by=by,
            set_at=clock.moment(),
        )
        told = {"cap_cents": cap_cents, "month_cap_cents": month_cap_cents, "ratify_days": ratify_days}
        audit.record("advance_rules.set", rules, by=by, pocket=pocket.code, **told)
    return rules


def _bounds_refusal(cap_cents: int, month_cap_cents: int, ratify_days: int) -> Refusal | None:
    if cap_cents <= 0 or (month_cap_cents and month_cap_cents < cap_cents) or month_cap_cents < 0:
        return Refusal("caps", _("Le plafond du mois atteint au moins celui d’une avance, ou vaut zéro."))
    if settings.SECOND_LOOK_ONE_IN and cap_cents > settings.SECOND_LOOK_FROM_CENTS:
        return Refusal("second_look", _("Une avance reste sous le montant des secondes lectures."))
    if not 1 <= ratify_days <= MOST_DAYS:
        return Refusal("days", _("Le comité a de un à soixante jours pour ratifier."))
    return None


def note_decision(request: AidRequest, decision: Decision, *, by: User | None) -> None:
    """A favourable decision ratifies the advance, any other does not; what follows a decision was ratified by it.

    In the transaction of the decision, which holds the request. Where the advance was the whole aid, the request
    follows its transfer.
    """
    advance = Advance.objects.filter(request=request).first()
    if advance is None:
        return
    if decision.follows_id is None:
        is_ratified = decision.outcome in FAVOURABLE
        _note(advance, AdvanceEnd.RATIFIED if is_ratified else AdvanceEnd.NOT_RATIFIED, decision, by)
    if decision.outcome == DecisionOutcome.GRANTED and not advances.rest_cents(request):
        order = advances.last_order(request)
        if order is not None:
            follow_transfer(request, order, by=by)


def note_withdrawal(request: AidRequest, *, by: User) -> None:
    """The student ends the request: an advance that nobody ratified yet stays acquired, and is told apart."""
    advance = Advance.objects.filter(request=request, outcomes=None).first()
    if advance is not None:
        _note(advance, AdvanceEnd.WITHDRAWN, None, by)


def _note(advance: Advance, outcome: AdvanceEnd, decision: Decision | None, by: User | None) -> None:
    AdvanceOutcome.objects.create(
        advance=advance, outcome=outcome, decision=decision, noted_at=clock.moment()
    )
    audit.record(f"advance.{outcome}", advance, by=by, decision=decision.pk if decision else None)


def follow_transfer(request: AidRequest, order: PaymentOrder, *, by: User | None) -> None:
    """Moves a granted request of which the advance is the whole aid as that transfer went. The request is locked."""
    if advances.rest_cents(request):
        return
    if order.state == OrderState.DEBITED and request.state == RequestState.GRANTED:
        workflow.move(REQUEST, request, "note_debit", by=by, why=order.end_to_end_id)
    if order.state in _BACK and request.state in (RequestState.GRANTED, RequestState.PAID):
        workflow.move(REQUEST, request, "note_return", by=by, why=order.end_to_end_id)


def order_advance(request: AidRequest, advance: Advance, *, by: User | None) -> PaymentOrder:
    """The next attempt to pay an advance, to the account that is signed for now. The request is locked."""
    return order_transfer(
        request,
        subject_kind=Advance.KIND,
        amount_cents=advance.amount_cents,
        pocket=advance.pocket,
        by=by,
    )


def pay_advances_again() -> str:
    """Timed work: an advance that came back, or is due to an account that the student replaced since, goes to the one
    that was signed for. May run twice: the second run finds nothing."""
    waiting = PaymentOrder.objects.filter(reference_kind=Advance.KIND, state__in=(OrderState.DUE, *_BACK))
    ids = {int(pk) for pk in waiting.values_list("reference_id", flat=True)}
    again = sum(_pay_again(pk) for pk in sorted(ids))
    return f"{again} paid again"


def _pay_again(request_id: int) -> bool:
    with transaction.atomic():
        workflow.lock(Foundation, 1)  # no batch takes the order, and no statement settles it, meanwhile
        request = workflow.lock(AidRequest, request_id)
        advance = Advance.objects.select_related("pocket").get(request=request)
        order = advances.last_order(request)
        if order is None or not _waits_for_account(request, order):
            return False
        if order.state == OrderState.DUE:
            cancel_order(order, by=None, why="account_changed")
        order_advance(request, advance, by=None)
    return True


def _waits_for_account(request: AidRequest, order: PaymentOrder) -> bool:
    """Whether the student has signed for another account than that of a transfer which did not leave, or came back.

    Not in a draft, whose account nobody signed for; nor where somebody must look first, or whose person was erased.
    """
    account = request.bank_details
    if account is None or request.state in (RequestState.DRAFT, RequestState.WITHDRAWN):
        return False
    if order.state not in (OrderState.DUE, *_BACK) or returns.needs_a_human(order):
        return False
    is_erased = request.applicant.subject_key.wrapped_key is None
    return order.iban_fingerprint != account.iban_fingerprint and not is_erased


def tell_late_advances() -> str:
    """Timed work: the chair and the administrators are told of an advance that is late, and again at twice the delay.

    One mail a person and a time: its key is unique.
    """
    told = 0
    for advance in advances.late_advances().select_related("rules", "request"):
        with transaction.atomic():
            workflow.lock(AidRequest, advance.request_id)
            if advance.outcomes.exists():
                continue
            told += _tell(advance, 2 if clock.today() > _second_day(advance) else 1)
    return f"{told} told"


def _second_day(advance: Advance) -> date:
    return advance.ratify_by + timedelta(days=advance.rules.ratify_days)


def _tell(advance: Advance, time: int) -> int:
    people = User.objects.filter(
        is_active=True,
        role_grants__role__in=(Role.CHAIR, Role.ADMINISTRATOR),
        role_grants__revoked_at=None,
    )
    found = list(people.exclude(pk=advance.request.applicant.user_id).distinct().order_by("pk"))
    for person in found:
        mail.send_mail(
            key=f"advance:{advance.pk}:late:{time}:{person.pk}",
            to=person.email,
            template="advance_late",
            language=person.language,
            context={
                "reference": advance.request.reference,
                "ratify_by": advance.ratify_by,
                "link": settings.SITE_URL + reverse("advance_list"),
            },
        )
    return len(found)
