"""Which bank lines are gifts from outside: recognised by a reference and nothing else, in the import's transaction.

A credit that carries the reference of an expected transfer, or one that two persons tied, is a gift. A credit of a
deposit's exact total that carries its reference or the bank's own number clears the deposit. A debit that names a
credited deposit, or one of its cheques, for a cheque's exact amount is that cheque unpaid; one that two persons tied
gives a gift back (`returns.py`). Nothing is likened, nothing
is guessed: every other line stays parked (failures 13 and 20).
"""

import re
import uuid
from datetime import datetime

from donations.actions.pledging import make_gift
from donations.models import Cheque, Deposit, ExpectedTransfer, Gift, TransferTie
from donations.models.gifts import RECEIVED_STATES, Channel, GiftState
from donations.models.outside import ChequeState, DepositState, ExpectedState, TieState
from donations.outside.counting import Arrival, count_gift, noon, undo_gift
from donations.outside.references import DEPOSIT as DEPOSIT_PREFIX
from donations.outside.references import TRANSFER as TRANSFER_PREFIX
from donations.outside.references import references_in
from donations.outside.returns import claim_return, live_tie_of
from donations.outside.workflow import CHEQUE, DEPOSIT, EXPECTED, TIE
from donations.workflow import GIFT
from fund import audit, chart, clock, ledger, workflow
from fund.models import BankLine, Movement, User
from fund.models.ledger import Kind
from fund.registry import Claim
from fund.treasury.line_facts import facts_of, place_of, texts_of

TRANSFER_GIFT, CHEQUE_DEPOSIT, CHEQUE_UNPAID = "transfer_gift", "cheque_deposit", "cheque_unpaid"
_WORD = re.compile(r"[A-Z0-9]+")
# A cheque's number is seven digits in France: fewer than six would be found in any text.
_CHEQUE_NUMBER_LENGTH = 6
# Unpaid cheques of one deposit that are looked through, at most 65,536 choices; with more a person reads the line.
_CHOICES_AMONG = 16


def claim_outside_line(line: BankLine) -> Claim | None:
    """Recognises one line and books it, in the caller's transaction; None leaves it parked."""
    returned = live_tie_of(line) if line.amount_cents < 0 else None
    if returned is not None:
        return claim_return(line, returned)
    if facts_of(line).is_return:
        return None
    if line.amount_cents < 0:
        return _unpaid_cheque(line)
    tie = TransferTie.objects.filter(line=line).exclude(state=TieState.REFUSED).first()
    if tie is not None:
        return _agreed_transfer(line, tie)
    return _expected_transfer(line) or _deposit(line)


# Transfers ------------------------------------------------------------------------------------------------------


def _expected_transfer(line: BankLine) -> Claim | None:
    """The transfer whose reference the line carries; a line that carries two is for a person to read."""
    named = references_in(texts_of(line), TRANSFER_PREFIX)
    found = list(ExpectedTransfer.objects.filter(reference__in=named).order_by("pk")[:2])
    if len(found) != 1:
        return None
    gift = _gift_of(found[0], line)
    TransferTie.objects.create(
        line=line, expected=found[0], gift=gift, state=TieState.COUNTED, made_at=clock.moment()
    )
    return _counted(line, gift, by=None)


def _agreed_transfer(line: BankLine, tie: TransferTie) -> Claim | None:
    """The line that one person tied and another agreed to; before that it waits."""
    tie = workflow.lock(TransferTie, tie.pk)
    if tie.state != TieState.AGREED:
        return None
    if tie.gift_id is not None:
        gift = workflow.lock(Gift, tie.gift_id)
    elif tie.expected is not None:
        gift = _gift_of(tie.expected, line)
    else:
        return None
    workflow.move(TIE, tie, "count", by=tie.decided_by, fields={"gift": gift})
    return _counted(line, gift, by=tie.decided_by)


