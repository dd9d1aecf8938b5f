"""The proofs of `check_ledger` that concern the fund's own tables; apps add theirs through the registry.

Each yields one sentence per broken promise, with ids and cents, never a person's data.
"""

from collections.abc import Iterator

from django.db import DatabaseError, connection, transaction
from django.db.models import F, Sum

from fund import audit, balances, chart, checkpoints, guards, registry, seal_proofs, stuck
from fund.models import AuditEvent, BankStatement, Checkpoint, Movement, PaymentBatch, PaymentOrder, Pocket
from fund.models.ledger import Kind
from fund.models.treasury import OrderState

_CHUNK = 2000
_TRANSFERS = (Kind.TRANSFER_DEBITED, Kind.TRANSFER_RETURNED)


def register() -> None:
    registry.register_check("append_only", append_only_tables_refuse_change)
    registry.register_check("movement_hashes", movements_are_as_written)
    registry.register_check("audit_hashes", audit_events_are_as_written)
    seal_proofs.register()
    registry.register_check("reversals", reversals_stay_within)
    registry.register_check("checkpoints", the_last_checkpoint_is_the_whole_sum)
    registry.register_check("pockets", pockets_are_not_overspent)
    registry.register_check("orders", orders_agree_with_movements)
    registry.register_check("batches", batches_agree_with_orders)
    registry.register_check("bank", bank_account_agrees_with_statements)
    registry.register_check("statements", statements_are_kept_whole)
    registry.register_check("tasks", stuck.given_up_tasks)


class _Undo(Exception):
    pass


def append_only_tables_refuse_change() -> Iterator[str]:
    """Every trigger is in place; and proved by trying: an UPDATE and a DELETE on a row of each append-only table,
    inside a savepoint that is undone."""
    for name in guards.missing(connection):
        yield f"trigger {name}: not in place, or changed."
    present = set(connection.introspection.table_names())
    for table in guards.append_only_tables():
        if table not in present:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM {table} LIMIT 1")  # noqa: S608 - names come from our own models
            row = cursor.fetchone()
        if row is None:
            continue
        for sql in (f"UPDATE {table} SET id = id WHERE id = %s", f"DELETE FROM {table} WHERE id = %s"):  # noqa: S608
            if _is_accepted(sql, row[0]):
                yield f"{table}: a row could be changed ({sql.split()[0]})."


def _is_accepted(sql: str, pk: int) -> bool:
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(sql, [pk])
            raise _Undo
    except _Undo:
        return True
    except DatabaseError:
        return False


def the_last_checkpoint_is_the_whole_sum() -> Iterator[str]:
    """What balances start from is the sum of every movement up to there, account by account, pocket by pocket."""
    last = Checkpoint.objects.order_by("-up_to").first()
    if last is None:
        return
    kept = {(row.account_id, row.pocket_id): row.net_cents for row in last.sums.order_by("pk")}
    counted = checkpoints.sums_of(0, last.up_to)
    for account, pocket in sorted({*kept, *counted}):
        if kept.get((account, pocket), 0) != counted[account, pocket]:
            yield (
                f"checkpoint {last.up_to}, account {account}, pocket {pocket}: {kept.get((account, pocket), 0)} cents "
                f"kept, {counted[account, pocket]} counted."
            )


def movements_are_as_written() -> Iterator[str]:
    for movement in Movement.objects.order_by("pk").iterator(chunk_size=_CHUNK):
        if audit.content_hash(audit.movement_content(movement)) != movement.row_hash:
            yield f"movement {movement.pk} is not what was written{seal_proofs.place_of(movement)}."


def audit_events_are_as_written() -> Iterator[str]:
    for event in AuditEvent.objects.order_by("pk").iterator(chunk_size=_CHUNK):
        if audit.content_hash(audit.event_content(event)) != event.row_hash:
            yield f"audit event {event.pk} is not what was written{seal_proofs.place_of(event)}."


