"""A donor who tells an address afterwards: the receipts that waited for it are asked for, each once."""

from dataclasses import replace

import pytest

from donations import givers
from donations.actions import own_details
from donations.givers import Address, Giver
from donations.models import Gift, Receipt
from donations.receipts import copies, issuing, voiding
from fund import clock
from tests.donations.factories import event, intent_of, post_event
from tests.donations.receipts.factories import ZOE, received, received_month, run_worker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation", "proved")]
NAMELESS = replace(ZOE, address=Address())


def complete(gift: Gift, giver: Giver = ZOE) -> list[str]:
    """What the worker's tasks said after the donor told `giver`."""
    own_details.complete_giver(donor=gift.donor, giver=giver)
    return run_worker()


@pytest.mark.usefixtures("basis")
def test_single_gifts_without_an_address_have_their_receipts_asked_for(pocket):
    first, second = (received(pocket, giver=NAMELESS) for _number in range(2))
    assert run_worker().count("no_address") == 2
    assert complete(first) == ["issued", "issued"]
    assert [receipt.lines.get().gift for receipt in Receipt.objects.order_by("pk")] == [first, second]
    assert copies.facts_of(Receipt.objects.latest("pk")).giver == ZOE
    assert complete(first, replace(ZOE, last_name="Essai-Martin")) == [], "they are certified"


@pytest.mark.usefixtures("basis")
def test_a_half_address_asks_for_nothing(pocket):
    gift = received(pocket, giver=NAMELESS)
    run_worker()
    assert complete(gift, replace(ZOE, address=Address("12 rue des Œillets"))) == []


@pytest.mark.usefixtures("basis")
def test_months_wait_for_the_run_and_a_second_payment_for_what_becomes_of_it(pocket):
    gift = received(pocket, giver=NAMELESS)
    post_event(event("payment_intent.succeeded", intent_of(gift, id="pi_again")))
    received_month(pocket, clock.DEMO_START, giver=NAMELESS)
    run_worker()
    assert complete(gift) == ["issued"]
    assert Receipt.objects.get().lines.get().gift == gift


def test_nothing_is_asked_for_while_no_text_lets_receipts_be_given(pocket):
    gift = received(pocket, giver=NAMELESS)
    run_worker()
    assert complete(gift) == []


@pytest.mark.usefixtures("basis")
@pytest.mark.parametrize(("reason", "said"), [("asked", ["issued"]), ("mistake", [])])
def test_completing_an_address_that_was_taken_away_asks_anew_but_never_over_a_mistake(
    pocket, people, reason, said
):
    gift = received(pocket)
    run_worker()
    voiding.void_receipt(by=people.treasurer, receipt=Receipt.objects.get(), reason=reason)
    run_worker()
    assert complete(gift, replace(ZOE, last_name="Essai-Martin")) == [], "a better spelling asks for nothing"
    assert complete(gift, NAMELESS) == []
    assert complete(gift) == said


def test_the_gifts_are_locked_by_number_before_they_are_read(pocket, monkeypatch):
    """A receipt that is being made of one would name another giver than the gift keeps."""
    gifts = [received(pocket, giver=NAMELESS) for _number in range(2)]
    lock = issuing.lock_gifts
    locked: list[int] = []

    def lock_and_note(ids):
        found = lock(ids)
        locked.extend(gift.pk for gift in found)
        Gift.objects.filter(pk=found[0].pk).update(giver_sealed=givers.seal(ZOE, found[0].donor))
        return found

    monkeypatch.setattr(issuing, "lock_gifts", lock_and_note)
    asked: list[Gift] = []
    monkeypatch.setattr(own_details, "_ask_for_receipts", asked.extend)
    assert own_details.complete_giver(donor=gifts[0].donor, giver=ZOE) == 2
    assert locked == sorted(gift.pk for gift in gifts)
    assert asked == [gifts[1]], "read after the lock: the first had its address meanwhile"
