"""An aid, or an advance on it, owed from its approval on: one movement, and one order to pay it.

The caller holds the request's lock, and that of the pocket, in its transaction.
"""

from aid_requests.declarations import open_account
from aid_requests.models import AidRequest
from aid_requests.reference import PAYEE_KIND
from fund import chart, clock, ledger
from fund.ledger import Subject
from fund.models import PaymentOrder, Pocket, User
from fund.treasury.orders import create_order


def post_owed(
    request: AidRequest,
    *,
    subject_kind: str,
    movement_kind: str,
    cause_key: str,
    amount_cents: int,
    pocket: Pocket,
) -> None:
    """D 6571 / C 4672 (law.md §4)."""
    ledger.post(
        cause_key=cause_key,
        debit=chart.AIDS,
        credit=chart.AIDS_OWED,
        amount_cents=amount_cents,
        kind=movement_kind,
        entry_ref=request.reference,
        occurred_on=clock.today(),
        pocket=pocket,
        scheme=request.scheme_version.scheme.slug,
        school=request.school,
        subject=Subject(subject_kind, str(request.pk)),
    )


def order_transfer(
    request: AidRequest, *, subject_kind: str, amount_cents: int, pocket: Pocket, by: User | None
) -> PaymentOrder:
    """The next attempt, to the account that is signed for now."""
    if request.bank_details is None:
        raise ValueError("A signed request has an account.")
    iban, holder = open_account(request.bank_details)
    return create_order(
        reference_kind=subject_kind,
        reference_id=str(request.pk),
        payee_kind=PAYEE_KIND,
        payee_id=str(request.applicant_id),
        label=request.reference,
        amount_cents=amount_cents,
        subject_key=request.applicant.subject_key,
        iban=iban.compact,
        holder=holder,
        pocket=pocket,
        scheme=request.scheme_version.scheme.slug,
        school=request.school,
        by=by,
    )
