"""What charges tell of stolen cards: signals, alerts, and giving that closes by itself."""

import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from donations import giving_rules
from donations.actions import card_signals
from donations.actions.paying import start_payment
from donations.actions.setting_giving import rules_of, set_rules
from donations.models import CardAlert, ChargeSignal, Gift, GivingSettings, MonthlyGift, PaymentAttempt
from fund import clock, vault
from fund.models import AuditEvent, OutgoingMail
from fund.roles import Refused
from tests.donations.factories import (
    card_charge,
    event,
    invoice_of,
    invoice_payment_of,
    make_alert,
    make_gift,
    post_event,
    take_event,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("proved")]


@pytest.fixture
def low(people) -> GivingSettings:
    """Told at 3 declines within an hour, closed at 5."""
    row = giving_rules.giving_settings()
    row.declines_told, row.declines_closing = 3, 5
    row.save()
    return row


def declined(number: int, *, first: int = 0, **values) -> None:
    for place in range(first, first + number):
        take_event(event("charge.failed", card_charge(f"d{place}"), **values))


def kinds() -> list[str]:
    return sorted(CardAlert.objects.values_list("kind", flat=True))


def test_a_charge_names_the_means_of_its_gift_and_keeps_only_a_keyed_hash_of_the_card(pocket):
    gift = make_gift(pocket)
    paid = card_charge("1", "fp_secret", gift, status="succeeded")
    row = post_event(event("charge.succeeded", paid))
    assert (row.state, row.note, row.gift) == ("acted", "information", gift)
    signal = ChargeSignal.objects.get()
    assert signal.card == vault.blind_index("card", "fp_secret") and "fp_secret" not in signal.card
    assert (signal.gift, signal.is_declined, signal.means) == (gift, False, "card")
    gift.refresh_from_db()
    assert (gift.paid_with, gift.state) == ("card", "pledged")


def test_a_charge_told_twice_is_one_signal(pocket):
    for _turn in range(2):
        post_event(event("charge.failed", card_charge("1")))
    assert ChargeSignal.objects.count() == 1


def test_a_declined_charge_does_not_say_how_the_gift_was_paid(pocket):
    gift = make_gift(pocket)
    post_event(event("charge.failed", card_charge("1", gift=gift)))
    gift.refresh_from_db()
    assert gift.paid_with == ""


@pytest.mark.parametrize(
    "body",
    [
        {"payment_method_details": None},
        {"payment_method_details": {"type": "card", "card": {"fingerprint": 7}}},
        {"payment_method_details": {"type": ["card"], "card": "4242"}},
        {"payment_intent": None, "metadata": None},
        {"id": None},
    ],
)
def test_a_charge_of_another_shape_is_taken_as_it_is(db, body):
    row = take_event(event("charge.failed", card_charge("1", **body)))
    assert (row.state, row.note) == ("acted", "information")


def test_the_charge_of_a_month_is_the_gifts_once_its_payment_is_tied(pocket):
    gift = make_gift(pocket, rhythm="monthly")
    details = {"payment_method_details": {"type": "sepa_debit", "sepa_debit": {}}}
    paid = card_charge("m", status="succeeded", **details)
    take_event(event("charge.succeeded", paid))
    take_event(event("invoice.paid", invoice_of(gift)))
    gift.refresh_from_db()
    assert gift.paid_with == ""
    take_event(event("invoice_payment.paid", invoice_payment_of("in_1", "pi_m")))
    gift.refresh_from_db()
    assert gift.paid_with == "sepa_debit"
    assert ChargeSignal.objects.get().gift == gift
    assert MonthlyGift.objects.get().gifts.get() == gift


def test_one_card_declined_five_times_within_an_hour_is_told_once(pocket):
    for number in range(4):
        take_event(event("charge.failed", card_charge(str(number), "fp_same")))
    assert kinds() == []
    for number in range(4, 7):
        take_event(event("charge.failed", card_charge(str(number), "fp_same")))
    alert = CardAlert.objects.get()
    assert (alert.kind, alert.number) == ("one_card", 7)
    assert alert.subject == vault.blind_index("card", "fp_same")


def test_declines_of_more_than_an_hour_do_not_add_up(pocket):
    now = int(time.time())
    for number in range(6):
        sent = event("charge.failed", card_charge(str(number), "fp_same"), created=now - number * 1_000)
        take_event(sent)
    assert kinds() == []


def test_four_cards_for_one_address_are_told_even_when_one_of_them_passed(pocket):
    gifts = [make_gift(pocket, amount_cents=100 + number) for number in range(4)]
    for number, gift in enumerate(gifts[:3]):
        take_event(event("charge.failed", card_charge(str(number), gift=gift)))
    assert kinds() == []
    take_event(event("charge.succeeded", card_charge("3", gift=gifts[3], status="succeeded")))
    alert = CardAlert.objects.get()
    assert (alert.kind, alert.number, alert.subject) == ("many_cards", 4, str(gifts[0].donor_id))


