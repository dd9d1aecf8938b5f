"""What `check_ledger` proves about gifts, refunds and disputes: the ledger holds each fact once, and knows no other."""

from collections.abc import Iterator
from typing import TypeVar

from django.db.models import Q, QuerySet, Sum

from donations import matching_proofs, monthly_proofs
from donations.models import Dispute, Gift, Refund
from donations.models.gifts import RECEIVED_STATES, GiftState
from donations.models.reversals import DisputeState, RefundState
from donations.receipts import proofs as receipt_proofs
from fund import balances, chart, registry
from fund.models import Movement
from fund.models.ledger import Kind

SUBJECT = "gift"
_CHUNK = 500
T = TypeVar("T")


def register() -> None:
    receipt_proofs.register()
    registry.register_check("gifts", received_gifts_are_in_the_ledger)
    registry.register_check("gift_movements", gift_movements_belong_to_received_gifts)
    registry.register_check("refunds", refunds_are_in_the_ledger)
    registry.register_check("disputes", disputes_are_in_the_ledger)
    registry.register_check("undone", undone_gifts_were_taken_back)
    registry.register_check("given_back", gifts_say_what_was_given_back)
    registry.register_check("losses", losses_have_a_cause)
    matching_proofs.register()
    monthly_proofs.register()


def received_gifts_are_in_the_ledger() -> Iterator[str]:
    """A gift that was received has one gift movement, of its amount and pocket; any other has none."""
    gifts = Gift.objects.order_by("pk").iterator(chunk_size=_CHUNK)
    for chunk in _chunks(gifts):
        found: dict[str, list[Movement]] = {}
        ids = [str(gift.pk) for gift in chunk]
        for movement in Movement.objects.filter(kind=Kind.GIFT, subject_kind=SUBJECT, subject_id__in=ids):
            found.setdefault(movement.subject_id, []).append(movement)
        for gift in chunk:
            booked = [(line.amount_cents, line.pocket_id) for line in found.get(str(gift.pk), [])]
            received = gift.state in RECEIVED_STATES
            if booked != ([(gift.amount_cents, gift.pocket_id)] if received else []):
                yield f"gift {gift.pk}: its state is {gift.state}, {len(booked)} gift movements say otherwise."


def gift_movements_belong_to_received_gifts() -> Iterator[str]:
    """Each gift movement of a payment is about a gift that was received."""
    movements = Movement.objects.filter(kind=Kind.GIFT, subject_kind=SUBJECT).order_by("pk")
    for chunk in _chunks(movements.iterator(chunk_size=_CHUNK)):
        ids = [int(movement.subject_id) for movement in chunk if movement.subject_id.isdigit()]
        received = set(
            Gift.objects.filter(pk__in=ids, state__in=RECEIVED_STATES).values_list("pk", flat=True)
        )
        for movement in chunk:
            if not movement.subject_id.isdigit() or int(movement.subject_id) not in received:
                yield f"movement {movement.pk}: no received gift stands behind it."


def refunds_are_in_the_ledger() -> Iterator[str]:
    """Each refund of the provider left the fund once, with its amount and the pocket of its gift; a failed one came
    back once. Those that the bank made are proved with its lines (`outside/proofs.py`)."""
    rows = Refund.objects.filter(line=None).select_related("gift").order_by("pk")
    for chunk in _chunks(rows.iterator(chunk_size=_CHUNK)):
        out = {row.pk: f"stripe:{row.stripe_id}:refund" for row in chunk}
        booked = _booked([key for out_key in out.values() for key in (out_key, f"{out_key}:failed")])
        for row in chunk:
            whole = (row.amount_cents, row.gift.pocket_id)
            back = whole if row.state == RefundState.FAILED else None
            key = out[row.pk]
            if booked.get(key) != whole or booked.get(f"{key}:failed") != back:
                yield f"refund {row.pk}: its state is {row.state}, the ledger says otherwise."


