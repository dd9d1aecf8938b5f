"""Batches of transfers under two signatures: prepared by one person, signed by another, one file made once.

Every act takes the foundation's row first, so that numbers have no gap and two acts of the treasury never wait for
each other in a circle; then the batch, then its orders by pk. Nothing outside is called.
"""

import hashlib
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from fund import audit, clock, registry, vault, workflow
from fund.bank.pain001 import Debtor, Transfer, TransferFileError, write_pain001
from fund.models import Foundation, PaymentBatch, PaymentOrder, User
from fund.models.treasury import BatchState, OrderState
from fund.money import format_euros
from fund.roles import Refusal, Refused, demand
from fund.treasury import cash, permissions
from fund.treasury.business_days import next_business_day
from fund.treasury.workflow import BATCH, ORDER
from fund.workflow import AlreadyDone, WrongState


def prepare_batch(*, by: User, order_ids: Iterable[int]) -> PaymentBatch:
    """A batch of the due orders `order_ids`, each approval checked again, against settled bank cash.

    Raises Refused (role, tie, nothing chosen, an approval that no longer stands, too little money at the bank) and
    WrongState when one of the orders is no longer due: two batches can never hold one order (failure 12).
    """
    with transaction.atomic():
        workflow.lock(Foundation, 1)
        orders = _lock_orders(set(order_ids))
        demand(permissions.can_prepare(by, orders))
        if not orders:
            raise Refused(Refusal("empty", _("Choisissez au moins un virement.")))
        for order in orders:
            _demand_due(order)
        total = sum(order.amount_cents for order in orders)
        demand(check_orders(orders) or check_cash(total))
        number = _next_number()
        batch = PaymentBatch.objects.create(
            number=number,
            message_id=f"CS-LOT-{number:06d}",
            execution_on=next_business_day(clock.today()),
            count=len(orders),
            total_cents=total,
            prepared_by=by,
            prepared_at=clock.moment(),
        )
        for order in orders:
            workflow.move(ORDER, order, "batch", by=by, why=batch.message_id, fields={"batch": batch})
        audit.record("batch.prepared", batch, by=by, number=number, count=batch.count, total_cents=total)
    return batch


def sign_batch(*, by: User, batch: PaymentBatch) -> PaymentBatch:
    """The second signature: checks everything again, makes the file once and seals it; the orders are sent.

    Raises AlreadyDone when the batch is signed, WrongState when it was undone, Refused otherwise (see
    `permissions.can_sign`, `check_orders`, `check_cash`).
    """
    with transaction.atomic():
        foundation = workflow.lock(Foundation, 1)
        batch = workflow.lock(PaymentBatch, batch.pk)
        _demand_prepared(batch)
        demand(permissions.can_sign(by, batch))
        orders = _lock_orders(set(batch.orders.values_list("pk", flat=True)))
        demand(check_orders(orders) or check_cash(batch.total_cents, besides=batch))
        signed_at = clock.moment()
        is_ahead = batch.execution_on > clock.today()
        execution_on = batch.execution_on if is_ahead else next_business_day(clock.today())
        data = _make_file(batch, orders, foundation, execution_on)
        fields = {
            "signed_by": by,
            "signed_at": signed_at,
            "execution_on": execution_on,
            "file_sealed": vault.seal_bytes(data),
            "file_sha256": hashlib.sha256(data).hexdigest(),
        }
        batch = workflow.move(BATCH, batch, "sign", by=by, fields=fields)
        for order in orders:
            workflow.move(ORDER, order, "send", by=by, why=batch.message_id)
        audit.record(
            "batch.signed",
            batch,
            by=by,
            number=batch.number,
            total_cents=batch.total_cents,
            sha256=batch.file_sha256,
        )
    return batch


def cancel_batch(*, by: User, batch: PaymentBatch) -> PaymentBatch:
    """Undoes a batch before its second signature; its orders are due again. Raises Refused and WrongState."""
    with transaction.atomic():
        workflow.lock(Foundation, 1)
        batch = workflow.lock(PaymentBatch, batch.pk)
        demand(permissions.can_cancel(by))
        if batch.state == BatchState.SIGNED:
            raise WrongState(_("Ce lot est signé : son fichier existe, il ne peut plus être défait."))
        orders = _lock_orders(set(batch.orders.values_list("pk", flat=True)))
        batch = workflow.move(
            BATCH, batch, "cancel", by=by, fields={"cancelled_by": by, "cancelled_at": clock.moment()}
        )
        for order in orders:
            workflow.move(ORDER, order, "unbatch", by=by, why=batch.message_id, fields={"batch": None})
        audit.record("batch.cancelled", batch, by=by, number=batch.number)
    return batch


