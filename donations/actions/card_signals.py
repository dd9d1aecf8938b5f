"""What the provider's charges tell afterwards about stolen cards: signals, alerts, and giving that closes by itself.

A charge moves no money here: gifts count by their payment, not by their charge. What is read is the means of payment
and, for a card, the provider's fingerprint of it, kept as a keyed hash only. An alert tells people; it refuses nobody.
Only very many declined cards within an hour do something: giving closes, and the administrators are written to.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from donations import giving_notices, giving_rules
from donations.actions.confirming import Outcome
from donations.actions.setting_giving import lock_giving_settings
from donations.models import CardAlert, ChargeSignal, Gift, PaymentAttempt
from donations.models.giving import AlertKind, ClosedBecause
from donations.stripe_events import Event, card_of, id_of, means_of, reference_of
from fund import audit, clock, vault, workflow
from fund.models import User

WITHIN = timedelta(hours=1)
# Nobody mistypes one card five times within an hour, nor owns four that are tried for one address.
ONE_CARD_DECLINES = 5
MANY_CARDS = 4
# What the provider tells hours late says nothing about the present hour.
CLOSES_ON_NEWS_OF = timedelta(hours=2)
# A debit that a bank refuses days later is nobody trying cards.
DEBIT = "sepa_debit"
# After that long nobody looks for a card any more: signals lose its hash, alerts that were seen go.
KEPT_FOR = timedelta(days=90)


def note_charge(event: Event) -> Outcome:
    """Keeps what a `charge` says of its means of payment, once per charge, and looks at what it adds up to."""
    body = event.body
    if not event.object_id:
        return Outcome(note="information")
    means, fingerprint = means_of(body), card_of(body)
    payment_id = id_of(body.get("payment_intent"))
    gift = _gift_of(reference_of(body), payment_id)
    with transaction.atomic():
        signal, is_new = ChargeSignal.objects.get_or_create(
            charge_id=event.object_id,
            defaults={
                "payment_intent_id": payment_id,
                "gift": gift,
                "means": means,
                "card": vault.blind_index("card", fingerprint) if fingerprint else "",
                "is_declined": body.get("status") == "failed",
                "happened_at": event.created,
            },
        )
        if gift is not None and not signal.is_declined:
            _name_means(gift.pk, means)
        if is_new and means != DEBIT:
            _look(signal)
    return Outcome(gift, "information" if is_new else "already_known")


def tie_signals(*, gift: Gift, payment_intent_id: str) -> None:
    """A payment is known as this gift's: charges told before anything tied the two (a month's) are the gift's too."""
    told = ChargeSignal.objects.filter(payment_intent_id=payment_intent_id, gift=None)
    if payment_intent_id and told.update(gift=gift):
        paid = ChargeSignal.objects.filter(payment_intent_id=payment_intent_id, is_declined=False).first()
        _name_means(gift.pk, paid.means if paid else "")


def mark_alert_seen(*, by: User, alert: CardAlert) -> None:
    """A person has looked: the alert leaves the desks. Raises AlreadyDone."""
    with transaction.atomic():
        alert = workflow.lock(CardAlert, alert.pk)
        if alert.seen_at is not None:
            raise workflow.AlreadyDone("")
        alert.seen_by, alert.seen_at = by, clock.moment()
        alert.save(update_fields=["seen_by", "seen_at"])
        audit.record("card_alert.seen", alert, by=by, kind=alert.kind)


def forget_old_cards() -> str:
    """Timed work: after KEPT_FOR the cards' hashes and the alerts that somebody saw are gone."""
    before = timezone.now() - KEPT_FOR
    with transaction.atomic():
        told = ChargeSignal.objects.filter(happened_at__lt=before).exclude(card="").update(card="")
        deleted, _by_model = CardAlert.objects.filter(hour__lt=before).exclude(seen_at=None).delete()
    return f"{told} forgotten, {deleted} alerts deleted"


def _name_means(gift_pk: int, means: str) -> None:
    """The first word stays; the second payment of a gift is another row."""
    if means:
        Gift.objects.filter(pk=gift_pk, paid_with="").update(paid_with=means)


def _gift_of(reference: str, payment_id: str) -> Gift | None:
    """The gift that a charge names, or whose payment it is; a charge that is nobody's is kept without one."""
    if payment_id:
        tried = PaymentAttempt.objects.select_related("gift").filter(payment_intent_id=payment_id).first()
        if tried is not None:
            return tried.gift
    return Gift.objects.filter(reference=reference).first() if reference else None


def _look(signal: ChargeSignal) -> None:
    """Counts, over the hour that this charge ends, what it may be the last sign of."""
    hour = ChargeSignal.objects.filter(
        happened_at__gt=signal.happened_at - WITHIN, happened_at__lte=signal.happened_at
    ).exclude(means=DEBIT)
    if signal.gift is not None and signal.card:
        cards = hour.filter(gift__donor=signal.gift.donor_id).exclude(card="")
        number = cards.values("card").distinct().count()
        if number >= MANY_CARDS:
            _raise_alert(AlertKind.MANY_CARDS, str(signal.gift.donor_id), number, signal)
    if not signal.is_declined:
        return
    declines = hour.filter(is_declined=True)
    if signal.card and (number := declines.filter(card=signal.card).count()) >= ONE_CARD_DECLINES:
        _raise_alert(AlertKind.ONE_CARD, signal.card, number, signal)
    number = declines.count()
    if number >= giving_rules.giving_settings().declines_told:
        _raise_alert(AlertKind.DECLINES, "", number, signal)
        _close_when_too_many(declines, signal)


def _raise_alert(kind: AlertKind, subject: str, number: int, signal: ChargeSignal) -> None:
    """One row per hour of the clock, which more of the same only makes count higher: seen once is seen."""
    hour = signal.happened_at.replace(minute=0, second=0, microsecond=0)
    alert, _made = CardAlert.objects.get_or_create(
        kind=kind,
        subject=subject,
        hour=hour,
        defaults={"number": number, "gift": signal.gift, "raised_at": clock.moment()},
    )
    CardAlert.objects.filter(pk=alert.pk, number__lt=number).update(number=number)


def _close_when_too_many(declines: QuerySet[ChargeSignal], signal: ChargeSignal) -> None:
    """Closes giving online, once, at the number an administrator set; declines before it was last opened are past."""
    if not _is_news(signal.happened_at) or not giving_rules.giving_settings().is_open:
        return
    row = lock_giving_settings()
    if row.declines_from is not None:
        declines = declines.filter(happened_at__gt=row.declines_from)
    number = declines.count()
    if not row.is_open or number < row.declines_closing:
        return
    row.is_open, row.closed_because = False, ClosedBecause.CARD_TESTING
    row.changed_by, row.changed_at, row.revision = None, clock.moment(), row.revision + 1
    row.save()
    audit.record("giving.closed", row, by=None, reason=row.closed_because, declines=number)
    _raise_alert(AlertKind.CLOSED, "", number, signal)
    giving_notices.tell_giving_closed(revision=row.revision, declines=number)


def _is_news(happened_at: datetime) -> bool:
    return happened_at > timezone.now() - CLOSES_ON_NEWS_OF
