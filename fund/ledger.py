"""The only writer of movements: post, reverse, and the questions a spender asks under lock.

A movement is a fact with a cause; the same cause posted twice gives the same movement, never a second one. Spending
takes its pockets with `lock_pockets` (by pk, one order everywhere, so that no two acts wait for each other), reads
what is left after the lock was had, and only then posts. Money coming in only inserts, and waits for nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Sum

from fund import audit
from fund.balances import balance_cents, figure_cents, left_cents
from fund.models import Movement, Pocket, School

__all__ = [
    "CauseConflict",
    "Subject",
    "balance_cents",
    "figure_cents",
    "left_cents",
    "lock_pockets",
    "post",
    "reverse",
]


class CauseConflict(Exception):
    """The cause was already recorded with another amount, account or pocket: parked, never overwritten."""


@dataclass(frozen=True)
class Subject:
    """What a movement is about: a kind and an id, never a name."""

    kind: str
    id: str


def post(
    *,
    cause_key: str,
    debit: str,
    credit: str,
    amount_cents: int,
    kind: str,
    entry_ref: str,
    occurred_on: date,
    pocket: Pocket,
    scheme: str = "",
    school: School | None = None,
    subject: Subject | None = None,
    reverses: Movement | None = None,
) -> Movement:
    """Records one movement of `amount_cents` on the Paris date `occurred_on`, or returns the one this cause made.

    Must run inside the act's transaction. Raises CauseConflict when the cause is known with other content, and
    ValueError for an amount that is not a positive integer.
    """
    movement = Movement(
        cause_key=cause_key,
        debit_id=debit,
        credit_id=credit,
        amount_cents=amount_cents,
        kind=kind,
        entry_ref=entry_ref,
        occurred_on=occurred_on,
        pocket=pocket,
        scheme=scheme,
        school=school,
        subject_kind=subject.kind if subject else "",
        subject_id=subject.id if subject else "",
        reverses=reverses,
    )
    return _insert(movement)


def _insert(movement: Movement) -> Movement:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A movement is posted inside the transaction of its act.")
    if type(movement.amount_cents) is not int or movement.amount_cents <= 0:
        raise ValueError("A movement has a positive amount in cents.")
    movement.row_hash = audit.content_hash(audit.movement_content(movement))
    try:
        with transaction.atomic():
            movement.save(force_insert=True)
    except IntegrityError:
        known = Movement.objects.filter(cause_key=movement.cause_key).first()
        if known is None:
            raise
        if not _same_fact(known, movement):
            raise CauseConflict(f"{movement.cause_key} was recorded with another content.") from None
        return known
    return movement


def _same_fact(one: Movement, other: Movement) -> bool:
    fields = ("debit_id", "credit_id", "amount_cents", "kind", "pocket_id", "subject_kind", "subject_id")
    return all(getattr(one, field) == getattr(other, field) for field in fields)


def reverse(
    movement: Movement, *, cause_key: str, kind: str, occurred_on: date, amount_cents: int | None = None
) -> Movement:
    """A linked entry that takes `amount_cents` (all of it by default) of `movement` back.

    Raises ValueError when more would be taken back than was moved. The caller holds a lock on what the movement is
    about, so that two reversals do not pass the check together.
    """
    taken_back = movement.reversals.aggregate(total=Sum("amount_cents"))["total"] or 0
    amount = movement.amount_cents - taken_back if amount_cents is None else amount_cents
    known = Movement.objects.filter(cause_key=cause_key).exists()
    if not known and amount > movement.amount_cents - taken_back:
        raise ValueError("More would be taken back than was moved.")
    return post(
        cause_key=cause_key,
        debit=movement.credit_id,
        credit=movement.debit_id,
        amount_cents=amount,
        kind=kind,
        entry_ref=movement.entry_ref,
        occurred_on=occurred_on,
        pocket=movement.pocket,
        scheme=movement.scheme,
        school=movement.school,
        subject=Subject(movement.subject_kind, movement.subject_id) if movement.subject_kind else None,
        reverses=movement,
    )


def lock_general_pocket() -> Pocket:
    """For money that concerns no purpose: payouts and deposits pass through it, and its lock makes them queue."""
    (general,) = lock_pockets([Pocket.objects.get(code=Pocket.GENERAL)])
    return general


def lock_pockets(pockets: Iterable[Pocket]) -> list[Pocket]:
    """The pockets, locked by pk until the end of the transaction. Gifts are not blocked (NO KEY UPDATE)."""
    ids = {pocket.pk for pocket in pockets}
    return list(Pocket.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk"))