def _gift_of(expected: ExpectedTransfer, line: BankLine) -> Gift:
    """The promise itself when the first money is of its amount; else a gift of what really came.

    A promise of another amount is closed: the gift's amount is frozen, and what counts is what came.
    """
    expected = workflow.lock(ExpectedTransfer, expected.pk)
    promise = workflow.lock(Gift, expected.gift_id)
    is_first = expected.state != ExpectedState.RECEIVED
    if is_first:
        workflow.move(EXPECTED, expected, "receive", by=None)
    if is_first and promise.amount_cents == line.amount_cents and promise.state not in RECEIVED_STATES:
        return promise
    if promise.state == GiftState.PLEDGED:
        workflow.move(GIFT, promise, "fail", by=None, why="replaced")
    return make_gift(
        form_token=uuid.uuid5(expected.form_token, place_of(line)),
        donor=promise.donor,
        amount_cents=line.amount_cents,
        pocket=promise.pocket,
        created_at=clock.moment(),
        giver_of=promise,
        team=promise.team,
        channel=Channel.TRANSFER,
    )


def _counted(line: BankLine, gift: Gift, *, by: User | None) -> Claim:
    """D 512 / C 75411 or 7542, dated as the bank booked it."""
    arrival = Arrival(chart.BANK, noon(line.booked_on), place_of(line))
    count_gift(gift, arrival, by=by)
    return Claim(TRANSFER_GIFT, str(gift.pk))


# Cheques --------------------------------------------------------------------------------------------------------


def receive_cheques(deposit: Deposit, *, when: datetime, by: User | None) -> None:
    """Every cheque of a locked deposit counts: D 5112 / C 75411 or 7542, on the Paris date of `when`."""
    waiting = Cheque.objects.filter(deposit=deposit, state=ChequeState.RECORDED).order_by("pk")
    for row in waiting:
        cheque = workflow.lock(Cheque, row.pk)
        gift = workflow.lock(Gift, cheque.gift_id)
        fields = {"received_by": deposit.confirmed_by, "received_on": clock.paris_date(when)}
        workflow.move(CHEQUE, cheque, "receive", by=by, fields=fields)
        count_gift(gift, Arrival(chart.CHEQUES, when, f"cheque:{cheque.pk}:gift"), by=by)


def _deposit(line: BankLine) -> Claim | None:
    """The bank credited a deposit: D 512 / C 5112, and cheques that nobody had confirmed count with it.

    A deposit without a second person is confirmed by the bank only through a line that was read after it was closed:
    one typed after the line was there to be copied proves nothing.
    """
    waiting = Deposit.objects.filter(state__in=(DepositState.CLOSED, DepositState.CONFIRMED)).order_by("pk")
    found = [row for row in waiting if _is_named(row, line) and _not_taken(row, line) is not None]
    if len(found) != 1:
        return None
    deposit = workflow.lock(Deposit, found[0].pk)
    not_taken = _not_taken(deposit, line)
    if deposit.state not in DEPOSIT.steps["credit"].sources or not_taken is None:
        return None
    if (
        deposit.state == DepositState.CLOSED
        and (deposit.closed_at or clock.moment()) > line.statement.imported_at
    ):
        return None
    _credit(deposit, line, not_taken)
    return Claim(CHEQUE_DEPOSIT, str(deposit.pk))


def _not_taken(deposit: Deposit, line: BankLine) -> tuple[int, ...] | None:
    """Ids of the cheques known to be unpaid that the bank left out of this credit: none when it is of the whole.

    None when no choice among them explains the amount, or more than one does: which of two it was is not for us to
    deduce. Their later debits are told apart by what is noted here.
    """
    missing = deposit.total_cents - line.amount_cents
    unpaid = Cheque.objects.filter(deposit=deposit, state=ChequeState.UNPAID, debited_on=None).order_by("pk")
    cents_of = dict(unpaid.values_list("pk", "gift__amount_cents")[: _CHOICES_AMONG + 1])
    if missing <= 0 or len(cents_of) > _CHOICES_AMONG:
        return () if missing == 0 else None
    choices: dict[int, list[tuple[int, ...]]] = {0: [()]}  # by their sum; two of one sum are enough to know
    for pk, cents in cents_of.items():
        for told, ways in list(choices.items()):
            if told + cents <= missing:
                known = choices.get(told + cents, [])
                choices[told + cents] = [*known, *((*way, pk) for way in ways)][:2]
    explained = choices.get(missing, [])
    return explained[0] if len(explained) == 1 else None


