"""The webhook's door: who may come in, and what is kept of it."""

import json
import time

import pytest
from django.test import Client
from django.urls import reverse

from donations.models import Gift, ProviderEvent
from tests.donations.factories import event, make_gift, post_raw, session_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("proved")]
COMPLETED = "checkout.session.completed"


@pytest.fixture
def gift(pocket) -> Gift:
    return make_gift(pocket)


def test_a_tampered_body_a_wrong_secret_and_a_signature_of_another_time_are_refused_and_leave_nothing(gift):
    raw = json.dumps(event(COMPLETED, session_of(gift))).encode()
    good = "t=1,v1=" + "0" * 64
    answers = [
        post_raw(raw, header=good),
        post_raw(raw, secret="whsec_other"),
        post_raw(raw, timestamp=int(time.time()) - 301),
        post_raw(raw, timestamp=int(time.time()) + 310),
        post_raw(raw, timestamp=int(time.time()) + 365 * 86400),
        post_raw(raw, timestamp=10**400),
        post_raw(raw, header=""),
        post_raw(raw, header="nonsense"),
        post_raw(raw, header="t=1,v1=é"),
        post_raw(b"\xff\xfe", header=good),
    ]
    assert [answer.status_code for answer in answers] == [400] * 10
    assert not ProviderEvent.objects.exists()


def test_a_clock_that_is_a_little_ahead_is_no_reason_to_refuse(gift):
    raw = json.dumps(event(COMPLETED, session_of(gift))).encode()
    assert post_raw(raw, timestamp=int(time.time()) + 240).status_code == 200


def test_a_body_changed_after_it_was_signed_is_refused(gift):
    raw = json.dumps(event(COMPLETED, session_of(gift))).encode()
    client, header = Client(), post_raw(raw).wsgi_request.headers["Stripe-Signature"]
    answer = client.post(
        reverse("stripe_webhook"),
        data=raw.replace(b"5000", b"9000"),
        content_type="application/json",
        headers={"Stripe-Signature": header},
    )
    assert answer.status_code == 400


def test_two_secrets_are_trusted_while_one_replaces_the_other(settings, gift):
    settings.STRIPE_WEBHOOK_SECRET = "whsec_new, whsec_old"
    raw = json.dumps(event(COMPLETED, session_of(gift))).encode()
    assert post_raw(raw, secret="whsec_old").status_code == 200
    assert post_raw(raw, secret="whsec_new").status_code == 200
    assert post_raw(raw, secret="whsec_gone").status_code == 400


def test_without_a_secret_no_event_is_taken(settings, db):
    settings.STRIPE_WEBHOOK_SECRET = ""
    assert post_raw(b"{}", header="t=1,v1=0").status_code == 503


def test_more_than_a_megabyte_is_not_read(db):
    assert post_raw(b" " * (1024 * 1024 + 1)).status_code == 413


def test_the_door_is_for_posts_only(client):
    assert client.get(reverse("stripe_webhook")).status_code == 405


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"a,b\n1,2",
        b'{"object": "event"}',
        b'{"object": "event", "id": "", "type": "x", "created": 1, "data": {"object": {}}}',
        b'{"object": "event", "id": "e", "type": "x", "created": "1", "data": {"object": {}}}',
        b'{"object": "event", "id": "e", "type": "x", "created": true, "data": {"object": {}}}',
        b'{"object": "event", "id": "e", "type": "x", "created": 1, "data": {"object": []}}',
        b'{"object": "event", "id": "e", "type": "x", "created": 1e30, "data": {"object": {}}}',
        b"[" * 100_000,
        b'{"object": "event", "id": "e\\u0000", "type": "x", "created": 1, "data": {"object": {}}}',
        b'{"object": "event", "id": "\\ud800", "type": "x", "created": 1, "data": {"object": {}}}',
        b'{"object": "event", "id": "e", "type": "x\\udfff", "created": 1, "data": {"object": {}}}',
    ],
)
def test_what_is_signed_but_no_event_is_parked_under_its_hash(db, body):
    assert [post_raw(body).status_code for _turn in range(2)] == [200, 200]
    row = ProviderEvent.objects.get()
    assert (row.state, row.reason, row.event_type, row.deliveries) == (
        "parked",
        "not_an_event",
        "not_an_event",
        2,
    )


@pytest.mark.parametrize(
    "field", ["id", "payment_intent", "currency", "client_reference_id", "payment_status"]
)
def test_half_a_character_inside_the_payment_is_kept_and_never_an_error(gift, field):
    """JSON can escape a lone surrogate that no database can hold."""
    body = session_of(gift, metadata={}, **{field: "x\ud800"})
    answer = post_raw(json.dumps(event(COMPLETED, body, api_version="\udc00")).encode())
    assert answer.status_code == 200
    row = ProviderEvent.objects.get()
    assert row.state == ("acted" if field == "id" else "parked")
    assert not row.reason.startswith("unexpected")


@pytest.mark.parametrize("value", ["\ud800", {"id": "pi_\udfff"}, "pi\x00"])
def test_a_payment_under_an_unreadable_id_is_parked_and_no_money_counted(gift, value):
    body = session_of(gift, payment_intent=value)
    assert post_raw(json.dumps(event(COMPLETED, body)).encode()).status_code == 200
    assert ProviderEvent.objects.get().reason == "no_payment"
    gift.refresh_from_db()
    assert gift.state != "succeeded"
