"""What `check_ledger` proves about money from outside: a bank line or a second person behind each gift, and 5112."""

from collections.abc import Iterator

from django.db.models import Sum

from donations.actions import standing
from donations.models import Cheque, Deposit, Gift, Refund, TransferTie
from donations.models.gifts import RECEIVED_STATES, Channel
from donations.models.outside import ChequeState, DepositState, TieState
from donations.outside.returns import GIFT_RETURNED
from fund import balances, chart, registry
from fund.models import BankLine, Movement
from fund.models.ledger import Kind
from fund.models.treasury import LineState
from fund.treasury.line_facts import place_of

SUBJECT = "gift"
_STANDING = (ChequeState.RECEIVED, ChequeState.CONTESTED, ChequeState.UNPAID)
_SETTLED = (DepositState.CONFIRMED, DepositState.CREDITED)


def register() -> None:
    registry.register_check("cheques", received_cheques_have_a_second_look)
    registry.register_check("deposits", deposits_are_what_their_cheques_make)
    registry.register_check("cheques_account", cheques_account_is_what_the_bank_owes)
    registry.register_check("transfers", received_transfers_have_a_bank_line)
    registry.register_check("bank_returns", gifts_given_back_by_bank_have_their_line)


def received_cheques_have_a_second_look() -> Iterator[str]:
    """A received cheque gift has its cheque, a movement on 5112 and, behind it, a second person or a bank line; an
    unpaid one its reverse, by two persons or a bank line."""
    received = Gift.objects.filter(channel=Channel.CHEQUE, state__in=RECEIVED_STATES)
    for pk in received.exclude(cheque__state__in=_STANDING).order_by("pk").values_list("pk", flat=True):
        yield f"gift {pk}: received by cheque, and no received cheque stands behind it."
    for cheque in Cheque.objects.filter(state__in=_STANDING).select_related("deposit", "gift").order_by("pk"):
        gift = cheque.gift
        if gift.state not in RECEIVED_STATES:
            yield f"cheque {cheque.pk}: {cheque.state}, its gift is {gift.state}."
        if cheque.deposit.state not in _SETTLED or not (cheque.received_by_id or cheque.deposit.line_id):
            yield f"cheque {cheque.pk}: counted without a second person and without a bank line."
        counted = Movement.objects.filter(cause_key=f"cheque:{cheque.pk}:gift").first()
        if counted is None or (counted.debit_id, counted.amount_cents) != (chart.CHEQUES, gift.amount_cents):
            yield f"cheque {cheque.pk}: the ledger does not hold its gift on account {chart.CHEQUES}."
        undone = Movement.objects.filter(cause_key=f"cheque:{cheque.pk}:unpaid", kind=Kind.GIFT_UNDONE)
        if undone.exists() != (cheque.state == ChequeState.UNPAID):
            yield f"cheque {cheque.pk}: its state is {cheque.state}, the ledger says otherwise."


def deposits_are_what_their_cheques_make() -> Iterator[str]:
    """A closed deposit tells the count and the total of its cheques; a credited one has its movement and its line."""
    for deposit in Deposit.objects.exclude(state=DepositState.OPEN).select_related("line").order_by("pk"):
        kept = deposit.cheques.exclude(state=ChequeState.REMOVED)
        total = kept.aggregate(total=Sum("gift__amount_cents"))["total"] or 0
        if (kept.count(), total) != (deposit.count, deposit.total_cents):
            yield f"deposit {deposit.number}: {total} cents of cheques, its row says {deposit.total_cents}."
        booked = Movement.objects.filter(
            kind=Kind.DEPOSIT_CREDITED, subject_kind="deposit", subject_id=str(deposit.pk)
        )
        amounts = list(booked.values_list("amount_cents", flat=True))
        if amounts != ([deposit.line.amount_cents] if deposit.line else []):
            yield f"deposit {deposit.number}: its state is {deposit.state}, the ledger says otherwise."
        if deposit.line is not None and not _is_whole(deposit, deposit.line):
            yield f"deposit {deposit.number}: its bank line is of {deposit.line.amount_cents} cents."


