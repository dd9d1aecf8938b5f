"""Rules of advances, and advances given, for the tests about them."""

from types import SimpleNamespace

from django.db import transaction

from aid_requests.actions.advances import set_rules
from aid_requests.committee.actions import give_advance
from aid_requests.models import Advance, AdvanceRules, AidRequest
from config.demo import bank
from fund import balances, chart, clock, ledger
from fund.models import PaymentBatch, PaymentOrder, Pocket, User
from fund.models.ledger import Kind
from fund.treasury import batches
from fund.treasury.statements import import_statement


def rules(people: SimpleNamespace, pocket: Pocket, **changes: int) -> AdvanceRules:
    """100 € an advance, 250 € a month, fifteen days, unless told."""
    values = {"cap_cents": 10_000, "month_cap_cents": 25_000, "ratify_days": 15, **changes}
    return set_rules(by=people.administrator, pocket=pocket, **values)


def advance(by: User, request: AidRequest, cents: int = 10_000, **changes: object) -> Advance:
    request.refresh_from_db()
    values: dict[str, object] = {
        "revision": request.revision,
        "amount_cents": cents,
        "reason": "food",
        "note": "Plus rien pour la semaine.",
        **changes,
    }
    return give_advance(by=by, request=request, **values)  # type: ignore[arg-type]


def send_all(people: SimpleNamespace) -> PaymentBatch:
    """Everything that is due, in one signed batch."""
    ids = PaymentOrder.objects.filter(state="due").values_list("pk", flat=True)
    batch = batches.prepare_batch(by=people.treasurer, order_ids=ids)
    return batches.sign_batch(by=people.signatory, batch=batch)


def debit_all(people: SimpleNamespace, *, comes_back: PaymentOrder | None = None) -> None:
    """Sent and debited; `comes_back` is returned on the same statement: its account is closed."""
    batch = send_all(people)
    answer = bank.answer(batch.message_id, comes_back.end_to_end_id if comes_back else None)
    import_statement(by=people.treasurer, data=bytes(answer.file))


def orders(kind: str) -> list[tuple[str, int]]:
    """State and cents of each payment order of this kind, in order."""
    rows = PaymentOrder.objects.filter(reference_kind=kind).order_by("pk")
    return list(rows.values_list("state", "amount_cents"))


def take_all_but(pocket: Pocket, cents: int) -> None:
    """A bank's fees leave this much."""
    with transaction.atomic():
        ledger.post(
            cause_key="bank-fees",
            debit=chart.FEES,
            credit=chart.STRIPE,
            amount_cents=balances.left_cents() - cents,
            kind=Kind.FEE,
            entry_ref="fees",
            occurred_on=clock.today(),
            pocket=pocket,
        )
