"""Payment orders: one attempt each to pay one approval."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from fund import audit, clock, vault
from fund.models import PaymentOrder, Pocket, School, SubjectKey, User
from fund.models.treasury import LIVE_ORDER_STATES
from fund.roles import Refusal, Refused

IBAN_INDEX = "iban"


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

    The caller holds the lock on what `reference_kind` and `reference_id` name, inside its transaction. The same
    attempt asked for again gives the order it made (failure 5: the key is the intent and the attempt). Without
    `attempt` the next number is taken. Raises Refused while another attempt is alive (invariant 4) and
    OrderConflict when the attempt is known with other content.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An order is created inside the transaction of its approval.")
    others = PaymentOrder.objects.filter(reference_kind=reference_kind, reference_id=reference_id)
    fingerprint = vault.blind_index(IBAN_INDEX, iban)
    content = {"payee_kind": payee_kind, "payee_id": payee_id, "amount_cents": amount_cents, "iban_fingerprint": fingerprint}
    if attempt is not None:
        known = others.filter(attempt=attempt).first()
        if known is not None:
            return _same_order(known, content)
    if others.filter(state__in=LIVE_ORDER_STATES).exists():
        raise Refused(Refusal("live_order", _("Un virement est déjà en cours pour cette demande.")))
    number = attempt or (others.aggregate(last=Max("attempt"))["last"] or 0) + 1
    order = PaymentOrder.objects.create(
        reference_kind=reference_kind,
        reference_id=reference_id,
        attempt=number,
        end_to_end_id=end_to_end_id(reference_id, number),
        label=label,
        subject_key=subject_key,
        iban_sealed=vault.seal_text_for(subject_key, iban),
        holder_sealed=vault.seal_text_for(subject_key, holder),
        iban_tail=iban[-4:],
        pocket=pocket,
        scheme=scheme,
        school=school,
        created_at=clock.moment(),
        **content,
    )
    audit.record("order.created", order, by=by, attempt=number, amount_cents=amount_cents)
    return order


def end_to_end_id(reference_id: str, attempt: int) -> str:
    """« CS-2020-000046-1 »: unique per attempt, neutral, within the 35 characters of ISO 20022."""
    return f"CS-{clock.today().year}-{int(reference_id):06d}-{attempt}"


def _same_order(order: PaymentOrder, content: dict[str, object]) -> PaymentOrder:
    if any(getattr(order, field) != value for field, value in content.items()):
        raise OrderConflict(f"{order.end_to_end_id} was made with another content.")
    return order
