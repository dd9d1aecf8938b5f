"""The worst day: all comes twice, in the wrong order or cut off in the middle; the figures stay those of once."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from aid_requests.models import Decision, Declaration, EnrolmentCertificate, Vote
from config.demo import delivery, payments
from config.demo.models import StandInDelivery
from donations.actions.fees import fetch_missing_fees, record_fee
from donations.models import Gift, PaymentAttempt, ProviderEvent
from fund import registry, ticking
from fund.mail import deliver_mail, resend_waiting_mails
from fund.models import (
    AuditEvent,
    BankLine,
    BankStatement,
    Movement,
    OutgoingMail,
    PaymentBatch,
    TransitionLog,
)
from tests.donations.factories import write_thanks
from tests.stories import chapters, giving
from tests.stories.world import TwiceWorld, World, chain

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("proved")]

# What the second sending of each form is answered: the same page again, or that it is done.
ECHOES = {
    "give": {302},
    "eligibility": {200, 302},  # 200: an answer brought up more questions
    "start_request": {302},
    "request_you": {302},
    "request_situation": {302},
    "request_documents": {302},
    "request_account": {302},
    "request_declare": {302, 409},  # another code; « déjà signée »
    "certify_request": {409},
    "cast_vote": {409},
    "prepare_batch": {422},  # the box that was ticked is no longer there
    "sign_batch": {409},
    "download_batch": {200},
    "demo_bank_answer": {200, 302},  # the same statement; nothing left to pay out
    "import_statement": {409},
    # A refused account is refused again; another code, then none (three went out); « déjà en route ».
    "request_other_account": {200, 302, 409},
}
# Acts that are written again when they are asked for again, and change nothing.
REPEATED = ("signature_code.sent", "batch.downloaded")


def test_everything_twice_gives_the_figures_of_once(twice: TwiceWorld) -> None:
    chain(twice, *chapters.WHOLE_WAY)
    assert twice.echoes == ECHOES
    rows = Movement.objects.order_by("pk")
    assert list(rows.values_list("kind", "debit", "credit", "amount_cents")) == chapters.LEDGER
    assert set(ProviderEvent.objects.values_list("state", "deliveries")) == {("acted", 2)}
    assert set(DBTaskResult.objects.values_list("status", flat=True)) == {"SUCCESSFUL"}
    made = {model: model._default_manager.count() for model in COUNTS}
    assert made == COUNTS
    acts = AuditEvent.objects.exclude(action__in=REPEATED).values_list("action", "object_kind", "object_id")
    again = [act for act in acts if list(acts).count(act) > 1]
    assert {(action, kind) for action, kind, _pk in again} == {("vote.cast", "aid_requests.aidrequest")}
    assert len(again) == 2, "two members voted on one file, each once"
    letters = OutgoingMail.objects.exclude(key__startswith="signature-code:").order_by("pk")
    assert list(letters.values_list("key", "state", "tries")) == [
        (key, "sent", 1) for key in chapters.mails()
    ]
    assert len(mail.outbox) == OutgoingMail.objects.count()


COUNTS = {
    Gift: 3,
    PaymentAttempt: 3,
    Declaration: 3,  # two requests, and the other account
    EnrolmentCertificate: 2,
    Vote: 3,
    Decision: 1,
    PaymentBatch: 2,
    BankStatement: 3,
    BankLine: 4,
}


def test_every_event_of_a_debit_from_the_last_to_the_first_and_once_more(world: World) -> None:
    """The bank's yes arrives before the promise: the gift counts once and is never pending afterwards."""
    with world.on(4, 8):
        gift = giving.pledge(world, "visitor2", "100")
        payments.start_debit(giving.session_of(gift))
        payments.confirm_debit(giving.session_of(gift))
        events = list(StandInDelivery.objects.order_by("-pk"))
        assert [json.loads(row.payload)["type"] for row in events] == [
            "checkout.session.async_payment_succeeded",
            "payment_intent.succeeded",
            "checkout.session.completed",
            "payment_intent.processing",
        ]
        for row in [*events, *events, *reversed(events)]:
            assert delivery.deliver(row, post=world.post_event)
            world.expect(raised_cents=10_000, left_cents=10_000, gifts=1, donors=1)
        world.work()
        world.expect(fees_cents=175, left_cents=9_825)
    assert list(
        TransitionLog.objects.filter(object_kind="donations.gift")
        .order_by("pk")
        .values_list("name", flat=True)
    ) == ["confirm"]
    assert [one.to for one in mail.outbox] == [["offremarque@example.org"]]
    assert set(ProviderEvent.objects.values_list("state", "deliveries")) == {("acted", 3)}


