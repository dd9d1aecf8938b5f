"""Refunds that the treasurer asks of the provider: written down first, asked outside any transaction, booked by the
refund's own event.

A worker that dies between the steps loses nothing: the order stays asked, and `ask_waiting_refunds` asks again. Before
asking a second time it looks for the refund at the provider, whose keys are forgotten after a day and whose 5xx is
played back for ever: an order gives back once.
"""

import logging
import uuid
from collections.abc import Callable
from functools import partial

from django.db import transaction
from django_tasks import task

from donations import refund_rules, stripe_refunds
from donations.models import Gift, Refund, RefundOrder
from donations.models.staff import RefundOrderState
from donations.refund_words import BROKE, NO_ANSWER
from donations.stripe_gateway import ProviderBroke, ProviderUnavailable
from donations.stripe_refunds import MadeRefund, RefundRefused
from donations.workflow import REFUND_ORDER
from fund import audit, clock, workflow
from fund.models import User
from fund.roles import demand

logger = logging.getLogger(__name__)
AT_ONCE = 100


def order_refund(
    *, by: User, gift: Gift, amount_cents: int, reason: str, risk_accepted: bool, form_token: uuid.UUID
) -> RefundOrder:
    """Writes down that `amount_cents` of a gift go back to its donor; a worker asks the provider at once.

    The same form twice gives the same order. Raises Refused (`refund_rules.py`).
    """
    with transaction.atomic():
        gift = workflow.lock(Gift, gift.pk)
        known = RefundOrder.objects.filter(form_token=form_token).first()
        if known is not None:
            demand(refund_rules.check_form(known, gift))
            return known
        demand(refund_rules.can_refund(by, gift))
        demand(refund_rules.check_amount(gift, amount_cents))
        demand(refund_rules.check_risk(gift, accepted=risk_accepted))
        number = RefundOrder.objects.filter(gift=gift).count() + 1
        order = RefundOrder.objects.create(
            gift=gift,
            number=number,
            form_token=form_token,
            amount_cents=amount_cents,
            reason=reason,
            risk_accepted=risk_accepted and refund_rules.at_risk_until(gift) is not None,
            payment_id=refund_rules.payment_of(gift),
            idempotency_key=f"refund-{gift.token}-{number}",
            asked_by=by,
            asked_at=clock.moment(),
        )
        audit.record(
            "refund.ordered",
            order,
            by=by,
            gift=gift.pk,
            amount_cents=amount_cents,
            reason=reason,
            risk=order.risk_accepted,
        )
        ask_refund.enqueue(order.pk)
        return order


@task()
def ask_refund(order_id: int) -> str:
    """Asks the provider for the refund of one order, once more if need be; what came of it, in a word."""
    order = RefundOrder.objects.select_related("gift").get(pk=order_id)
    if order.state != RefundOrderState.ASKED:
        return order.state
    try:
        made = _ask(order)
    except RefundRefused as refused:
        return _write(order, partial(_refuse, code=refused.code))
    except ProviderUnavailable as error:
        problem = BROKE if isinstance(error, ProviderBroke) else NO_ANSWER
        logger.warning("refund order %s has no answer: %s", order.pk, error)
        return _write(order, partial(_note_problem, problem=problem))
    if made is None:
        return "asked elsewhere"
    return _write(order, partial(_note_refund, stripe_id=made.id))


def ask_waiting_refunds() -> str:
    """Timed work: the orders that have no answer, asked again."""
    waiting = RefundOrder.objects.filter(state=RefundOrderState.ASKED).order_by("pk")
    outcomes = [ask_refund.func(pk) for pk in list(waiting.values_list("pk", flat=True)[:AT_ONCE])]
    answered = sum(outcome in (RefundOrderState.SENT, RefundOrderState.BOOKED) for outcome in outcomes)
    return f"{answered} answered of {len(outcomes)}"


def tie_refund(refund: Refund) -> None:
    """A refund was just booked: the order that asked for it is done. Its gift is locked by the caller."""
    orders = RefundOrder.objects.filter(stripe_id=refund.stripe_id, state=RefundOrderState.SENT)
    for order in orders:
        workflow.move(REFUND_ORDER, order, "book", by=None, fields={"refund": refund})


def _ask(order: RefundOrder) -> MadeRefund | None:
    """Looks before asking a second time. None when another worker asks at this moment, or has its answer."""
    found = stripe_refunds.find_refund(order) if order.tries else None
    if found is not None:
        return found
    begun = _begin_try(order)
    return stripe_refunds.create_refund(begun) if begun is not None else None


def _begin_try(seen: RefundOrder) -> RefundOrder | None:
    """Counts a try under lock. After the provider broke, under a key of its own: it was seen to have done nothing.

    None when another worker has begun a try, or got its answer, since `seen` was read: what was looked at then may be
    true no more, and a new key would give back a second time.
    """
    with transaction.atomic():
        gift = workflow.lock(Gift, seen.gift_id)
        order = workflow.lock(RefundOrder, seen.pk)
        if order.state != RefundOrderState.ASKED or (order.tries, order.problem) != (
            seen.tries,
            seen.problem,
        ):
            return None
        if order.problem == BROKE:
            order.idempotency_key = f"refund-{gift.token}-{order.number}-{order.tries + 1}"
        order.tries += 1
        order.problem = ""
        order.save(update_fields=["tries", "idempotency_key", "problem"])
        order.gift = gift
        return order


def _write(order: RefundOrder, change: Callable[[RefundOrder], None]) -> str:
    """Makes one change of an order that still has no answer, under the locks of gift and order; its state after."""
    with transaction.atomic():
        workflow.lock(Gift, order.gift_id)
        row = workflow.lock(RefundOrder, order.pk)
        if row.state == RefundOrderState.ASKED:
            change(row)
        return str(row.state)


def _note_problem(order: RefundOrder, problem: str) -> None:
    order.problem = problem
    order.save(update_fields=["problem"])


def _refuse(order: RefundOrder, code: str) -> None:
    workflow.move(
        REFUND_ORDER,
        order,
        "refuse",
        by=None,
        why=code,
        fields={"problem": code, "answered_at": clock.moment()},
    )
    audit.record("refund.order_refused", order, by=None, gift=order.gift_id, problem=code)


def _note_refund(order: RefundOrder, stripe_id: str) -> None:
    """The provider's refund; its event may have been booked before the answer came."""
    fields = {"stripe_id": stripe_id, "answered_at": clock.moment(), "problem": ""}
    workflow.move(REFUND_ORDER, order, "send", by=None, why=stripe_id, fields=fields)
    booked = Refund.objects.filter(stripe_id=stripe_id).first()
    if booked is not None:
        tie_refund(booked)
        order.refresh_from_db()
