"""The quick way in writes what the plain way writes, and leaves to it whatever is not plain."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, models
from django_tasks_db.models import DBTaskResult

from donations.actions import intake, receiving
from donations.models import Gift, PaymentAttempt, ProviderEvent
from donations.stripe_events import read_event
from fund import audit, clock
from fund.models import AuditEvent, Movement, TransitionLog
from tests.donations.factories import event, intent_of, make_attempt, make_gift, session_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="the quick way is PostgreSQL's"),
]
# What differs between two acts by nature: numbers, random names, ciphertext and what hashes cover of them.
OWN = {
    "id", "token", "reference", "form_token", "donor", "entry_ref", "cause_key", "row_hash", "object_id", "subject_id",
    "why", "details", "args_kwargs", "gift", "payload_sealed", "delivery_key", "event_id", "idempotency_key",
    "giver_sealed", "session_id", "payment_intent_id", "recorded_at", "enqueued_at", "received_at", "at", "created_at",
}  # fmt: skip
MORNING = datetime(2020, 5, 15, 8, 0, tzinfo=UTC)
WRITTEN: tuple[type[models.Model], ...] = (
    ProviderEvent,
    Gift,
    PaymentAttempt,
    Movement,
    TransitionLog,
    AuditEvent,
    DBTaskResult,
)


def paid_by(gift: Gift, how: str, **values: Any) -> dict[str, Any]:
    if how == "payment_intent.succeeded":
        return event(how, intent_of(gift, **values), created=1_589_529_600)
    return event(how, session_of(gift, **values), created=1_589_529_600)


def receive(payload: dict[str, Any]) -> ProviderEvent:
    return receiving.receive_event(raw=json.dumps(payload).encode(), payload=payload)


@pytest.mark.parametrize(
    "how",
    [
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "payment_intent.succeeded",
    ],
)
def test_both_ways_write_the_same_rows(pocket, proved, monkeypatch, how):
    written = {}
    for way in ("quick", "plain"):
        gift = make_gift(pocket)
        make_attempt(gift)
        before = {model: set(model._default_manager.values_list("pk", flat=True)) for model in WRITTEN}
        before[Gift].discard(gift.pk)
        before[PaymentAttempt] -= set(gift.attempts.values_list("pk", flat=True))
        if way == "plain":
            monkeypatch.setattr(receiving, "confirm_at_once", lambda **_values: None)
        with clock.at(MORNING):
            row = receive(paid_by(gift, how))
        assert (row.state, row.gift_id) == ("acted", gift.pk)
        written[way] = told_since(before, gift)
    assert written["quick"] == written["plain"]
    assert len(written["quick"]) >= len(WRITTEN)


def told_since(before: dict[type[models.Model], set[Any]], gift: Gift) -> list[dict[str, Any]]:
    """The rows added since, each act's own names replaced by words, the hashes proved instead of compared."""
    names = {gift.reference: "<reference>", f"pi_{gift.pk}": "<payment>", f"cs_test_{gift.pk}": "<session>"}
    names[str(gift.pk)] = "<gift>"
    told = []
    for model, known in before.items():
        for row in model._default_manager.exclude(pk__in=known).order_by("pk"):
            values = {
                field.name: named(getattr(row, field.attname), names)
                for field in model._meta.concrete_fields
                if field.name in NAMED or field.name not in OWN
            }
            told.append({"model": model.__name__, **values})
            if isinstance(row, Movement):
                assert audit.content_hash(audit.movement_content(row)) == row.row_hash
            if isinstance(row, AuditEvent):
                assert audit.content_hash(audit.event_content(row)) == row.row_hash
    return sorted(told, key=repr)


NAMED = {
    "entry_ref",
    "cause_key",
    "object_id",
    "subject_id",
    "why",
    "details",
    "args_kwargs",
    "payment_intent_id",
}


