"""The demo bank: takes signed transfer files and answers with statements, numbered, each opening where the last closed.

It knows only what a bank would: the file that was handed in, the provider's payouts, its own former answers. Asked
twice about one file it gives the same bytes.
"""

from datetime import date

from django.db import transaction
from django.db.models import Max

from config.demo import bank_file, payments
from config.demo.bank_file import Booking, Ordered, TransferFile
from config.demo.models import BankAnswer, StandInObject
from fund import clock, vault, workflow
from fund.bank.iban import compact_iban
from fund.bank.reading import read_statements
from fund.models import BankStatement, Foundation, PaymentBatch
from fund.models.treasury import BatchState


class NothingToBook(LookupError):
    """No such signed file, no such transfer in it, or no payout on its way."""


def answer(batch_message_id: str, returned_end_to_end_id: str | None) -> BankAnswer:
    """The statement that debits a signed batch in one line; one of its transfers may come back (AC04).

    It is dated the day the file asks for: a visitor does not wait for it, and a bank does not pay before it.
    Payouts on their way are credited first. A second call gives the first answer, whatever it asks for. Raises
    NothingToBook.
    """
    with transaction.atomic():
        foundation = workflow.lock(Foundation, 1)
        known = BankAnswer.objects.filter(message_id=batch_message_id).exclude(message_id="").first()
        if known is not None:
            return known
        file = transfers_of(batch_message_id)
        number = _next_number()
        on = max(_day(), file.execution_on)
        bookings = _payout_bookings(number, on)
        bookings.append(bank_file.batch_booking(_reference(number, bookings), file, on))
        if returned_end_to_end_id:
            returned = _transfer(file, returned_end_to_end_id)
            bookings.append(bank_file.return_booking(_reference(number, bookings), file, returned, on))
        return _keep(foundation, number, batch_message_id, bookings, on)


def receive_payouts() -> BankAnswer:
    """Has the provider pay out what it holds, and gives the statement that shows it. Raises NothingToBook."""
    payments.make_payout()
    with transaction.atomic():
        foundation = workflow.lock(Foundation, 1)
        number = _next_number()
        on = _day()
        bookings = _payout_bookings(number, on)
        if not bookings:
            raise NothingToBook("No payout is on its way.")
        return _keep(foundation, number, "", bookings, on)


def book_from_outside(*, amount_cents: int, words: str) -> BankAnswer:
    """The statement that shows one line from elsewhere: a transfer or a deposit that comes in, or, below zero, a cheque
    that the bank takes back. `words` is what it writes beside the amount. Payouts on their way are credited first.
    """
    with transaction.atomic():
        foundation = workflow.lock(Foundation, 1)
        number, on = _next_number(), _day()
        bookings = _payout_bookings(number, on)
        bookings.append(bank_file.outside_booking(_reference(number, bookings), words, amount_cents, on))
        return _keep(foundation, number, "", bookings, on)


def transfers_of(batch_message_id: str) -> TransferFile:
    """What the signed file orders, read from its bytes. Raises NothingToBook."""
    batch = PaymentBatch.objects.filter(message_id=batch_message_id, state=BatchState.SIGNED).first()
    if batch is None or batch.file_sealed is None:
        raise NothingToBook(batch_message_id)
    return bank_file.read_transfers(vault.open_bytes(batch.file_sealed))


def waiting_files() -> list[TransferFile]:
    """The signed files that the bank has not answered, oldest first."""
    answered = BankAnswer.objects.exclude(message_id="").values("message_id")
    batches = (
        PaymentBatch.objects.filter(state=BatchState.SIGNED)
        .exclude(message_id__in=answered)
        .order_by("number")
    )
    return [transfers_of(batch.message_id) for batch in batches]


def _keep(
    foundation: Foundation, number: int, message_id: str, bookings: list[Booking], on: date
) -> BankAnswer:
    account = compact_iban(foundation.iban)
    opening = _last_closing(account)
    page = bank_file.Page(
        number=number,
        account=account,
        bic=foundation.bic,
        opening_cents=opening,
        on=on,
        made_at=clock.moment().astimezone(clock.PARIS),
    )
    return BankAnswer.objects.create(
        number=number,
        message_id=message_id,
        opening_cents=opening,
        closing_cents=opening + sum(booking.amount_cents for booking in bookings),
        file=bank_file.write_statement(page, bookings),
    )


def _day() -> date:
    """The bank's day: today, but never before its last statement, so that statements follow one another."""
    last = BankAnswer.objects.order_by("-number").first()
    if last is None:
        return clock.today()
    (statement,) = read_statements(bytes(last.file))
    return max(clock.today(), statement.closing_on or clock.today())


def _last_closing(account: str) -> int:
    """Where the account stands: after the bank's last answer, else after the last statement that was imported."""
    last = BankAnswer.objects.order_by("-number").first()
    if last is not None:
        return last.closing_cents
    imported = BankStatement.objects.filter(account=account).order_by("-closing_on", "-pk").first()
    return imported.closing_cents if imported else 0


def _payout_bookings(number: int, on: date) -> list[Booking]:
    """Payouts that no answer of the bank shows yet: looked for in the files themselves."""
    shown = b"".join(bytes(file) for file in BankAnswer.objects.values_list("file", flat=True))
    bookings: list[Booking] = []
    for row in StandInObject.objects.filter(kind="payout").order_by("created_at", "pk"):
        if row.body["status"] == "paid" and row.pk.encode() not in shown:
            reference = _reference(number, bookings)
            bookings.append(bank_file.payout_booking(reference, row.pk, row.body["amount"], on))
    return bookings


def _transfer(file: TransferFile, end_to_end_id: str) -> Ordered:
    for transfer in file.transfers:
        if transfer.end_to_end_id == end_to_end_id:
            return transfer
    raise NothingToBook(end_to_end_id)


def _next_number() -> int:
    return (BankAnswer.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def _reference(number: int, bookings: list[Booking]) -> str:
    return f"BE{number:05d}-{len(bookings) + 1}"