def reversals_stay_within() -> Iterator[str]:
    over = (
        Movement.objects.annotate(taken_back=Sum("reversals__amount_cents"))
        .filter(taken_back__gt=F("amount_cents"))
        .order_by("pk")
    )
    for movement in over:
        yield f"movement {movement.pk}: {movement.taken_back} cents taken back of {movement.amount_cents}."


def pockets_are_not_overspent() -> Iterator[str]:
    """A pocket below zero is a broken promise unless a bank or a card imposed the loss (invariant 3)."""
    imposed = (Kind.REFUND, Kind.GIFT_UNDONE, Kind.DISPUTE_OPENED, Kind.DISPUTE_LOST, Kind.FEE)
    for pocket in Pocket.objects.order_by("pk"):
        left = balances.left_cents(pocket)
        if left >= 0:
            continue
        losses = (
            Movement.objects.filter(pocket=pocket, kind__in=imposed).aggregate(total=Sum("amount_cents"))[
                "total"
            ]
            or 0
        )
        if left + losses < 0:
            yield f"pocket {pocket.code}: {left} cents left, and only {losses} cents of imposed losses explain it."


def orders_agree_with_movements() -> Iterator[str]:
    """Debited orders moved their amount to the payee exactly once; every other order moved nothing in the end."""
    moved = _cents_by_transfer()
    for order in PaymentOrder.objects.order_by("pk").iterator(chunk_size=_CHUNK):
        paid, back = (moved.get((order.end_to_end_id, kind), 0) for kind in _TRANSFERS)
        expected = order.amount_cents if order.state == OrderState.DEBITED else 0
        if paid - back != expected:
            yield f"order {order.end_to_end_id}: {paid - back} cents moved, its state says {expected}."
        if order.state == OrderState.RETURNED and paid != order.amount_cents:
            yield f"order {order.end_to_end_id}: returned without having been debited."
    owed = -balances.balance_cents(chart.AIDS_OWED)
    if owed < 0:
        yield f"more was paid than granted: {owed} cents owed."


def _cents_by_transfer() -> dict[tuple[str, str], int]:
    """Cents debited and cents that came back, by the transfer's reference and kind of movement, from the ledger."""
    rows = Movement.objects.filter(kind__in=_TRANSFERS).order_by().values_list("entry_ref", "kind")
    return {(ref, kind): cents for ref, kind, cents in rows.annotate(total=Sum("amount_cents"))}


def batches_agree_with_orders() -> Iterator[str]:
    """A batch that stands holds as many orders and cents as its two persons signed for."""
    for batch in PaymentBatch.objects.exclude(state="cancelled").order_by("pk"):
        orders = list(batch.orders.values_list("amount_cents", flat=True))
        if len(orders) != batch.count or sum(orders) != batch.total_cents:
            signed_for = f"signed for {batch.count}, {batch.total_cents}"
            yield f"batch {batch.number}: {len(orders)} orders, {sum(orders)} cents; {signed_for}."


def bank_account_agrees_with_statements() -> Iterator[str]:
    """Matched lines and movements on the bank account are the same sum."""
    statements = BankStatement.objects.filter(lines__isnull=False).distinct()
    matched = sum(
        line.amount_cents
        for statement in statements
        for line in statement.lines.all()
        if line.state == "matched"
    )
    moved = balances.balance_cents(chart.BANK)
    if matched != moved:
        yield f"bank lines matched: {matched} cents; movements on the bank account: {moved} cents."


def statements_are_kept_whole() -> Iterator[str]:
    """Every cent of a statement stands on a line, matched or parked: opening + lines = closing."""
    for statement in BankStatement.objects.annotate(moved=Sum("lines__amount_cents")).order_by("pk"):
        moved = statement.moved or 0
        if statement.opening_cents + moved != statement.closing_cents:
            yield f"statement {statement.pk}: {moved} cents on its lines do not lead from its opening to its closing."
