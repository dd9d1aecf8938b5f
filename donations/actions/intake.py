"""The quick way in for the commonest event: one gift, paid once, of the right amount, told for the first time.

Two statements instead of thirty: one reads what decides, one writes every row of the act and is its own transaction.
Whatever is not plain (another amount, a second payment, a monthly gift, an event or a payment that is known, an event
that waited for this one, something that follows from the gift) is left to `receiving.receive_event`, which does the
same work row by row; a test holds the two against each other. PostgreSQL only: SQLite writes in no `WITH`.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import psycopg
from django.db import IntegrityError, connection, models, transaction
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult, get_date_max

from donations import stripe_gateway
from donations.actions import standing
from donations.actions.confirming import SUBJECT, cause_of, moment_of
from donations.actions.fees import record_fee
from donations.actions.thanking import thank_donor
from donations.models import Gift, ProviderEvent
from donations.models.gifts import Channel, GiftState
from donations.models.inbox import EventState
from donations.stripe_events import Event, Payment, is_of_an_invoice, payment_of_intent, payment_of_session
from donations.workflow import GIFT
from fund import audit, chart, clock, vault
from fund.models import AuditEvent, Movement, TransitionLog
from fund.models.ledger import Kind

PAID = "paid"
_PAID_SESSIONS = {"checkout.session.completed", "checkout.session.async_payment_succeeded"}

_FACTS = """
SELECT g.id, g.amount_cents, g.pocket_id, g.state, g.giver_kind, g.team_id, a.id
FROM donations_gift g JOIN donations_paymentattempt a ON a.gift_id = g.id AND a.number = %(number)s
WHERE g.reference = %(reference)s AND g.monthly_id IS NULL AND g.amount_cents = %(amount)s
  AND g.channel = %(online)s AND g.state = ANY(%(payable)s)
  AND COALESCE(NULLIF(%(session)s, ''), a.session_id, '') = COALESCE(a.session_id, %(session)s)
  AND COALESCE(a.payment_intent_id, %(payment)s) = %(payment)s
  AND NOT EXISTS (SELECT 1 FROM donations_paymentattempt o WHERE o.id <> a.id
                  AND (o.payment_intent_id = %(payment)s OR o.session_id = NULLIF(%(session)s, '')))
  AND NOT EXISTS (SELECT 1 FROM donations_providerevent e
                  WHERE e.delivery_key = %(key)s OR e.waits_for = %(payment)s)
  AND NOT EXISTS (SELECT 1 FROM donations_debitfailure f WHERE f.payment_id = %(payment)s)
  AND NOT EXISTS (SELECT 1 FROM fund_movement m WHERE m.cause_key = %(cause)s)
  AND NOT EXISTS (SELECT 1 FROM donations_matchingoffer f WHERE f.state IN ('active', 'ended')
                  AND %(day)s BETWEEN f.starts_on AND f.ends_on AND f.confirmed_at <= %(when)s
                  AND COALESCE(f.ended_at > %(when)s, TRUE)
                  AND COALESCE(f.pocket_id = g.pocket_id, f.pocket_id IS NULL)
                  AND COALESCE(f.team_id = g.team_id, f.team_id IS NULL))
"""
_TOLD_AGAIN = """
WITH unhurried AS (SELECT set_config('synchronous_commit', 'off', true))
UPDATE donations_providerevent SET deliveries = deliveries + 1 FROM unhurried
WHERE delivery_key = %(key)s AND state <> %(parked)s RETURNING id, state, gift_id
"""
_GIFT_MOVES = """gift AS (
    UPDATE donations_gift SET state = %s, succeeded_at = %s WHERE id = %s AND state = %s RETURNING id)"""
_ATTEMPT_KNOWS = """attempt AS (
    UPDATE donations_paymentattempt SET session_id = COALESCE(session_id, NULLIF(%s, '')),
    payment_intent_id = COALESCE(payment_intent_id, %s) WHERE id = %s AND EXISTS (SELECT 1 FROM gift))"""


@dataclass(frozen=True)
class _Facts:
    gift_id: int
    amount_cents: int
    pocket_id: int
    state: str
    giver_kind: str
    team_id: int | None
    attempt_id: int


def confirm_at_once(*, raw: bytes, event: Event) -> ProviderEvent | None:
    """The row of an event that was acted on, now or before; None, with nothing written, for whatever is not plain."""
    if connection.vendor != "postgresql":
        return None
    payment = _plain_payment(event)
    facts = _read(payment, event) if payment else None
    if payment is None or facts is None:
        return _told_again(event)
    return _write(raw, event, payment, facts)


def _plain_payment(event: Event) -> Payment | None:
    """The payment of an event that says nothing but: one gift of ours was paid in euros."""
    if event.is_live != stripe_gateway.expects_live_events():
        return None
    body = event.body
    if event.type in _PAID_SESSIONS and body.get("payment_status") == PAID and body.get("mode") == "payment":
        payment = payment_of_session(body)
    elif event.type == "payment_intent.succeeded" and body.get("status") == "succeeded":
        if is_of_an_invoice(body):
            return None
        payment = payment_of_intent(body)
    else:
        return None
    is_whole = payment.payment_intent_id and payment.reference and payment.attempt_number is not None
    return payment if is_whole and payment.currency == "eur" and payment.amount_cents else None


def _read(payment: Payment, event: Event) -> _Facts | None:
    when = moment_of(event.created)
    row = _execute(
        _FACTS,
        {
            "number": payment.attempt_number,
            "reference": payment.reference,
            "amount": payment.amount_cents,
            "online": Channel.ONLINE.value,
            "payable": list(GIFT.steps["confirm"].sources),
            "session": payment.session_id,
            "payment": payment.payment_intent_id,
            "key": event.delivery_key,
            "cause": cause_of(payment.payment_intent_id),
            "when": when,
            "day": clock.paris_date(when),
        },
    )
    return _Facts(*row) if row else None


def _execute(sql: str, values: Sequence[Any] | dict[str, Any]) -> Any:
    """The first row of a prepared statement: Django's cursor would have it read and planned anew each time."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(sql, values, prepare=True).fetchone()


