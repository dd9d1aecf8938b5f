"""The proofs find what they are there to find: a gift without its movement, a movement without its gift."""

import contextlib
import io
import json

import pytest
from django.core.management import call_command
from django.db import transaction

from donations.models import Gift
from fund import chart, clock, ledger
from fund.models.ledger import Kind
from tests.donations.factories import event, make_gift, post_event, session_of

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
