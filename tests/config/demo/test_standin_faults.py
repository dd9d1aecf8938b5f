"""What goes wrong at the stand-in on purpose, and the idempotency keys that make it harmless."""

import json

import pytest
import stripe
from django.utils import timezone

from config.demo import faults, idempotency
from config.demo.models import StandInAnswer, StandInObject
from config.demo.stripe_client import StandInClient
from tests.standin import ONCE, PRICE

pytestmark = pytest.mark.django_db


def sessions() -> int:
    return StandInObject.objects.filter(kind="checkout.session").count()


@pytest.mark.parametrize(("when", "made"), [(faults.BEFORE, 0), (faults.AFTER, 1)])
def test_a_500_is_played_back_to_its_key_whether_it_broke_before_or_after_acting(provider, when, made):
    faults.break_next(1, faults.BROKEN, when=when)
    for _turn in range(2):
        with pytest.raises(stripe.APIError) as broken:
            provider.v1.checkout.sessions.create(ONCE, {"idempotency_key": "k1"})
        assert broken.value.http_status == 500
    assert sessions() == made
    assert provider.v1.checkout.sessions.create(ONCE, {"idempotency_key": "k2"}).status == "open"


def test_too_many_calls_are_refused_for_now_and_the_key_stays_free(provider):
    faults.break_next(2, faults.TOO_MANY)
    for _turn in range(2):
        with pytest.raises(stripe.RateLimitError):
            provider.v1.checkout.sessions.create(ONCE, {"idempotency_key": "k1"})
    assert provider.v1.checkout.sessions.create(ONCE, {"idempotency_key": "k1"}).status == "open"
    assert sessions() == 1


@pytest.mark.parametrize(("when", "made"), [(faults.BEFORE, 0), (faults.AFTER, 1)])
def test_a_lost_answer_is_found_again_under_its_key_and_nothing_is_made_twice(provider, when, made):
    faults.break_next(1, faults.SILENT, when=when)
    with pytest.raises(stripe.APIConnectionError):
        provider.v1.checkout.sessions.create(ONCE, {"idempotency_key": "k1"})
    assert sessions() == made
    assert provider.v1.checkout.sessions.create(ONCE, {"idempotency_key": "k1"}).status == "open"
    assert sessions() == 1


def test_the_librarys_own_retries_outlive_two_lost_answers():
    patient = stripe.StripeClient("sk_test_x", http_client=StandInClient(), max_network_retries=2)
    faults.break_next(2, faults.SILENT, when=faults.AFTER)
    assert patient.v1.checkout.sessions.create(ONCE).status == "open"
    assert sessions() == 1


def test_a_fault_strikes_only_the_calls_it_is_for_and_can_be_mended(provider, paid):
    faults.break_next(5, faults.BROKEN, only="post refunds")
    assert provider.v1.payment_intents.retrieve(paid["payment_intent"]).status == "succeeded"
    with pytest.raises(stripe.APIError):
        provider.v1.refunds.create({"payment_intent": paid["payment_intent"]})
    faults.mend()
    assert provider.v1.refunds.create({"payment_intent": paid["payment_intent"]}).status == "succeeded"


@pytest.mark.parametrize(
    ("how", "when"), [("teapot", faults.BEFORE), (faults.TOO_MANY, faults.AFTER), ("500", "during")]
)
def test_a_fault_that_is_not_played_is_refused(how, when):
    with pytest.raises(ValueError, match="no such fault"):
        faults.break_next(1, how, when=when)


def test_two_calls_at_a_time_with_one_key_are_one_call_and_a_conflict(provider):
    made = provider.v1.checkout.sessions.create(ONCE, {"idempotency_key": "k1"})
    under_way = StandInAnswer.objects.get(key="k1")
    kept = (under_way.status, under_way.body)
    since = {"since": timezone.now().timestamp()}
    StandInAnswer.objects.update(status=idempotency.IN_USE, body=json.dumps(since))
    with pytest.raises(stripe.APIError, match="in-progress") as refused:
        provider.v1.checkout.sessions.create(ONCE, {"idempotency_key": "k1"})
    assert refused.value.http_status == 409
    assert '"code": "idempotency_key_in_use"' in str(refused.value.http_body)
    StandInAnswer.objects.update(status=kept[0], body=kept[1])
    assert provider.v1.checkout.sessions.create(ONCE, {"idempotency_key": "k1"}).id == made.id


def test_a_key_whose_process_died_is_free_again_a_minute_later(provider):
    provider.v1.checkout.sessions.create(ONCE, {"idempotency_key": "k1"})
    died = {"since": timezone.now().timestamp() - idempotency.ABANDONED_SECONDS - 1}
    StandInAnswer.objects.update(status=idempotency.IN_USE, body=json.dumps(died))
    assert provider.v1.checkout.sessions.create(ONCE, {"idempotency_key": "k1"}).status == "open"
    assert sessions() == 2


def test_what_was_refused_before_it_began_leaves_the_key_free(provider):
    small = {"quantity": 1, "price_data": {**PRICE, "unit_amount": 49}}
    with pytest.raises(stripe.InvalidRequestError):
        provider.v1.checkout.sessions.create({**ONCE, "line_items": [small]}, {"idempotency_key": "k1"})
    assert provider.v1.checkout.sessions.create(ONCE, {"idempotency_key": "k1"}).status == "open"


def test_a_refusal_that_began_is_kept_under_its_key(provider, paid):
    key = {"idempotency_key": "r1"}
    asked = {"payment_intent": paid["payment_intent"], "amount": 9_000}
    for _turn in range(2):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            provider.v1.refunds.create(asked, key)
        assert refused.value.code == "amount_too_large"
    with pytest.raises(stripe.IdempotencyError):
        provider.v1.refunds.create({**asked, "amount": 1_000}, key)