def download_batch(*, by: User, batch: PaymentBatch) -> bytes:
    """The bytes of a signed batch, the same each time; every download leaves an audit event with their SHA-256.

    Raises Refused, and WrongState before the second signature. Raises VaultError when the bytes are not those signed.
    """
    with transaction.atomic():
        demand(permissions.can_download(by))
        batch = PaymentBatch.objects.get(pk=batch.pk)
        if batch.state != BatchState.SIGNED or batch.file_sealed is None:
            raise WrongState(_("Le fichier se crée à la seconde signature : ce lot n’est pas encore signé."))
        data = vault.open_bytes(batch.file_sealed)
        if hashlib.sha256(data).hexdigest() != batch.file_sha256:
            raise vault.VaultError("The file is not the one that was signed.")
        audit.record("batch.downloaded", batch, by=by, number=batch.number, sha256=batch.file_sha256)
    return data


def check_orders(orders: list[PaymentOrder]) -> Refusal | None:
    """Asks whoever registered the approvals whether each still stands; the refusal names the reference."""
    for order in orders:
        refusal = registry.reference_for(order.reference_kind).recheck(order)
        if refusal is None and order.subject_key.wrapped_key is None:
            refusal = Refusal("erased", _("Les données de cette personne ont été effacées."))
        if refusal is not None:
            sentence = _("%(reference)s : %(why)s Retirez ce virement du lot.")
            return Refusal(refusal.code, sentence % {"reference": order.label, "why": refusal.sentence})
    return None


def check_cash(needed_cents: int, *, besides: PaymentBatch | None = None) -> Refusal | None:
    """Whether settled bank cash, less what is leaving in other batches than `besides`, covers `needed_cents`."""
    payable = cash.settled_cents() - cash.leaving_cents(besides)
    if payable >= needed_cents:
        return None
    return Refusal(
        "cash",
        _(
            "Il y a %(payable)s à la banque pour ces virements et il en faut %(needed)s :"
            " importez le dernier relevé ou retirez des virements du lot."
        )
        % {"payable": format_euros(payable), "needed": format_euros(needed_cents)},
    )


def _next_number() -> int:
    """The caller holds the foundation's row: no two batches read the same last number."""
    return (PaymentBatch.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def _lock_orders(ids: set[int]) -> list[PaymentOrder]:
    locked = (
        PaymentOrder.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk")
    )
    return list(locked.select_related("subject_key"))


def _demand_due(order: PaymentOrder) -> None:
    if order.state == OrderState.DUE:
        return
    if order.batch is not None and order.state in (OrderState.BATCHED, OrderState.SENT):
        sentence = _("%(reference)s est déjà dans le lot nº %(number)d. Rechargez la page.")
        raise AlreadyDone(sentence % {"reference": order.label, "number": order.batch.number})
    raise WrongState(_("%(reference)s n’est plus à payer. Rechargez la page.") % {"reference": order.label})


def _demand_prepared(batch: PaymentBatch) -> None:
    if batch.state == BatchState.SIGNED:
        raise AlreadyDone(_("Ce lot est déjà signé."))
    if batch.state == BatchState.CANCELLED:
        raise WrongState(_("Ce lot a été défait : préparez-en un autre."))


def _make_file(
    batch: PaymentBatch, orders: list[PaymentOrder], foundation: Foundation, execution_on: date
) -> bytes:
    transfers = [_transfer(order, foundation) for order in orders]
    try:
        return write_pain001(
            message_id=batch.message_id,
            created_at=clock.moment(),
            execution_on=execution_on,
            debtor=Debtor(foundation.legal_name, foundation.iban, foundation.bic or None),
            transfers=transfers,
        )
    except TransferFileError as error:
        raise Refused(Refusal("file", _sentence(error, orders))) from None


def _sentence(error: TransferFileError, orders: list[PaymentOrder]) -> str:
    """What the file lacks, after the reference of the order that lacks it."""
    if error.position is None:
        return error.message
    told = {"reference": orders[error.position - 1].label, "why": error.message}
    return _("%(reference)s : %(why)s") % told


def _transfer(order: PaymentOrder, foundation: Foundation) -> Transfer:
    """The remittance is neutral: the fund's short name and the reference, never a word about an aid."""
    return Transfer(
        end_to_end_id=order.end_to_end_id,
        amount_cents=order.amount_cents,
        name=vault.open_text_for(order.subject_key, order.holder_sealed),
        iban=vault.open_text_for(order.subject_key, order.iban_sealed),
        remittance=f"{foundation.short_name} {order.label}",
    )