def _told_again(event: Event) -> ProviderEvent | None:
    """Counts one more delivery of an event that needs nothing more; None when it is new, or waits for something.

    How often it was told is nobody's money: the answer does not wait until the disk holds it.
    """
    row = _execute(_TOLD_AGAIN, {"key": event.delivery_key, "parked": EventState.PARKED.value})
    if row is None:
        return None
    pk, state, gift_id = row
    return ProviderEvent(pk=pk, delivery_key=event.delivery_key, state=state, gift_id=gift_id)


def _write(raw: bytes, event: Event, payment: Payment, facts: _Facts) -> ProviderEvent | None:
    """Everything in one statement, which does nothing at all unless the gift still is as it was read.

    A rival that was first makes a unique key refuse the whole of it: then the plain way tells the two apart.
    """
    when = moment_of(event.created)
    kept = ProviderEvent(
        delivery_key=event.delivery_key,
        event_id=event.id,
        event_type=event.type,
        api_version=event.api_version,
        object_id=event.object_id,
        occurred_at=event.created,
        payload_sealed=vault.seal_bytes(raw),
        received_at=clock.moment(),
        state=EventState.ACTED,
        gift_id=facts.gift_id,
    )
    rows = [kept, _movement(payment, facts, when), _step(payment, facts), _audited(payment, facts)]
    rows += [_queued(record_fee, payment.payment_intent_id), _queued(thank_donor, facts.gift_id)]
    values: list[Any] = [GIFT.steps["confirm"].target, when, facts.gift_id, facts.state]
    values += [payment.session_id, payment.payment_intent_id, facts.attempt_id]
    for row in rows:
        values += [
            field.get_db_prep_save(field.pre_save(row, add=True), connection)
            for field in _fields_of(type(row))
        ]
    try:
        # By itself a statement is a transaction; inside another one a refusal must leave that one usable.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            done = _execute(_act_on(tuple(type(row) for row in rows)), values)
    except IntegrityError:
        return None
    if done is None:
        return None
    kept.pk = done[0]
    return kept


@cache
def _act_on(models_in_order: tuple[type[models.Model], ...]) -> str:
    """The one statement: the gift moves, and only then is a row of each model added. Its values come in this order."""
    parts = [_GIFT_MOVES, _ATTEMPT_KNOWS]
    for number, model in enumerate(models_in_order):
        columns = ", ".join(f'"{field.column}"' for field in _fields_of(model))
        places = ", ".join(["%s"] * len(_fields_of(model)))
        insertion = f'INSERT INTO "{model._meta.db_table}" ({columns}) SELECT {places} FROM gift RETURNING id'  # noqa: S608
        parts.append(f"row{number} AS ({insertion})")
    return f"WITH {', '.join(parts)} SELECT id FROM row0"  # noqa: S608 - names of our own models


@cache
def _fields_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Every column but a number that the database gives."""
    return [field for field in model._meta.local_concrete_fields if not isinstance(field, models.AutoField)]


def _movement(payment: Payment, facts: _Facts, when: datetime) -> Movement:
    movement = Movement(
        cause_key=cause_of(payment.payment_intent_id),
        debit_id=chart.STRIPE,
        credit_id=standing.account_of(Gift(giver_kind=facts.giver_kind)),
        amount_cents=facts.amount_cents,
        kind=Kind.GIFT,
        entry_ref=payment.reference,
        occurred_on=clock.paris_date(when),
        pocket_id=facts.pocket_id,
        subject_kind=SUBJECT,
        subject_id=str(facts.gift_id),
    )
    movement.row_hash = audit.content_hash(audit.movement_content(movement))
    return movement


def _step(payment: Payment, facts: _Facts) -> TransitionLog:
    return TransitionLog(
        object_kind=Gift._meta.label_lower,
        object_id=str(facts.gift_id),
        name="confirm",
        from_state=facts.state,
        to_state=GiftState.SUCCEEDED,
        at=clock.moment(),
        why=payment.payment_intent_id,
    )


def _audited(payment: Payment, facts: _Facts) -> AuditEvent:
    return audit.drawn_up(
        "gift.confirmed",
        Gift(pk=facts.gift_id),
        by=None,
        amount_cents=facts.amount_cents,
        payment=payment.payment_intent_id,
    )


def _queued(task: Task[Any, Any], argument: int | str) -> DBTaskResult:
    """The row that `task.enqueue(argument)` writes."""
    return DBTaskResult(
        args_kwargs={"args": [argument], "kwargs": {}},
        priority=task.priority,
        task_path=task.module_path,
        queue_name=task.queue_name,
        run_after=get_date_max(),
        backend_name=task.backend,
    )