def test_debits_that_banks_refuse_are_nobody_trying_cards(low):
    details = {"payment_method_details": {"type": "sepa_debit", "sepa_debit": {"fingerprint": "iban"}}}
    for number in range(9):
        take_event(event("charge.failed", card_charge(str(number), **details)))
    assert ChargeSignal.objects.count() == 9
    assert kinds() == [] and giving_rules.giving_is_open() is None


def test_many_declines_are_told_and_very_many_close_giving_once(low, people):
    declined(3)
    assert kinds() == ["declines"] and giving_rules.giving_is_open() is None
    declined(2, first=3)
    assert giving_rules.giving_is_open().code == "giving_closed"
    declined(3, first=5)
    assert kinds() == ["closed", "declines"]
    low.refresh_from_db()
    assert (low.closed_because, low.changed_by, low.revision) == ("card_testing", None, 1)
    assert AuditEvent.objects.filter(action="giving.closed").count() == 1
    mail = OutgoingMail.objects.get()
    assert vault.open_text(mail.to_sealed) == people.administrator.email
    text = vault.open_text(mail.text_sealed)
    assert "5 cartes viennent d’être refusées" in text and reverse("giving_settings") in text


def test_it_closes_before_anybody_changed_a_setting_too(people):
    declined(59)
    assert giving_rules.giving_is_open() is None
    declined(1, first=59)
    assert GivingSettings.objects.get().closed_because == "card_testing"


def test_giving_closed_makes_no_pay_page(low, pocket):
    gift = make_gift(pocket)
    declined(5)
    with pytest.raises(Refused):
        start_payment(gift=gift)
    assert not PaymentAttempt.objects.exists()


def test_whoever_opens_again_has_judged_the_declines_until_then(low, people):
    declined(5)
    low.refresh_from_db()
    opened = rules_of(low)
    opened = type(opened)(**{**opened.__dict__, "closed_because": ""})
    set_rules(by=people.administrator, rules=opened, revision=1)
    late = int(time.time()) - 60
    declined(4, first=5, created=late)
    assert giving_rules.giving_is_open() is None
    GivingSettings.objects.update(declines_from=timezone.now() - timedelta(minutes=5))
    declined(1, first=9, created=late + 1)
    assert giving_rules.giving_is_open() is not None


def test_what_the_provider_tells_hours_late_closes_nothing(low):
    declined(9, created=int(time.time()) - 3 * 3600)
    assert kinds() == ["declines"] and giving_rules.giving_is_open() is None


def test_an_alert_leaves_the_desks_when_somebody_has_looked(client_of, people, pocket):
    alert = make_alert(gift=make_gift(pocket))
    client = client_of(people.treasurer)
    assert "1 alerte sur des cartes" in client.get(reverse("desk")).content.decode()
    page = client.get(reverse("card_alerts")).content.decode()
    assert "Beaucoup de cartes refusées" in page and Gift.objects.get().reference in page
    for _turn in range(2):
        assert client.post(reverse("see_card_alert", args=[alert.pk])).status_code == 302
    alert.refresh_from_db()
    assert alert.seen_by == people.treasurer and alert.seen_at is not None
    assert AuditEvent.objects.filter(action="card_alert.seen").count() == 1
    assert (
        "alerte sur des cartes" not in client_of(people.administrator).get(reverse("desk")).content.decode()
    )


def test_an_alert_says_who_has_looked_or_that_nobody_has(people):
    alert = make_alert()
    with pytest.raises(IntegrityError), transaction.atomic():
        CardAlert.objects.filter(pk=alert.pk).update(seen_at=clock.moment())


def test_cards_are_forgotten_after_ninety_days_and_seen_alerts_with_them(people):
    long_ago = timezone.now() - timedelta(days=91)
    seen = {"seen_by": people.treasurer, "seen_at": long_ago}
    make_alert(hour=long_ago, **seen)
    unseen, fresh = make_alert(hour=long_ago - timedelta(days=1)), make_alert(hour=timezone.now(), **seen)
    for name, when in (("old", long_ago), ("new", timezone.now())):
        ChargeSignal.objects.create(charge_id=name, card="x" * 64, is_declined=True, happened_at=when)
    assert card_signals.forget_old_cards() == "1 forgotten, 1 alerts deleted"
    assert list(CardAlert.objects.order_by("pk")) == [unseen, fresh]
    assert dict(ChargeSignal.objects.values_list("charge_id", "card")) == {"old": "", "new": "x" * 64}


def test_the_treasurer_opens_the_gift_of_an_alert_the_administrator_does_not(client_of, people, pocket):
    gift = make_gift(pocket)
    make_alert(gift=gift)
    link = f'href="{reverse("gift_story", args=[gift.reference])}"'
    assert link in client_of(people.treasurer).get(reverse("card_alerts")).content.decode()
    page = client_of(people.administrator).get(reverse("card_alerts")).content.decode()
    assert gift.reference in page and link not in page