def _is_whole(deposit: Deposit, line: BankLine) -> bool:
    """The bank credited all of it, or all but the cheques it did not take, noted on that day."""
    not_taken = deposit.cheques.filter(state=ChequeState.UNPAID, debited_on=line.booked_on)
    less = not_taken.aggregate(total=Sum("gift__amount_cents"))["total"] or 0
    return deposit.total_cents - less <= line.amount_cents <= deposit.total_cents


def cheques_account_is_what_the_bank_owes() -> Iterator[str]:
    """Account 5112 holds the confirmed deposits that the bank has not credited, less the unpaid cheques that it has
    not debited."""
    confirmed = Deposit.objects.filter(state=DepositState.CONFIRMED).aggregate(total=Sum("total_cents"))
    undebited = Cheque.objects.filter(state=ChequeState.UNPAID, debited_on=None)
    less = undebited.aggregate(total=Sum("gift__amount_cents"))["total"] or 0
    told = (confirmed["total"] or 0) - less
    held = balances.balance_cents(chart.CHEQUES)
    if told != held:
        yield f"cheques at the bank, not credited: {told} cents; account {chart.CHEQUES}: {held} cents."


def received_transfers_have_a_bank_line() -> Iterator[str]:
    """A received transfer gift has one counted tie to a matched bank line of its amount, and its movement on 512."""
    ties = TransferTie.objects.filter(state=TieState.COUNTED).select_related("line__statement", "gift")
    known = {}
    for tie in ties.order_by("pk"):
        known[tie.gift_id] = tie
        gift, line = tie.gift, tie.line
        if gift is None or gift.state not in RECEIVED_STATES:
            yield f"tie {tie.pk}: counted, and its gift was not received."
        elif (line.state, line.matched_id, line.amount_cents) != (
            LineState.MATCHED,
            str(gift.pk),
            gift.amount_cents,
        ):
            yield f"tie {tie.pk}: its bank line says something else than gift {gift.pk}."
    received = Gift.objects.filter(channel=Channel.TRANSFER, state__in=RECEIVED_STATES)
    for gift in received.order_by("pk"):
        moved = Movement.objects.filter(kind=Kind.GIFT, subject_kind=SUBJECT, subject_id=str(gift.pk)).first()
        if gift.pk not in known or moved is None or moved.debit_id != chart.BANK:
            yield f"gift {gift.pk}: received by transfer, without a bank line behind it."


def gifts_given_back_by_bank_have_their_line() -> Iterator[str]:
    """A refund by the bank has a matched debit of its amount, the movement of that line on 512, of the gift's account
    and the line's date, and behind it one tie of two persons; no line tells of a refund that is not there."""
    rows = Refund.objects.exclude(line=None).select_related("line__statement", "gift", "return_tie")
    known = set()
    for row in rows.order_by("pk"):
        line, gift, tie = row.line, row.gift, getattr(row, "return_tie", None)
        known.add(str(row.pk))
        if line is None or (line.state, line.matched_kind, line.matched_id, -line.amount_cents) != (
            LineState.MATCHED, GIFT_RETURNED, str(row.pk), row.amount_cents,
        ):  # fmt: skip
            yield f"refund {row.pk}: its bank line says something else."
            continue
        moved = Movement.objects.filter(
            cause_key=place_of(line), kind=Kind.REFUND, subject_kind=SUBJECT
        ).first()
        wanted = (standing.account_of(gift), chart.BANK, row.amount_cents, gift.pocket_id, str(gift.pk))
        if (
            moved is None
            or (moved.debit_id, moved.credit_id, moved.amount_cents, moved.pocket_id, moved.subject_id)
            != wanted
            or moved.occurred_on != line.booked_on
        ):
            yield f"refund {row.pk}: the ledger does not hold what its bank line took."
        if tie is None or (tie.line_id, tie.gift_id, tie.state) != (line.pk, gift.pk, TieState.COUNTED):
            yield f"refund {row.pk}: no two persons tied its bank line to gift {gift.pk}."
        elif tie.decided_by_id in (None, tie.tied_by_id):
            yield f"refund {row.pk}: tied and confirmed by one person."
    told = BankLine.objects.filter(matched_kind=GIFT_RETURNED).exclude(matched_id__in=known)
    for pk in told.order_by("pk").values_list("pk", flat=True):
        yield f"bank line {pk}: it gives a gift back, and no refund stands behind it."