def disputes_are_in_the_ledger() -> Iterator[str]:
    """Each dispute has the movements of its state, and account 4674 holds exactly the open ones."""
    entries: dict[str, tuple[str, ...]] = {
        DisputeState.OPEN: (Kind.DISPUTE_OPENED,),
        DisputeState.WON: (Kind.DISPUTE_OPENED, Kind.DISPUTE_WON),
        DisputeState.LOST: (Kind.DISPUTE_OPENED, Kind.DISPUTE_LOST),
    }
    kinds = (Kind.DISPUTE_OPENED, Kind.DISPUTE_WON, Kind.DISPUTE_LOST)
    for chunk in _chunks(Dispute.objects.select_related("gift").order_by("pk").iterator(chunk_size=_CHUNK)):
        booked = _booked([f"stripe:{row.stripe_id}:{kind.value}" for row in chunk for kind in kinds])
        for row in chunk:
            wanted = entries.get(row.state, ())
            whole = (row.amount_cents, row.gift.pocket_id)
            found = [booked.get(f"stripe:{row.stripe_id}:{kind.value}") for kind in kinds]
            if found != [whole if kind in wanted else None for kind in kinds]:
                yield f"dispute {row.pk}: its state is {row.state}, the ledger says otherwise."
    is_open = Dispute.objects.filter(state=DisputeState.OPEN)
    told = is_open.aggregate(total=Sum("amount_cents"))["total"] or 0
    held = balances.balance_cents(chart.DISPUTED_GIFTS)
    if told != held:
        yield f"open disputes: {told} cents; account {chart.DISPUTED_GIFTS}: {held} cents."


def undone_gifts_were_taken_back() -> Iterator[str]:
    """Of a gift that is « undone » all that no refund and no dispute took was taken back, from its pocket; no other
    gift was."""
    booked: dict[str, list[tuple[int, int]]] = {}
    for line in Movement.objects.filter(kind=Kind.GIFT_UNDONE, subject_kind=SUBJECT).order_by("pk"):
        booked.setdefault(line.subject_id, []).append((line.amount_cents, line.pocket_id))
    for gift in Gift.objects.filter(state=GiftState.UNDONE).order_by("pk"):
        found = booked.pop(str(gift.pk), [])
        left = gift.amount_cents - gift.refunded_cents - gift.disputed_cents
        taken, pockets = sum(cents for cents, _pocket in found), {pocket for _cents, pocket in found}
        if taken != left or pockets != {gift.pocket_id}:
            yield f"gift {gift.pk}: its state is {gift.state}, {len(found)} movements took it back."
    for subject_id in sorted(booked):
        yield f"gift {subject_id}: it was taken back, its state says otherwise."


def gifts_say_what_was_given_back() -> Iterator[str]:
    """A gift's sums are those of its refunds that stand and of its disputes that are open or lost; it is « refunded »
    when nothing of it is left."""
    standing: dict[int, int] = _sum_by_gift(Refund.objects.exclude(state=RefundState.FAILED))
    lost: dict[int, int] = _sum_by_gift(Dispute.objects.filter(state=DisputeState.LOST))
    is_open: dict[int, int] = _sum_by_gift(Dispute.objects.filter(state=DisputeState.OPEN))
    told = Q(state=GiftState.REFUNDED) | Q(refunded_cents__gt=0) | Q(disputed_cents__gt=0)
    for gift in Gift.objects.filter(told | Q(pk__in={*standing, *lost, *is_open})).order_by("pk"):
        refunded = standing.get(gift.pk, 0)
        is_gone = refunded + lost.get(gift.pk, 0) >= gift.amount_cents
        if gift.refunded_cents != refunded or is_gone != (gift.state == GiftState.REFUNDED):
            yield f"gift {gift.pk}: {refunded} cents given back; its row says {gift.refunded_cents}, {gift.state}."
        disputed = lost.get(gift.pk, 0) + is_open.get(gift.pk, 0)
        if gift.disputed_cents != disputed:
            yield f"gift {gift.pk}: {disputed} cents disputed; its row says {gift.disputed_cents}."


def losses_have_a_cause() -> Iterator[str]:
    """The ledger knows no refund and no dispute that the rows do not know."""
    rows = {Kind.REFUND: Refund.objects.count(), Kind.DISPUTE_OPENED: _opened_count()}
    for kind, count in rows.items():
        booked = Movement.objects.filter(kind=kind).count()
        if booked != count:
            yield f"{booked} movements of kind {kind.value}, {count} rows behind them."


def _opened_count() -> int:
    opened = (DisputeState.OPEN, DisputeState.WON, DisputeState.LOST)
    return Dispute.objects.filter(state__in=opened).count()


def _booked(causes: list[str]) -> dict[str, tuple[int, int]]:
    """Amount in cents and pocket of the movement of each cause."""
    found = Movement.objects.filter(cause_key__in=causes)
    return {line.cause_key: (line.amount_cents, line.pocket_id) for line in found}


def _sum_by_gift(rows: QuerySet[Refund] | QuerySet[Dispute]) -> dict[int, int]:
    return dict(rows.values_list("gift").annotate(total=Sum("amount_cents")).order_by("gift"))


def _chunks(rows: Iterator[T]) -> Iterator[list[T]]:
    chunk: list[T] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