def test_a_worker_killed_between_the_gift_and_its_fee_is_made_up_for(world: World) -> None:
    """The timed work finds the payment without a fee, and puts the task back; both together book it once."""
    with world.on(4, 3):
        gift = giving.pledge(world, "visitor1", "50")
        payments.pay_by_card(giving.session_of(gift))
        world.deliver()
        lost = DBTaskResult.objects.get(task_path__endswith="record_fee")
        lost.claim("worker-that-was-killed")
        world.work()
        world.expect(raised_cents=5_000, left_cents=5_000, gifts=1, donors=1)
        assert fetch_missing_fees() == "0 booked of 0", "not at once: the task may still be at it"
        with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
            outcomes = {run.job: run.outcome for run in ticking.tick()}
            assert set(outcomes) == set(registry.jobs())
            assert outcomes["missing_fees"] == "1 booked of 1"
            world.expect(fees_cents=100, left_cents=4_900)
            assert ticking.tick() == []
            assert fetch_missing_fees() == "0 booked of 0"
        lost.refresh_from_db()
        assert lost.status == "READY", "the timed work put it back"
        assert record_fee.func(*lost.args_kwargs["args"]) == "booked", "the dead worker's task, run after all"
        world.expect()
    assert Movement.objects.filter(kind="fee").count() == 1


def test_a_mail_whose_task_runs_twice_goes_out_once(world: World) -> None:
    letter = thanks(world)
    assert [deliver_mail.func(letter.pk) for _turn in range(2)] == ["sent", "already sent"]
    world.work()
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert resend_waiting_mails() == "0 sent of 0"
    assert [one.to for one in mail.outbox] == [["agathe.donnemarque@example.org"]]


def test_a_mail_whose_worker_was_killed_goes_out_once_by_the_timed_work(world: World) -> None:
    letter = thanks(world)
    DBTaskResult.objects.get(task_path__endswith="deliver_mail").claim("worker-that-was-killed")
    world.work()
    assert mail.outbox == [] and resend_waiting_mails() == "0 sent of 0"
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert [resend_waiting_mails() for _turn in range(2)] == ["1 sent of 1", "0 sent of 0"]
    assert deliver_mail.func(letter.pk) == "already sent", "the dead worker's task, run after all"
    assert [one.to for one in mail.outbox] == [["agathe.donnemarque@example.org"]]


def thanks(world: World) -> OutgoingMail:
    """A gift has arrived; its one mail waits for the worker."""
    with world.on(4, 3):
        payments.pay_by_card(giving.session_of(giving.pledge(world, "visitor1", "50")))
        world.deliver()
        write_thanks()
    return OutgoingMail.objects.get()


def test_a_statement_that_is_read_before_the_payout_is_announced_waits_for_it(world: World) -> None:
    chain(world, giving.gift_by_card)
    with world.on(4, 20):
        statement = world.take("visitor1", "demo_bank_answer")
        world.act("treasurer", "import_statement", file=statement)
        assert list(BankLine.objects.values_list("state", "reason")) == [("parked", "unknown_credit")]
        world.expect()
        world.deliver()
        call_command("tick")
        assert list(BankLine.objects.values_list("state", "reason")) == [("matched", "")]
        assert set(giving.cash().values()) == {0, 4_900}
        world.expect()
