"""Monthly gifts that wait for their first payment, or are behind, held against the provider."""

from django.utils import timezone

from donations import stripe_lookups, stripe_subscriptions
from donations.actions import monthly as acts
from donations.actions.confirming import ToldBy, fail_gift
from donations.actions.findings import Found, close_finding, note_finding
from donations.models import Gift, MonthlyGift
from donations.models.gifts import RECEIVED_STATES, MonthlyState
from donations.models.provider import Difference
from donations.reasons import EventParked
from donations.stripe_lookups import Invoice
from donations.stripe_subscriptions import ENDED, ProviderRefused

BEHIND = ("past_due", "unpaid")
RUNNING = ("active", "trialing")


def compare_monthly(monthly: MonthlyGift) -> Found:
    """Counts the months that were paid and not told, then follows the state. Raises ProviderUnavailable."""
    first = monthly.gifts.order_by("pk")[0]
    subscription_id = monthly.subscription_id or _subscription_of_page(first)
    if not subscription_id:
        return _without_subscription(first)
    try:
        subscription = stripe_subscriptions.read_subscription(subscription_id)
    except ProviderRefused:
        return note_finding(first, Difference.UNKNOWN_THERE)
    close_finding(first, Difference.UNKNOWN_THERE)
    counted = [_count(first, one) for one in stripe_lookups.paid_invoices(subscription_id)]
    if Found.DIFFERING in counted:
        return Found.DIFFERING
    close_finding(first, Difference.NOT_REPAIRED)
    monthly.refresh_from_db()
    has_moved = _follow(monthly, subscription.status, subscription_id, first.reference)
    return Found.REPAIRED if has_moved or Found.REPAIRED in counted else Found.SAME


def _subscription_of_page(first: Gift) -> str:
    """The subscription that the pay page of a first month made; empty while it made none."""
    attempt = first.attempts.exclude(session_id=None).order_by("-number").first()
    page = stripe_lookups.read_page(attempt.session_id or "") if attempt is not None else None
    return page.subscription_id if page is not None else ""


def _without_subscription(first: Gift) -> Found:
    """No first month was begun: an expired pay page fails it, an open one may still be paid."""
    attempt = first.attempts.exclude(session_id=None).order_by("-number").first()
    if attempt is None or first.state in RECEIVED_STATES:
        return Found.SAME
    page = stripe_lookups.read_page(attempt.session_id or "")
    if page is None:
        return note_finding(first, Difference.UNKNOWN_THERE)
    close_finding(first, Difference.UNKNOWN_THERE)
    if page.status != "expired":
        return Found.SAME
    before = first.state
    fail_gift(gift=first, attempt=attempt, why="expired", created=timezone.now())
    first.refresh_from_db(fields=["state"])
    return Found.SAME if first.state == before else Found.REPAIRED


def _count(first: Gift, invoice: Invoice) -> Found:
    when = invoice.paid_at or timezone.now()
    try:
        outcome = acts.receive_invoice(invoice=invoice.facts, created=when, told_by=ToldBy.COMPARISON)
    except EventParked as parked:
        return note_finding(first, Difference.NOT_REPAIRED, reason=parked.reason)
    return Found.SAME if outcome.note == "already_known" else Found.REPAIRED


def _follow(monthly: MonthlyGift, status: str, subscription_id: str, reference: str) -> bool:
    """The state as the provider says it is now; True when it moved."""
    now, before = timezone.now(), monthly.state
    if status in ENDED and before != MonthlyState.STOPPED:
        acts.stop_monthly(
            subscription_id=subscription_id, reference=reference, created=now, told_by=ToldBy.COMPARISON
        )
    elif before == MonthlyState.PENDING:
        return False  # only a month that was paid begins it
    elif status in (*RUNNING, *BEHIND):
        acts.hear_standing(monthly=monthly, is_behind=status in BEHIND, created=now)
    monthly.refresh_from_db(fields=["state"])
    return monthly.state != before
