"""Payment orders: one attempt each to pay one approval."""

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from fund import audit, clock, registry, vault, workflow
from fund.models import PaymentOrder, Pocket, School, SubjectKey, User
from fund.models.treasury import LIVE_ORDER_STATES
from fund.roles import Refusal, Refused
from fund.treasury.workflow import ORDER

IBAN_INDEX = "iban"
_PROMISED = ("payee_kind", "payee_id", "amount_cents", "iban_fingerprint")


class OrderConflict(Exception):
    """This attempt exists with another person, amount or account: an order is never rewritten (failure 17)."""


def create_order(
    *,
    reference_kind: str,
    reference_id: str,
    payee_kind: str,
    payee_id: str,
    label: str,
    amount_cents: int,
    subject_key: SubjectKey,
    iban: str,
    holder: str,
    pocket: Pocket,
    scheme: str,
    school: School | None,
    attempt: int | None = None,
    by: User | None = None,
) -> PaymentOrder:
    """The order that pays an approval, due from now on; `iban` is the compact number, `label` what the bank quotes.

    The caller holds the lock on what `reference_kind` and `reference_id` name, in its transaction. The same attempt
    asked for again gives the order it made (failure 5); without `attempt` the next number is taken. Raises Refused
    while another attempt is alive (invariant 4), OrderConflict when the attempt is known with other content.
    """
    order = PaymentOrder(
        reference_kind=reference_kind,
        reference_id=reference_id,
        payee_kind=payee_kind,
        payee_id=payee_id,
        label=label,
        amount_cents=amount_cents,
        subject_key=subject_key,
        iban_fingerprint=vault.blind_index(IBAN_INDEX, iban),
        pocket=pocket,
        scheme=scheme,
        school=school,
    )
    return _known_or_refused(order, attempt) or _write(order, attempt, iban, holder, by)


def end_to_end_id(kind: str, reference_id: str, attempt: int) -> str:
    """« CS-2020-000046-1 »: unique per attempt, neutral, within the 35 characters of ISO 20022."""
    return f"{registry.series_of(kind)}-{clock.today().year}-{int(reference_id):06d}-{attempt}"


def cancel_order(order: PaymentOrder, *, by: User | None, why: str) -> PaymentOrder:
    """Takes back an order that no batch holds, so that another attempt may be made; `why` is a code.

    The caller holds the foundation's row and then what the order refers to. Raises WrongState once a batch holds it.
    """
    order = workflow.lock(PaymentOrder, order.pk)
    workflow.move(ORDER, order, "cancel", by=by, why=why)
    audit.record("order.cancelled", order, by=by, attempt=order.attempt, why=why)
    return order


def _known_or_refused(order: PaymentOrder, attempt: int | None) -> PaymentOrder | None:
    """The order this attempt made before, or None when a new one may be written. Raises Refused and OrderConflict."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An order is created inside the transaction of its approval.")
    known = _attempts(order).filter(attempt=attempt).first() if attempt is not None else None
    if known is not None:
        if any(getattr(known, field) != getattr(order, field) for field in _PROMISED):
            raise OrderConflict(f"{known.end_to_end_id} was made with another content.")
        return known
    if _attempts(order).filter(state__in=LIVE_ORDER_STATES).exists():
        raise Refused(Refusal("live_order", _("Un virement est déjà en cours pour cette demande.")))
    return None


def _attempts(order: PaymentOrder) -> QuerySet[PaymentOrder]:
    return PaymentOrder.objects.filter(reference_kind=order.reference_kind, reference_id=order.reference_id)


def _write(order: PaymentOrder, attempt: int | None, iban: str, holder: str, by: User | None) -> PaymentOrder:
    order.attempt = attempt or (_attempts(order).aggregate(last=Max("attempt"))["last"] or 0) + 1
    order.end_to_end_id = end_to_end_id(order.reference_kind, order.reference_id, order.attempt)
    order.iban_sealed = vault.seal_text_for(order.subject_key, iban)
    order.holder_sealed = vault.seal_text_for(order.subject_key, holder)
    order.iban_tail = iban[-4:]
    order.created_at = clock.moment()
    order.save(force_insert=True)
    audit.record("order.created", order, by=by, attempt=order.attempt, amount_cents=order.amount_cents)
    return order
