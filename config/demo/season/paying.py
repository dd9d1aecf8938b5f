"""The treasury's acts: payouts read, batches under two signatures, the bank's answers."""

from config.demo import bank
from config.demo.season.giving import deliver_here
from fund.models import PaymentBatch, PaymentOrder, User
from fund.models.treasury import OrderState
from fund.treasury.batches import prepare_batch, sign_batch
from fund.treasury.statements import import_statement


class Treasury:
    """`treasurer` prepares and reads, `signatory` signs."""

    def __init__(self, treasurer: User, signatory: User) -> None:
        self.treasurer = treasurer
        self.signatory = signatory

    def read_payouts(self) -> None:
        answer = bank.receive_payouts()
        deliver_here()
        import_statement(by=self.treasurer, data=bytes(answer.file))

    def send_batch(self) -> None:
        """All that is due, in one file."""
        due = PaymentOrder.objects.filter(state=OrderState.DUE).order_by("pk").values_list("pk", flat=True)
        batch = prepare_batch(by=self.treasurer, order_ids=list(due))
        sign_batch(by=self.signatory, batch=batch)

    def read_answer(self, number: int, comes_back: int | None = None) -> None:
        """The bank's statement on batch `number`; the transfer for request `comes_back` is returned on it."""
        batch = PaymentBatch.objects.get(number=number)
        returned = None
        if comes_back is not None:
            returned = batch.orders.get(reference_id=str(comes_back)).end_to_end_id
        answer = bank.answer(batch.message_id, returned)
        import_statement(by=self.treasurer, data=bytes(answer.file))
