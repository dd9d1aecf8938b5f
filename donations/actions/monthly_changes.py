"""A donor changes, pauses, resumes or stops a monthly gift: written first, then told to the provider, then done.

Nothing here runs in one transaction with the call outside. What was asked and got no answer is told again by the
timed work, under the key that was stored with it; the provider's own event settles it too, whichever comes first.
Locks in one order: the monthly gift, then its change.
"""

import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from donations import monthly_rules, notifications, stripe_subscriptions
from donations.actions.confirming import Outcome
from donations.models import MonthlyChange, MonthlyGift
from donations.models.gifts import MonthlyState
from donations.models.monthly_changes import AskedFrom, ChangeKind, ChangeState
from donations.monthly_rules import Wanted
from donations.stripe_gateway import ProviderBroke, ProviderUnavailable
from donations.stripe_subscriptions import ProviderRefused, Subscription
from donations.workflow import MONTHLY, MONTHLY_CHANGE
from fund import audit, clock, workflow
from fund.roles import Refusal, Refused, demand

AT_ONCE = 100
# What was asked a moment ago is being told by the request that asked it.
OWN_TIME = timedelta(minutes=1)


def change_monthly(
    *, monthly: MonthlyGift, wanted: Wanted, form_token: uuid.UUID, asked_from: AskedFrom
) -> MonthlyChange:
    """Asks for one change and tells the provider at once; still « asked » when the provider did not answer.

    The same form, sent twice or from two tabs, is one change. Raises Refused with the sentence for the donor.
    """
    change = ask_change(monthly=monthly, wanted=wanted, form_token=form_token, asked_from=asked_from)
    return carry_out(change=change) if change.state == ChangeState.ASKED else change


def ask_change(
    *, monthly: MonthlyGift, wanted: Wanted, form_token: uuid.UUID, asked_from: AskedFrom
) -> MonthlyChange:
    """The row of one change, made once; nobody outside knows of it yet. Raises Refused.

    One change at a time: only a stop takes the place of another one under way.
    """
    once = uuid.uuid5(form_token, f"{monthly.pk}:{wanted}")
    try:
        with transaction.atomic():
            return _ask_once(monthly, wanted, once, asked_from)
    except IntegrityError:  # another thread was first: its change is there now
        known = MonthlyChange.objects.filter(once=once).first()
        if known is None:
            raise Refused(_under_way()) from None
        return known


def _ask_once(monthly: MonthlyGift, wanted: Wanted, once: uuid.UUID, asked_from: AskedFrom) -> MonthlyChange:
    monthly = workflow.lock(MonthlyGift, monthly.pk)
    known = MonthlyChange.objects.filter(once=once).first()
    if known is not None:
        return known
    demand(monthly_rules.can_change(monthly, wanted))
    now = clock.moment()
    under_way = monthly_rules.change_under_way(monthly)
    if under_way is not None:
        if wanted.kind != ChangeKind.STOP or under_way.kind == ChangeKind.STOP:
            raise Refused(_under_way())
        under_way = workflow.lock(MonthlyChange, under_way.pk)
        workflow.move(MONTHLY_CHANGE, under_way, "supersede", by=None, fields={"settled_at": now})
    change = MonthlyChange.objects.create(
        monthly=monthly,
        kind=wanted.kind,
        amount_cents=wanted.amount_cents,
        resumes_on=wanted.resumes_on,
        once=once,
        asked_from=asked_from,
        idempotency_key=_key(once, 1),
        asked_at=now,
    )
    audit.record("monthly.change_asked", monthly, by=None, change=change.pk, kind=change.kind)
    return change


def _under_way() -> Refusal:
    return Refusal("under_way", _("Un changement est déjà en route. Revenez dans quelques minutes."))


def _key(once: uuid.UUID, tries: int) -> str:
    return f"monthly-change-{once}-{tries}"


def carry_out(*, change: MonthlyChange) -> MonthlyChange:
    """Tells the provider, then writes what came of it. Without an answer the change stays asked: told again later."""
    try:
        _tell_provider(change)
    except ProviderBroke:
        return _renew_key(change)
    except ProviderUnavailable:
        return change
    except ProviderRefused:
        return _refuse(change)
    return settle_change(change=change)


def carry_out_waiting_changes() -> str:
    """Timed work: tells the provider again what it did not answer."""
    waiting = MonthlyChange.objects.filter(
        state=ChangeState.ASKED, asked_at__lt=clock.moment() - OWN_TIME
    ).select_related("monthly")
    told = [carry_out(change=change) for change in waiting.order_by("pk")[:AT_ONCE]]
    return f"{sum(change.state == ChangeState.DONE for change in told)} done of {len(told)}"


def _tell_provider(change: MonthlyChange) -> None:
    subscription_id = change.monthly.subscription_id or ""
    if change.kind == ChangeKind.AMOUNT:
        stripe_subscriptions.change_amount(
            subscription_id, amount_cents=change.amount_cents or 0, key=change.idempotency_key
        )
    elif change.kind == ChangeKind.PAUSE:
        stripe_subscriptions.pause(subscription_id, resumes_on=change.resumes_on, key=change.idempotency_key)
    elif change.kind == ChangeKind.RESUME:
        stripe_subscriptions.resume(subscription_id, key=change.idempotency_key)
    else:
        stripe_subscriptions.end(subscription_id)


