"""A fund in miniature for the tests of the months' closings: its movements are posted as the actions post them."""

import uuid
from datetime import date, datetime, timedelta
from itertools import count

from django.db import transaction

from aid_requests.models import AidRequest
from donations.allocation.closing import close_month, due_month
from donations.allocation.queue import month_after
from donations.models import Allocation, Donor, Gift, MonthClosing
from fund import chart, clock, ledger, sealing
from fund.ledger import Subject
from fund.models import Movement, Pocket
from fund.models.ledger import Kind
from tests.donations import factories

APRIL, MAY, JUNE, JULY = (date(2020, month, 1) for month in (4, 5, 6, 7))
URGENT, MOBILITY = "emergency-aid", "mobility-aid"
_numbers = count(1)


def at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=clock.PARIS)


def the_donor(pocket: Pocket) -> Donor:
    return Donor.objects.order_by("pk").first() or factories.make_gift(pocket).donor


def give(pocket: Pocket, cents: int, day: date, *, fee_cents: int = 0) -> Gift:
    """A gift that was received at noon of this day, with its own fee."""
    donor = the_donor(pocket)
    gift = Gift.objects.create(
        reference=f"S-{next(_numbers):06d}",
        form_token=uuid.uuid4(),
        donor=donor,
        amount_cents=cents,
        pocket=pocket,
        state="succeeded",
        created_at=at_noon(day),
        succeeded_at=at_noon(day),
    )
    _post(gift.pk, chart.STRIPE, chart.GIFTS, cents, Kind.GIFT, day, pocket)
    if fee_cents:
        _post(gift.pk, chart.FEES, chart.STRIPE, fee_cents, Kind.FEE, day, pocket)
    return gift


def give_back(gift: Gift, cents: int, day: date) -> None:
    """A refund, as the ledger says it."""
    _post(gift.pk, chart.GIFTS, chart.STRIPE, cents, Kind.REFUND, day, gift.pocket)


def refund_fails(gift: Gift, cents: int, day: date) -> None:
    _post(gift.pk, chart.STRIPE, chart.GIFTS, cents, Kind.REFUND, day, gift.pocket)


def aid(
    pocket: Pocket, cents: int, day: date, *, scheme: str = URGENT, request: AidRequest | None = None
) -> Movement:
    """A grant and its transfer, on the bank's statement of this day."""
    number = next(_numbers)
    subject = Subject("aid_request", str(request.pk if request else number))
    with transaction.atomic():
        for kind, debit, credit in (
            (Kind.GRANT, chart.AIDS, chart.AIDS_OWED),
            (Kind.TRANSFER_DEBITED, chart.AIDS_OWED, chart.BANK),
        ):
            made = ledger.post(
                cause_key=f"s-aid:{number}:{kind}",
                debit=debit,
                credit=credit,
                amount_cents=cents,
                kind=kind,
                entry_ref=f"S-{number}",
                occurred_on=day,
                pocket=pocket,
                scheme=scheme,
                subject=subject,
            )
    return made


def comes_back(transfer: Movement, day: date) -> None:
    """The bank returned the transfer."""
    with transaction.atomic():
        ledger.reverse(
            transfer, cause_key=f"{transfer.cause_key}:back", kind=Kind.TRANSFER_RETURNED, occurred_on=day
        )


def close(pocket: Pocket, month: date) -> MonthClosing:
    """Closes every month until this one, on the day it may be closed."""
    sealing.seal_pending()
    with clock.at(at_noon(month_after(month) + timedelta(days=9))):
        while (due := due_month(pocket)) is not None and due <= month:
            assert close_month(pocket=pocket, month=due) is not None
    return MonthClosing.objects.get(pocket=pocket, month=month)


def shares(gift: Gift) -> list[tuple[str, str, str, int]]:
    """(month, scheme, cause, cents) of the gift, in the order of writing."""
    rows = Allocation.objects.filter(gift=gift).select_related("closing").order_by("pk")
    return [(f"{row.closing.month:%m}", row.scheme, row.cause, row.cents) for row in rows]


def _post(gift: int, debit: str, credit: str, cents: int, kind: Kind, day: date, pocket: Pocket) -> Movement:
    number = next(_numbers)
    with transaction.atomic():
        return ledger.post(
            cause_key=f"s-gift:{number}",
            debit=debit,
            credit=credit,
            amount_cents=cents,
            kind=kind,
            entry_ref=f"S-{number}",
            occurred_on=day,
            pocket=pocket,
            subject=Subject("gift", str(gift)),
        )
