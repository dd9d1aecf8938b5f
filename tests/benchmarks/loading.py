"""A ledger of any size in seconds: one gift that was really confirmed, copied by the database."""

import json
from collections.abc import Mapping

from django.db import connection, transaction

from donations.actions.receiving import receive_event
from donations.models import Gift, PaymentAttempt, ProviderEvent
from fund import checkpoints
from fund.models import AuditEvent, Movement, Pocket, TransitionLog
from tests.donations.factories import event, intent_of, make_attempt, make_gift

FIRST = 10_000_000  # the numbers of copied rows begin here, above those of all others


def make_patterns() -> tuple[Gift, Gift]:
    """Two gifts made by the real actions: one promised, one promised and paid."""
    pocket, _made = Pocket.objects.get_or_create(code="general", defaults={"name": "Général"})
    promised, paid = make_gift(pocket), make_gift(pocket)
    for gift in (promised, paid):
        make_attempt(gift)
    told = event("payment_intent.succeeded", intent_of(paid))
    row = receive_event(raw=json.dumps(told).encode(), payload=told)
    assert (row.state, row.reason) == ("acted", ""), row.reason
    return promised, paid


def copy_promised(pattern: Gift, first: int, count: int) -> None:
    """`count` more promised gifts with their attempts, numbered from `first`."""
    _copy_gifts(pattern, first, count)
    _reset_numbers("donations_gift", "donations_paymentattempt")


def copy_paid(pattern: Gift, first: int, count: int) -> None:
    """`count` more paid gifts with their attempts, movements, events, logs and audit, as the real ones are kept."""
    _copy_gifts(pattern, first, count)
    copy_movements(pattern, first, count)
    values = {"event_id": "'evt_' || i", "object_id": "'pi_' || i", "gift_id": "i"}
    values["delivery_key"] = "encode(sha256(i::text::bytea), 'hex')"
    _copy("donations_providerevent", ProviderEvent.objects.get(gift=pattern).pk, first, count, values)
    for table, model in (("fund_transitionlog", TransitionLog), ("fund_auditevent", AuditEvent)):
        row = model.objects.filter(object_id=str(pattern.pk)).latest("pk")
        _copy(table, row.pk, first, count, {"object_id": "i::text"})
    _reset_numbers("donations_gift", "donations_paymentattempt", "fund_movement", "donations_providerevent")
    _reset_numbers("fund_transitionlog", "fund_auditevent")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    checkpoints.checkpoint_in_time()


def copy_movements(pattern: Gift, first: int, count: int) -> None:
    """Only the movements of `count` paid gifts, numbered from `first`."""
    movement = Movement.objects.get(subject_kind="gift", subject_id=str(pattern.pk))
    values = {"cause_key": "'stripe:pi_' || i || ':gift'", "entry_ref": _reference(), "subject_id": "i::text"}
    _copy("fund_movement", movement.pk, first, count, values)
    _reset_numbers("fund_movement")


def _reference() -> str:
    return "'D-2019-' || i"


def _copy_gifts(pattern: Gift, first: int, count: int) -> None:
    values = {"token": "gen_random_uuid()", "form_token": "gen_random_uuid()", "reference": _reference()}
    _copy("donations_gift", pattern.pk, first, count, values)
    attempt = PaymentAttempt.objects.get(gift=pattern)
    values = {"gift_id": "i", "idempotency_key": "'key-' || i"}
    values["payment_intent_id"] = "'pi_' || i" if attempt.payment_intent_id else "NULL"
    _copy("donations_paymentattempt", attempt.pk, first, count, values)


def _copy(table: str, pk: int, first: int, count: int, values: Mapping[str, str]) -> None:
    """Copies row `pk` under the numbers `first`…; `values` are SQL about the number `i`. Triggers are left asleep."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
        shown = [{"id": "i", **values}.get(column, f'o."{column}"') for column in columns]
        names = ", ".join(f'"{column}"' for column in columns)
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {', '.join(shown)}"  # noqa: S608 - names of our own tables
            f" FROM {table} o, generate_series(%s::bigint, %s::bigint) i WHERE o.id = %s",
            [first, first + count - 1, pk],
        )


def _reset_numbers(*tables: str) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"  # noqa: S608
            )