def _credit(deposit: Deposit, line: BankLine, not_taken: tuple[int, ...]) -> None:
    receive_cheques(deposit, when=noon(line.booked_on), by=None)
    for pk in not_taken:
        _note_debit(workflow.lock(Cheque, pk), line)
    fields = {"line": line, "credited_on": line.booked_on}
    workflow.move(DEPOSIT, deposit, "credit", by=None, fields=fields)
    ledger.post(
        cause_key=place_of(line),
        debit=chart.BANK,
        credit=chart.CHEQUES,
        amount_cents=line.amount_cents,
        kind=Kind.DEPOSIT_CREDITED,
        entry_ref=deposit.reference,
        occurred_on=line.booked_on,
        pocket=ledger.lock_general_pocket(),
        subject=ledger.Subject("deposit", str(deposit.pk)),
    )
    audit.record("deposit.credited", deposit, by=None, total_cents=line.amount_cents)


def _note_debit(cheque: Cheque, line: BankLine) -> None:
    cheque.debited_on = line.booked_on
    cheque.save(update_fields=["debited_on"])


def _unpaid_cheque(line: BankLine) -> Claim | None:
    """The bank took a cheque back: D 5112 / C 512, and the gift is undone if no two persons had done it."""
    cheque = _cheque_named(line)
    if cheque is None:
        return None
    cheque = workflow.lock(Cheque, cheque.pk)
    if cheque.debited_on is not None or cheque.deposit.line is None:
        return None
    if cheque.gift.refunded_cents:  # given back by us as well: the money is lost twice, a person must see it
        return None
    if cheque.state == ChequeState.UNPAID:
        _note_debit(cheque, line)
    else:
        fields = {"undone_on": line.booked_on, "debited_on": line.booked_on}
        workflow.move(CHEQUE, cheque, "undo", by=None, fields=fields)
        gift = workflow.lock(Gift, cheque.gift_id)
        undo_gift(gift, cause_key=f"cheque:{cheque.pk}:unpaid", on=line.booked_on, by=None)
    credited = Movement.objects.get(cause_key=place_of(cheque.deposit.line))
    ledger.reverse(
        credited,
        cause_key=place_of(line),
        kind=Kind.CORRECTION,
        occurred_on=line.booked_on,
        amount_cents=-line.amount_cents,
    )
    audit.record("cheque.debited", cheque, by=None, amount_cents=-line.amount_cents)
    return Claim(CHEQUE_UNPAID, str(cheque.pk))


def _cheque_named(line: BankLine) -> Cheque | None:
    """The one cheque of this exact amount that the line names: by its number, or by a deposit that has no other of
    that amount (not even one that was debited before: which of two came back is not for us to deduce)."""
    rows = Cheque.objects.filter(
        state__in=(ChequeState.RECEIVED, ChequeState.CONTESTED, ChequeState.UNPAID),
        deposit__state=DepositState.CREDITED,
        gift__amount_cents=-line.amount_cents,
    )
    known = list(rows.select_related("deposit__line__statement").order_by("pk"))
    words = _words_of(line)
    named = [row for row in known if _is_named(row.deposit, line)]
    numbered = [row for row in named or known if row.debited_on is None and _is_numbered(row, words)]
    found = numbered or named
    return found[0] if len(found) == 1 and found[0].debited_on is None else None


def _is_numbered(cheque: Cheque, words: set[str]) -> bool:
    number = _significant(cheque.number)
    return len(number) >= _CHEQUE_NUMBER_LENGTH and number in words


def _is_named(deposit: Deposit, line: BankLine) -> bool:
    """Whether the line carries the deposit's reference, or the bank's own number of it as words of their own."""
    if deposit.reference in references_in(texts_of(line), DEPOSIT_PREFIX):
        return True
    slip = [_significant(word) for word in _WORD.findall(deposit.slip_number.upper())]
    return bool(slip) and set(slip) <= _words_of(line)


def _words_of(line: BankLine) -> set[str]:
    """The words and numbers of a line, leading zeros left out: banks add and drop them."""
    return {_significant(word) for text in texts_of(line) for word in _WORD.findall(text.upper())}


def _significant(word: str) -> str:
    return word.lstrip("0")
