"""A season in any order, against an oracle of a few lines: what the outside paid, and what the fund decided.

The machine draws acts by chance: gifts by card and by debit, files, votes, batches, bank answers, returned transfers,
other accounts. Every act is done twice. Events reach the fund late, shuffled and doubled, or wait until everything
arrives. The oracle counts on its own; it reads nothing of the ledger.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any, ClassVar

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from aid_requests import actions as requests
from aid_requests.committee.actions import cast_vote
from aid_requests.declarations import SigningTrace, other_account_statement
from aid_requests.models import AidRequest
from config.demo import bank, delivery, payments
from config.demo.models import StandInDelivery
from config.demo.reversing import DISPUTE_FEE_CENTS
from donations.actions import receive_event, start_payment
from donations.stripe_gateway import verify_and_parse
from fund import balances, clock, registry
from fund.bank.iban import check_iban
from fund.models import PaymentBatch, PaymentOrder
from fund.models.treasury import BatchState, OrderState
from fund.roles import Refused
from fund.treasury.batches import prepare_batch, sign_batch
from fund.treasury.statements import import_statement
from fund.workflow import AlreadyDone, WrongState
from reports.figures import read_figures
from tests.aid_requests.committee.factories import FIRST_NAME, LAST_NAME, make_applicant, make_file
from tests.aid_requests.factories import sent_code
from tests.donations.factories import make_gift
from tests.stories.world import run_queue

CENTS = st.sampled_from([100, 3_333, 5_000, 12_550, 40_000])
# Two that name no account's fault twice: the bank of the demo always says AC04, so the second account differs.
ACCOUNTS = ("DE89370400440532013000", "ES9121000418450200051332", "FR7630003005405260181590815")
AGAIN = (AlreadyDone, WrongState, Refused, bank.NothingToBook)
AID_CENTS = 15_000
MOST_FILES = 5


@dataclass
class Paid:
    """A gift as the provider knows it, in cents. `dispute` is the id of an open one, « won » or « lost »."""

    session: str
    amount_cents: int
    is_collected: bool
    fee_cents: int
    refunded_cents: int = 0
    dispute: str = ""
    disputed_cents: int = 0

    @property
    def lost_cents(self) -> int:
        return self.disputed_cents if self.dispute == "lost" else 0

    @property
    def open_cents(self) -> int:
        return self.disputed_cents if self.dispute not in ("", "won", "lost") else 0

    @property
    def is_whole(self) -> bool:
        return self.is_collected and not self.refunded_cents and not self.dispute


@dataclass
class File:
    """A request as those who decide and pay know it."""

    request: AidRequest
    is_granted: bool = False
    is_debited: bool = False
    returns: int = 0


@dataclass
class Oracle:
    """What must be told in the end, counted without the ledger."""

    paid: list[Paid] = field(default_factory=list)
    files: list[File] = field(default_factory=list)

    def figures(self) -> dict[str, int]:
        collected = [gift for gift in self.paid if gift.is_collected]
        granted = [file for file in self.files if file.is_granted]
        given = AID_CENTS * sum(file.is_debited for file in granted)
        promised = AID_CENTS * len(granted) - given
        raised = sum(gift.amount_cents - gift.refunded_cents - gift.lost_cents for gift in collected)
        disputed = sum(gift.open_cents for gift in collected)
        contested = sum(gift.dispute not in ("", "won") for gift in collected)
        fees = sum(gift.fee_cents for gift in collected) + contested * DISPUTE_FEE_CENTS
        return {
            "raised_cents": raised,
            "fees_cents": fees,
            "promised_cents": promised,
            "given_cents": given,
            "open_disputes_cents": disputed,
            "left_cents": raised - fees - promised - given - disputed,
            "gifts": sum(gift.refunded_cents + gift.lost_cents < gift.amount_cents for gift in collected),
            "students_helped": sum(file.is_debited for file in granted),
        }


class Season(RuleBasedStateMachine):
    """One season per example, in a transaction that is undone at its end. `cast` is set by the test."""

    cast: ClassVar[SimpleNamespace]
    scheme: ClassVar[Any]
    seen: ClassVar[Counter[str]]  # how often each turn was taken, over all examples

    def __init__(self) -> None:
        super().__init__()
        self.oracle = Oracle()
        self.hours = 0
        self._season = transaction.atomic()
        # As Django's own test case does: « no outside call inside a transaction » holds for what is inside this one.
        vars(self._season)["_from_testcase"] = True
        self._season.__enter__()

    def teardown(self) -> None:
        try:
            self.everything_arrives()
        finally:
            transaction.set_rollback(True)
            self._season.__exit__(None, None, None)

    @initialize()
    def the_season_has_begun(self) -> None:
        """Two gifts are at the bank and two files before the committee, so that few acts lead to a payment."""
        for _number in range(2):
            self.give(40_000, "card")
            self.student_asks()
        self._all_is_delivered()
        self.payout_reaches_the_bank()
        self._all_is_delivered()

    # Acts ---------------------------------------------------------------------------------------------------

    @rule(cents=CENTS, method=st.sampled_from(["card", "debit"]))
    def give(self, cents: int, method: str) -> None:
        with self._later():
            gift = make_gift(self.cast.pocket, amount_cents=cents)
            start_payment(gift=gift)
            session = str(gift.attempts.get().session_id)
            pay = payments.pay_by_card if method == "card" else payments.start_debit
            self._twice(lambda: pay(session))
            self.oracle.paid.append(Paid(session, cents, method == "card", payments.fee_cents(cents)))

    @precondition(lambda self: any(not gift.is_collected for gift in self.oracle.paid))
    @rule(data=st.data(), answer=st.sampled_from(["paid", "refused"]))
    def bank_of_the_donor_answers(self, data: st.DataObject, answer: str) -> None:
        gift = data.draw(st.sampled_from([gift for gift in self.oracle.paid if not gift.is_collected]))
        with self._later():
            if answer == "paid":
                self._twice(lambda: payments.confirm_debit(gift.session))
                gift.is_collected = True
            else:
                self._twice(lambda: payments.refuse_debit(gift.session))
                self.oracle.paid.remove(gift)

    @precondition(lambda self: any(gift.is_whole for gift in self.oracle.paid))
    @rule(data=st.data(), part=st.sampled_from([1, 2]))
    def gift_is_refunded(self, data: st.DataObject, part: int) -> None:
        """Half of a gift or all of it goes back to the donor, in one or two refunds."""
        gift = data.draw(st.sampled_from([gift for gift in self.oracle.paid if gift.is_whole]))
        half = gift.amount_cents // 2
        with self._later():
            payments.refund(gift.session, half)
            if part == 2:
                payments.refund(gift.session, None)
        gift.refunded_cents = half if part == 1 else gift.amount_cents
        self.seen["refunded"] += 1

    @precondition(lambda self: any(gift.is_whole or gift.open_cents for gift in self.oracle.paid))
    @rule(data=st.data(), end=st.sampled_from(["won", "lost"]))
    def gift_is_disputed(self, data: st.DataObject, end: str) -> None:
        """A dispute is opened; the next time it is won or lost."""
        open_to_it = [gift for gift in self.oracle.paid if gift.is_whole or gift.open_cents]
        gift = data.draw(st.sampled_from(open_to_it))
        with self._later():
            if gift.open_cents:
                payments.close_dispute(gift.dispute, end)
                gift.dispute = end
                self.seen[f"dispute {end}"] += 1
            else:
                gift.dispute = payments.open_dispute(gift.session)["id"]
                gift.disputed_cents = gift.amount_cents

    @rule(data=st.data())
    def some_events_arrive(self, data: st.DataObject) -> None:
        waiting = list(StandInDelivery.objects.filter(delivered_at=None).order_by("pk"))
        arriving = data.draw(st.permutations(waiting)) if waiting else []
        with self._later():
            for row in arriving[: data.draw(st.integers(0, len(arriving)))]:
                self._twice(partial(self._deliver, row))

    @rule()
    def worker_works(self) -> None:
        with self._later():
            self._work()

    @rule()
    def payout_reaches_the_bank(self) -> None:
        with self._later(), suppress(bank.NothingToBook):
            statement = bytes(bank.receive_payouts().file)
            self._twice(lambda: import_statement(by=self.cast.treasurer, data=statement))

    @precondition(lambda self: len(self.oracle.files) < MOST_FILES)
    @rule()
    def student_asks(self) -> None:
        number = len(self.oracle.files) + 1
        with self._later():
            applicant = make_applicant(self.cast.school, number)
            request = make_file(self.scheme, applicant, self.cast.national_referent, number=number)
            self.oracle.files.append(File(request))

    @precondition(lambda self: any(not file.is_granted for file in self.oracle.files))
    @rule(data=st.data())
    def committee_votes(self, data: st.DataObject) -> None:
        """Granted if, and only if, what is left now covers it: the second vote reads it under the lock."""
        file = data.draw(st.sampled_from([file for file in self.oracle.files if not file.is_granted]))
        with self._later():
            covers = balances.left_cents() >= AID_CENTS
            revision = file.request.revision
            for member in (self.cast.member1, self.cast.member2):

                def vote(member: Any = member) -> object:
                    return cast_vote(by=member, request=file.request, choice="grant", revision=revision)

                with suppress(*AGAIN):
                    self._twice(vote)
            file.request.refresh_from_db()
            file.is_granted = file.request.state == "granted"
            assert file.is_granted == covers
            self.seen["granted" if covers else "over budget"] += 1

    @precondition(lambda self: PaymentOrder.objects.filter(state=OrderState.DUE).exists())
    @rule(data=st.data(), with_signature=st.sampled_from([True, True, False]))
    def treasury_sends_a_batch(self, data: st.DataObject, with_signature: bool) -> None:
        """Some of the due orders, as far as the bank's money goes; what waits for a signature is signed, or waits."""
        orders = PaymentOrder.objects.filter(state=OrderState.DUE).order_by("pk")
        due = list(orders.values_list("pk", flat=True))
        chosen = data.draw(st.lists(st.sampled_from(due), unique=True, min_size=1))
        with self._later(), suppress(Refused):
            self._twice(lambda: prepare_batch(by=self.cast.treasurer, order_ids=chosen))
        batches = PaymentBatch.objects.filter(state=BatchState.PREPARED).order_by("pk")
        for batch in batches if with_signature else ():
            with self._later(), suppress(Refused):
                self._twice(partial(sign_batch, by=self.cast.signatory, batch=batch))
        if bank.waiting_files() and data.draw(st.booleans()):
            self.bank_answers(data)

    @precondition(lambda self: bool(bank.waiting_files()))
    @rule(data=st.data())
    def bank_answers(self, data: st.DataObject) -> None:
        """A signed batch is debited; perhaps one of its transfers comes back."""
        file = data.draw(st.sampled_from(bank.waiting_files()))
        names = [transfer.end_to_end_id for transfer in file.transfers]
        returned = data.draw(st.sampled_from([None, *names]))
        with self._later():
            statement = bytes(bank.answer(file.message_id, returned).file)
            self._twice(lambda: import_statement(by=self.cast.treasurer, data=statement))
        for order in PaymentOrder.objects.filter(end_to_end_id__in=names).order_by("pk"):
            paid = self._file_of(order)
            paid.is_debited = order.end_to_end_id != returned
            paid.returns += order.end_to_end_id == returned
            self.seen["returned" if order.end_to_end_id == returned else "debited"] += 1
        if returned is not None and data.draw(st.booleans()):
            self.student_gives_another_account()

    @precondition(lambda self: any(file.returns and not file.is_debited for file in self.oracle.files))
    @rule()
    def student_gives_another_account(self) -> None:
        for file in self.oracle.files:
            file.request.refresh_from_db()
            if file.request.state == "returned" and file.returns <= len(ACCOUNTS):
                with self._later():
                    self._correct(file)
                self.seen["other account"] += 1

    def everything_arrives(self) -> None:
        """Late events come in, the worker ends its work: now every figure is the oracle's, and every proof holds."""
        with self._later():
            self._all_is_delivered()
            told = read_figures().as_json()
        expected = self.oracle.figures()
        wrong = {name: (told[name], cents) for name, cents in expected.items() if told[name] != cents}
        assert not wrong, f"told, expected: {wrong}"
        broken = [f"{name}: {fault}" for name, check in registry.checks().items() for fault in check()]
        assert not broken, broken

    @invariant()
    def aid_is_as_decided_and_never_overspent(self) -> None:
        """At every step, whatever has arrived: what is promised and given, and that no act of ours overspent."""
        told = read_figures()
        expected = self.oracle.figures()
        assert (told.promised_cents, told.given_cents) == (
            expected["promised_cents"],
            expected["given_cents"],
        )
        has_loss = any(gift.refunded_cents or gift.dispute for gift in self.oracle.paid)
        assert told.left_cents >= 0 or has_loss, "only a loss that is imposed may take it under zero"

    # How ----------------------------------------------------------------------------------------------------

    @contextmanager
    def _later(self) -> Iterator[None]:
        """One hour later, in May 2020."""
        self.hours += 1
        with clock.at(clock.DEMO_START + timedelta(hours=self.hours)):
            yield

    def _all_is_delivered(self) -> None:
        """The last event first, each of them twice; then the worker ends its work."""
        for row in StandInDelivery.objects.filter(delivered_at=None).order_by("-pk"):
            self._twice(partial(self._deliver, row))
        self._work()

    @staticmethod
    def _work() -> None:
        """All that is queued, and all the timed work but the stand-in's own (it counts real minutes)."""
        run_queue()
        for _name, (_every, job) in sorted(registry.jobs().items()):
            if not job.__module__.startswith("config.demo"):
                job()

    @staticmethod
    def _twice(act: Callable[[], object]) -> None:
        """Does it, and does it again: the second time it is done already, or refused; the figures stay."""
        act()
        before = read_figures()
        with suppress(*AGAIN):
            act()
        after = read_figures()
        assert {**before.as_json(), "at": ""} == {**after.as_json(), "at": ""}

    @staticmethod
    def _deliver(row: StandInDelivery) -> None:
        def post(_address: str, body: bytes, header: str) -> int:
            receive_event(raw=body, payload=verify_and_parse(body, header))
            return 200

        assert delivery.deliver(row, post=post)

    def _file_of(self, order: PaymentOrder) -> File:
        (found,) = [file for file in self.oracle.files if str(file.request.pk) == order.reference_id]
        return found

    def _correct(self, file: File) -> None:
        """A correct account, signed for with the code that was mailed; the request is to be paid once more."""
        student = file.request.applicant.user
        iban = check_iban(ACCOUNTS[file.returns - 1])
        holder = f"{FIRST_NAME} {LAST_NAME}"
        details = requests.propose_account(by=student, request=file.request, iban=iban, holder=holder)
        requests.send_account_code(by=student, request=file.request, details=details)
        statement = other_account_statement(file.request, details)
        signed = {
            "place": "Lille",
            "ticked": [fact for fact, _sentence in statement.facts],
            "code": sent_code(student),
            "content_hash": statement.content_hash,
            "trace": SigningTrace("code", None, "192.0.2.7", "Test browser"),
        }
        self._twice(
            lambda: requests.give_other_account(by=student, request=file.request, details=details, **signed)
        )
