"""The moment money from outside becomes a received gift: the gift moves, the ledger is written, thanks follow."""

from dataclasses import dataclass
from datetime import date, datetime, time

from donations.actions import standing
from donations.actions.received import SUBJECT, gift_line
from donations.actions.thanking import thank_donor
from donations.models import Gift
from donations.workflow import GIFT
from fund import audit, clock, ledger, workflow
from fund.models import User
from fund.models.ledger import Kind


@dataclass(frozen=True)
class Arrival:
    """Where the money of a gift arrived: the account debited, when (its Paris date is the date of encashment that a
    receipt tells, law.md §1.2), and the one fact that caused it."""

    account: str
    when: datetime
    cause_key: str


def count_gift(gift: Gift, arrival: Arrival, *, by: User | None) -> None:
    """Counts the whole of a locked, promised gift: D `arrival.account` / C 75411 or 7542, and what follows from it."""
    fields = {"succeeded_at": arrival.when}
    workflow.move(GIFT, gift, "confirm", by=by, why=gift.channel, fields=fields)
    ledger.post(
        cause_key=arrival.cause_key,
        debit=arrival.account,
        credit=standing.account_of(gift),
        amount_cents=gift.amount_cents,
        kind=Kind.GIFT,
        entry_ref=gift.reference,
        occurred_on=clock.paris_date(arrival.when),
        pocket=gift.pocket,
        subject=ledger.Subject(SUBJECT, str(gift.pk)),
    )
    audit.record("gift.confirmed", gift, by=by, amount_cents=gift.amount_cents, cause=arrival.cause_key)
    standing.gift_came(gift)
    thank_donor.enqueue(gift.pk)


def undo_gift(gift: Gift, *, cause_key: str, on: date, by: User | None) -> None:
    """Takes a locked gift back by the linked reverse of its movement: the bank did not pay it."""
    line = gift_line(gift)
    workflow.move(GIFT, gift, "undo", by=by, why=gift.channel)
    ledger.reverse(line, cause_key=cause_key, kind=Kind.GIFT_UNDONE, occurred_on=max(on, line.occurred_on))
    audit.record("gift.undone", gift, by=by, amount_cents=gift.amount_cents, cause=cause_key)
    standing.gift_changed(gift)


def noon(on: date) -> datetime:
    """An instant of a Paris day, for what a bank dates by the day."""
    return datetime.combine(on, time(12), tzinfo=clock.PARIS)