def named(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: named(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [names.get(str(inner), inner) for inner in value]
    if isinstance(value, str):
        for own, word in names.items():
            if value == own or f":{own}:" in f":{value}:":
                return value.replace(own, word)
    return value


def test_the_quick_way_needs_two_statements(pocket, proved, monkeypatch, django_assert_num_queries):
    gift = make_gift(pocket)
    make_attempt(gift)
    payload = paid_by(gift, "payment_intent.succeeded")
    asked = watched(monkeypatch)
    with django_assert_num_queries(2):  # a savepoint, opened and closed, inside a test's transaction
        assert intake.confirm_at_once(raw=b"{}", event=read_event(payload)) is not None
    assert len(asked) == 2


def watched(monkeypatch) -> list[str]:
    """The prepared statements that are asked for from now on: Django does not see them."""
    asked: list[str] = []
    execute = intake._execute
    monkeypatch.setattr(intake, "_execute", lambda sql, values: asked.append(sql) or execute(sql, values))
    return asked


def test_an_event_that_is_told_again_is_counted_and_nothing_else(pocket, proved, monkeypatch):
    gift = make_gift(pocket)
    make_attempt(gift)
    first = paid_by(gift, "payment_intent.succeeded")
    receive(first)
    counts = [model._default_manager.count() for model in WRITTEN]
    asked = watched(monkeypatch)
    row = receive(first)
    assert (row.state, row.gift_id, len(asked)) == ("acted", gift.pk, 2)
    assert ProviderEvent.objects.get(pk=row.pk).deliveries == 2
    assert counts == [model._default_manager.count() for model in WRITTEN]


def test_an_event_that_is_parked_is_acted_on_again_when_it_is_told_again(pocket, proved):
    sent = event("payment_intent.succeeded", {"id": "pi_x", "status": "succeeded"})
    assert (receive(sent).state, receive(sent).state) == ("parked", "parked")
    assert ProviderEvent.objects.get().deliveries == 2


def left_alone(payload: dict[str, Any]) -> bool:
    """Whether the quick way wrote nothing at all."""
    counts = [model._default_manager.count() for model in WRITTEN]
    outcome = intake.confirm_at_once(raw=json.dumps(payload).encode(), event=read_event(payload))
    return outcome is None and counts == [model._default_manager.count() for model in WRITTEN]


@pytest.mark.parametrize(
    "values",
    [
        {"amount_received": 4_999},
        {"currency": "usd"},
        {"metadata": {}},
        {"metadata": {"gift": "D-2020-999999", "attempt": "1"}},
        {"status": "processing"},
        {"invoice": "in_1"},
    ],
)
def test_a_payment_that_is_not_plain_is_left_to_the_plain_way(pocket, proved, values):
    gift = make_gift(pocket)
    make_attempt(gift)
    assert left_alone(paid_by(gift, "payment_intent.succeeded", **values))


def test_a_second_payment_and_another_event_of_the_first_are_left_to_the_plain_way(pocket, proved):
    gift = make_gift(pocket)
    make_attempt(gift)
    first = paid_by(gift, "payment_intent.succeeded")
    receive(first)
    assert left_alone(paid_by(gift, "checkout.session.completed"))
    assert left_alone(paid_by(gift, "payment_intent.succeeded", id="pi_other"))
    assert Movement.objects.count() == 1


def test_a_payment_that_another_event_waits_for_is_left_to_the_plain_way(pocket, proved):
    gift = make_gift(pocket)
    make_attempt(gift)
    ProviderEvent.objects.create(
        delivery_key="k", event_id="evt_0", event_type="refund.created", payload_sealed=b"",
        received_at=clock.moment(), state="parked", reason="unknown_gift", waits_for=f"pi_{gift.pk}",
    )  # fmt: skip
    assert left_alone(paid_by(gift, "payment_intent.succeeded"))


def test_an_attempt_that_knows_another_payment_is_left_to_the_plain_way(pocket, proved):
    gift, other = make_gift(pocket), make_gift(pocket)
    attempt, _others = make_attempt(gift), make_attempt(other)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(payment_intent_id="pi_else")
    assert left_alone(paid_by(gift, "payment_intent.succeeded"))
    PaymentAttempt.objects.filter(pk=attempt.pk).update(payment_intent_id=None)
    PaymentAttempt.objects.filter(gift=other).update(payment_intent_id=f"pi_{gift.pk}")
    assert left_alone(paid_by(gift, "payment_intent.succeeded"))
