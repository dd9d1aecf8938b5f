"""What `check_ledger` proves about gifts: each one received is in the ledger once, and the ledger knows no other."""

from collections.abc import Iterator
from typing import TypeVar

from donations.models import Gift
from donations.models.gifts import GiftState
from fund import registry
from fund.models import Movement
from fund.models.ledger import Kind

SUBJECT = "gift"
_CHUNK = 500
T = TypeVar("T")


def register() -> None:
    registry.register_check("gifts", received_gifts_are_in_the_ledger)
    registry.register_check("gift_movements", gift_movements_belong_to_received_gifts)


def received_gifts_are_in_the_ledger() -> Iterator[str]:
    """A gift that succeeded has one gift movement, of its amount and pocket; any other has none."""
    gifts = Gift.objects.order_by("pk").iterator(chunk_size=_CHUNK)
    for chunk in _chunks(gifts):
        found: dict[str, list[Movement]] = {}
        ids = [str(gift.pk) for gift in chunk]
        for movement in Movement.objects.filter(kind=Kind.GIFT, subject_kind=SUBJECT, subject_id__in=ids):
            found.setdefault(movement.subject_id, []).append(movement)
        for gift in chunk:
            booked = [(line.amount_cents, line.pocket_id) for line in found.get(str(gift.pk), [])]
            received = gift.state == GiftState.SUCCEEDED
            if booked != ([(gift.amount_cents, gift.pocket_id)] if received else []):
                yield f"gift {gift.pk}: its state is {gift.state}, {len(booked)} gift movements say otherwise."


def gift_movements_belong_to_received_gifts() -> Iterator[str]:
    """Each gift movement of a payment is about a gift that succeeded."""
    movements = Movement.objects.filter(kind=Kind.GIFT, subject_kind=SUBJECT).order_by("pk")
    for chunk in _chunks(movements.iterator(chunk_size=_CHUNK)):
        ids = [int(movement.subject_id) for movement in chunk if movement.subject_id.isdigit()]
        received = set(
            Gift.objects.filter(pk__in=ids, state=GiftState.SUCCEEDED).values_list("pk", flat=True)
        )
        for movement in chunk:
            if not movement.subject_id.isdigit() or int(movement.subject_id) not in received:
                yield f"movement {movement.pk}: no received gift stands behind it."


def _chunks(rows: Iterator[T]) -> Iterator[list[T]]:
    chunk: list[T] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