def _renew_key(change: MonthlyChange) -> MonthlyChange:
    """The provider repeats a broken answer to the same key for a day: the next try has another one."""
    with transaction.atomic():
        change = workflow.lock(MonthlyChange, change.pk)
        if change.state == ChangeState.ASKED:
            change.tries += 1
            change.idempotency_key = _key(change.once, change.tries)
            change.save(update_fields=["tries", "idempotency_key"])
        return change


def settle_change(*, change: MonthlyChange) -> MonthlyChange:
    """The provider took the change: the monthly gift follows, and the donor is told. Once, whoever says so first."""
    with transaction.atomic():
        monthly = workflow.lock(MonthlyGift, change.monthly_id)
        change = workflow.lock(MonthlyChange, change.pk)
        if change.state == ChangeState.ASKED:
            _settle(monthly, change)
        return change


def _settle(monthly: MonthlyGift, change: MonthlyChange) -> None:
    now = clock.moment()
    workflow.move(MONTHLY_CHANGE, change, "settle", by=None, fields={"settled_at": now})
    monthly.changed_at = timezone.now()
    if change.kind == ChangeKind.AMOUNT:
        monthly.amount_cents = change.amount_cents or monthly.amount_cents
    monthly.save(update_fields=["changed_at", "amount_cents"])
    step, fields = _step_of(change, max(now, monthly.created_at))
    if step and monthly.state in MONTHLY.steps[step].sources:
        workflow.move(MONTHLY, monthly, step, by=None, why=f"change {change.pk}", fields=fields)
    audit.record("monthly.changed", monthly, by=None, change=change.pk, kind=change.kind)
    if change.kind == ChangeKind.STOP:
        notifications.tell_monthly_stopped(monthly)
    else:
        notifications.tell_monthly_changed(change)


def _step_of(change: MonthlyChange, when: datetime) -> tuple[str, dict[str, object]]:
    """The step of the monthly gift that a change makes, with what is written beside it; "" for an amount."""
    over: dict[str, object] = {"paused_at": None, "paused_until": None}
    if change.kind == ChangeKind.PAUSE:
        return "pause", {"paused_at": when, "paused_until": change.resumes_on}
    if change.kind == ChangeKind.RESUME:
        return "resume", over
    return ("stop", {**over, "stopped_at": when}) if change.kind == ChangeKind.STOP else ("", {})


def _refuse(change: MonthlyChange) -> MonthlyChange:
    """The provider said no, and would say it again: nothing changed, and the donor is told."""
    with transaction.atomic():
        change = workflow.lock(MonthlyChange, change.pk)
        if change.state == ChangeState.ASKED:
            workflow.move(MONTHLY_CHANGE, change, "refuse", by=None, fields={"settled_at": clock.moment()})
            notifications.tell_change_refused(change)
        return change


def close_changes(monthly: MonthlyGift) -> None:
    """The subscription of a locked monthly gift ended: a stop that was asked is done, another change is pointless."""
    under_way = monthly_rules.change_under_way(monthly)
    if under_way is None:
        return
    step = "settle" if under_way.kind == ChangeKind.STOP else "supersede"
    workflow.move(
        MONTHLY_CHANGE,
        workflow.lock(MonthlyChange, under_way.pk),
        step,
        by=None,
        fields={"settled_at": clock.moment()},
    )


def hear_subscription(*, subscription: Subscription, created: datetime) -> Outcome:
    """What the provider says a subscription is now: settles what was asked, and follows a pause that ended by itself.

    Older news than our last change say nothing. An amount changed at the provider by hand is not agreed to: its
    invoices will be parked, where a person sees them.
    """
    with transaction.atomic():
        found = (
            MonthlyGift.objects.filter(subscription_id=subscription.id).first() if subscription.id else None
        )
        if found is None:
            return Outcome(note="information")
        monthly = workflow.lock(MonthlyGift, found.pk)
        if monthly.changed_at is not None and created <= monthly.changed_at:
            return Outcome(note="overtaken")
        under_way = monthly_rules.change_under_way(monthly)
        if under_way is not None and _is_done(under_way, subscription):
            _settle(monthly, workflow.lock(MonthlyChange, under_way.pk))
            return Outcome()
        return Outcome(note="" if _follow_pause(monthly, subscription, created) else "information")


def _is_done(change: MonthlyChange, subscription: Subscription) -> bool:
    if change.kind == ChangeKind.AMOUNT:
        return subscription.amount_cents == change.amount_cents
    if change.kind == ChangeKind.PAUSE:
        return subscription.is_paused
    return change.kind == ChangeKind.RESUME and not subscription.is_paused


def _follow_pause(monthly: MonthlyGift, subscription: Subscription, created: datetime) -> bool:
    """A pause that began or ended at the provider; True when something changed here."""
    if monthly.state == MonthlyState.PAUSED and not subscription.is_paused:
        fields: dict[str, object] = {"paused_at": None, "paused_until": None, "changed_at": created}
        workflow.move(MONTHLY, monthly, "resume", by=None, why="provider", fields=fields)
        notifications.tell_monthly_resumed(monthly, when=created)
    elif monthly.state == MonthlyState.ACTIVE and subscription.is_paused:
        resumes = subscription.resumes_at
        until = clock.paris_date(resumes - clock.shift()) if resumes else None
        fields = {"paused_at": clock.moment(), "paused_until": until, "changed_at": created}
        workflow.move(MONTHLY, monthly, "pause", by=None, why="provider", fields=fields)
    else:
        return False
    audit.record("monthly.followed", monthly, by=None, state=monthly.state)
    return True
