"""The proofs find what they are there to find: a gift without its movement, a movement without its gift."""

import contextlib
import io
import json

import pytest
from django.core.management import call_command
from django.db import transaction

from donations.models import Dispute, Gift, Refund
from fund import chart, clock, ledger
from fund.models.ledger import Kind
from tests.donations.factories import dispute_of, event, make_gift, post_event, refund_of, session_of

pytestmark = pytest.mark.django_db


def broken() -> list[str]:
    """The names of the checks that fail."""
    out = io.StringIO()
    with contextlib.suppress(SystemExit):  # its exit status says what the report says
        call_command("check_ledger", "--json", stdout=out)
    return sorted(name for name, sentences in json.loads(out.getvalue())["broken"].items() if sentences)


def test_received_gifts_and_movements_agree(pocket):
    make_gift(pocket)
    post_event(event("checkout.session.completed", session_of(make_gift(pocket))))
    assert broken() == []


def test_a_gift_said_received_without_money_is_found(pocket):
    gift = make_gift(pocket)
    Gift.objects.filter(pk=gift.pk).update(state="succeeded", succeeded_at=clock.moment())
    assert broken() == ["gifts"]


def test_money_without_a_received_gift_is_found(pocket):
    gift = make_gift(pocket)
    post_event(event("checkout.session.completed", session_of(gift)))
    Gift.objects.filter(pk=gift.pk).update(state="failed", succeeded_at=None)
    assert broken() == ["gift_movements", "gifts"]


def test_a_gift_counted_twice_is_found(pocket):
    gift = make_gift(pocket)
    post_event(event("checkout.session.completed", session_of(gift)))
    with transaction.atomic():
        ledger.post(
            cause_key="another",
            debit=chart.STRIPE,
            credit=chart.GIFTS,
            amount_cents=gift.amount_cents,
            kind=Kind.GIFT,
            entry_ref=gift.reference,
            occurred_on=clock.today(),
            pocket=pocket,
            subject=ledger.Subject("gift", str(gift.pk)),
        )
    assert broken() == ["gifts"]


@pytest.fixture
def troubled(foundation, pocket) -> Gift:
    """A gift of 50 €, 10 of them given back, 15 more by a refund that failed, 20 in dispute."""
    gift = make_gift(pocket)
    post_event(event("checkout.session.completed", session_of(gift)))
    post_event(event("refund.created", refund_of(gift, "re_1", 1_000)))
    post_event(event("refund.failed", refund_of(gift, "re_2", 1_500, status="failed")))
    post_event(event("charge.dispute.created", dispute_of(gift, cents=2_000)))
    return gift


def test_refunds_and_disputes_agree_with_the_ledger(troubled):
    assert broken() == []


def test_a_refund_whose_state_the_ledger_does_not_know_is_found(troubled):
    Refund.objects.filter(stripe_id="re_1").update(state="failed")
    assert broken() == ["given_back", "refunds"]


def test_a_failed_refund_said_to_stand_is_found(troubled):
    Refund.objects.filter(stripe_id="re_2").update(state="succeeded")
    assert broken() == ["given_back", "refunds"]


def test_a_dispute_said_won_while_its_money_is_away_is_found(troubled):
    Dispute.objects.update(state="won", closed_on=clock.today())
    assert broken() == ["disputes", "given_back"]


def test_a_gift_that_says_it_was_given_back_is_found(troubled):
    Gift.objects.update(refunded_cents=3_000, state="refunded")
    assert broken() == ["given_back"]


def test_a_refund_only_the_ledger_knows_is_found(troubled):
    Refund.objects.filter(stripe_id="re_1").delete()
    Gift.objects.update(refunded_cents=0)
    assert broken() == ["losses"]
