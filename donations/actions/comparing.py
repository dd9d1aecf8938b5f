"""Open gifts held against the provider: what no event told, or what got lost with it, is repaired by the same acts.

What is asked outside is asked first, each gift is then repaired in a transaction of its own. Donors are not written to
(failure 2): thanks, and bad news too, belong to events; a gift repaired here shows on its page. What is younger than
`YOUNG` is left alone (failure 4: its event may be on its way). Where we count money that the provider says is not
there, nothing is changed: a person sees a finding, which the comparison that finds it gone closes.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from donations import stripe_lookups
from donations.actions import comparing_monthly
from donations.actions.confirming import ToldBy, confirm_gift, fail_gift, wait_for_bank
from donations.actions.findings import Found, close_finding, note_finding
from donations.actions.handling import note_ids
from donations.models import ComparisonRun, ComparisonSwitch, Gift, MonthlyGift, PaymentAttempt
from donations.models.gifts import Channel, GiftState, MonthlyState
from donations.models.provider import Difference
from donations.reasons import EventParked
from donations.stripe_gateway import ProviderUnavailable
from donations.stripe_lookups import PayPage
from fund import audit, clock
from fund.models import Movement
from fund.models.ledger import Kind

YOUNG = timedelta(minutes=15)
LOOK_BACK = timedelta(days=30)
AT_ONCE = 200  # open gifts in one run
COUNTED_AT_ONCE = 100
ROUNDS = 24  # a counted or failed gift is looked at once in so many runs
GIVE_UP_AFTER = 3  # silences of the provider one after the other
FAILED_INTENTS = ("requires_payment_method", "canceled")
SESSION_PAID = "succeeded"


def is_on() -> bool:
    """Whether comparisons may run; on unless somebody turned them off."""
    newest = ComparisonSwitch.objects.order_by("-pk").first()
    return newest is None or newest.is_on


def turn(*, to: str) -> ComparisonSwitch:
    """Turns the comparisons « on » or « off »; the row says since when."""
    with transaction.atomic():
        row = ComparisonSwitch.objects.create(is_on=to == "on", turned_at=timezone.now())
        audit.record("comparison.turned", row, by=None, to=to)
        return row


def compare_hourly() -> str:
    """Timed work."""
    if not is_on():
        return "turned off"
    run = compare()
    return f"{run.checked} checked, {run.repaired} repaired, {run.differing} differing, {run.unreachable} unreachable"


def compare() -> ComparisonRun:
    """One run over open gifts, monthly gifts that are behind, and some of those counted; its figures are kept."""
    run = ComparisonRun.objects.create(started_at=timezone.now())
    counts: Counter[Found] = Counter()
    silences = 0
    for look in _looks(run.pk):
        try:
            found = look()
        except ProviderUnavailable:
            found = Found.UNREACHABLE
        silences = silences + 1 if found == Found.UNREACHABLE else 0
        counts[found] += 1
        if silences == GIVE_UP_AFTER:
            break
    run.checked = counts.total()
    run.repaired, run.differing = counts[Found.REPAIRED], counts[Found.DIFFERING]
    run.unreachable, run.finished_at = counts[Found.UNREACHABLE], timezone.now()
    run.save(update_fields=["checked", "repaired", "differing", "unreachable", "finished_at"])
    return run


def _looks(turn_number: int) -> Iterator[Callable[[], Found]]:
    """What this run looks at, one call each; the rows are read now, the provider when the call is made."""
    for gift in _open_gifts(turn_number):
        yield partial(_compare_open, gift)
    behind = MonthlyGift.objects.filter(state__in=(MonthlyState.PENDING, MonthlyState.PAST_DUE))
    old = clock.moment() - YOUNG
    for monthly in list(behind.filter(created_at__lt=old).order_by("-pk")[:AT_ONCE]):
        yield partial(comparing_monthly.compare_monthly, monthly)
    for gift in _counted_gifts(turn_number):
        yield partial(_compare_counted, gift)


def _open_gifts(turn_number: int) -> list[Gift]:
    """Promised or waiting gifts with a pay page, none of whose tries is young; of the failed ones a part each run."""
    now = clock.moment()
    tried = Gift.objects.filter(channel=Channel.ONLINE, monthly=None, created_at__gt=now - LOOK_BACK)
    tried = tried.annotate(last_try=Max("attempts__created_at"), page=Max("attempts__session_id"))
    tried = tried.filter(last_try__lt=now - YOUNG, page__isnull=False)
    waiting = tried.filter(state__in=(GiftState.PLEDGED, GiftState.PENDING)).order_by("-pk")
    failed = _part_of(tried.filter(state=GiftState.FAILED), turn_number)
    return [*waiting[:AT_ONCE], *failed[:AT_ONCE]]


def _counted_gifts(turn_number: int) -> list[Gift]:
    """Those counted, or undone, within the last month by a payment of the provider: a part each run."""
    states = (GiftState.SUCCEEDED, GiftState.UNDONE)
    counted = Gift.objects.filter(channel=Channel.ONLINE, state__in=states)
    recent = counted.filter(succeeded_at__gt=clock.moment() - LOOK_BACK)
    return list(_part_of(recent, turn_number)[:COUNTED_AT_ONCE])


def _part_of(gifts: QuerySet[Gift], turn_number: int) -> QuerySet[Gift]:
    part = gifts.annotate(turn=F("pk") % ROUNDS).filter(turn=turn_number % ROUNDS)
    return part.order_by("-pk")


def _compare_open(gift: Gift) -> Found:
    """Each pay page of an open gift, the newest first, until one says something."""
    found = Found.SAME
    attempts = gift.attempts.exclude(session_id=None).order_by("-number")
    for attempt in list(attempts[:GIVE_UP_AFTER]):
        page = stripe_lookups.read_page(attempt.session_id or "")
        said = _settle(gift, attempt, page)
        if said in (Found.REPAIRED, Found.DIFFERING):
            return said
        found = said
    return found


def _settle(gift: Gift, attempt: PaymentAttempt, page: PayPage | None) -> Found:
    """One gift in one transaction, by the acts that its events would have called."""
    if page is None:
        return note_finding(gift, Difference.UNKNOWN_THERE)
    close_finding(gift, Difference.UNKNOWN_THERE)
    intent = page.intent
    if page.is_paid and intent is not None and intent.status == SESSION_PAID:
        return _count(gift, attempt, page)
    now = timezone.now()
    if page.status == "complete" and intent is not None and intent.status == "processing":
        return _if_moved(gift, lambda: wait_for_bank(gift=gift, created=now))
    if page.status == "expired":
        return _if_moved(gift, lambda: fail_gift(gift=gift, attempt=attempt, why="expired", created=now))
    if page.status == "complete" and intent is not None and intent.status in FAILED_INTENTS:
        return _if_moved(gift, lambda: fail_gift(gift=gift, attempt=attempt, why="refused", created=now))
    return Found.SAME


def _count(gift: Gift, attempt: PaymentAttempt, page: PayPage) -> Found:
    assert page.intent is not None  # noqa: S101 - the caller looked
    try:
        with transaction.atomic():
            outcome = confirm_gift(
                gift=gift,
                payment_id=page.intent.id,
                amount_cents=page.intent.amount_cents,
                currency=page.intent.currency,
                created=page.intent.paid_at or timezone.now(),
                told_by=ToldBy.COMPARISON,
            )
            note_ids(attempt, page.payment)
    except EventParked as parked:
        return note_finding(gift, Difference.NOT_REPAIRED, reason=parked.reason)
    close_finding(gift, Difference.NOT_REPAIRED)
    return Found.SAME if outcome.note == "already_known" else Found.REPAIRED


def _if_moved(gift: Gift, act: Callable[[], object]) -> Found:
    before = gift.state
    act()
    gift.refresh_from_db(fields=["state"])
    return Found.SAME if gift.state == before else Found.REPAIRED


def _compare_counted(gift: Gift) -> Found:
    """Money that we count must be there, and what a bank took back must not be: never repaired, always shown."""
    line = Movement.objects.filter(
        kind=Kind.GIFT, subject_kind="gift", subject_id=str(gift.pk), cause_key__startswith="stripe:"
    ).first()
    if line is None:
        return Found.SAME
    is_paid = _is_paid(line.cause_key.split(":")[1], gift)
    if gift.state == GiftState.UNDONE:
        close_finding(gift, Difference.COUNTED_NOT_PAID)
        kind, differs = Difference.UNDONE_PAID, is_paid
    else:
        kind, differs = Difference.COUNTED_NOT_PAID, not is_paid
    if differs:
        return note_finding(gift, kind)
    close_finding(gift, kind)
    return Found.SAME


def _is_paid(payment_id: str, gift: Gift) -> bool:
    """Whether the provider says that this payment, or the invoice with its payment, succeeded and still does."""
    if not payment_id.startswith("in_"):
        intent = stripe_lookups.read_intent(payment_id)
        return intent is not None and intent.status == SESSION_PAID
    invoice = stripe_lookups.read_invoice(payment_id)
    if invoice is None or invoice.status != "paid":
        return False
    tied = gift.attempts.exclude(payment_intent_id=None).order_by("-number").first()
    intent = stripe_lookups.read_intent(tied.payment_intent_id or "") if tied is not None else None
    return intent is None or intent.status == SESSION_PAID
