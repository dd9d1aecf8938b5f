"""The workflow engine: one way through, one log row, and a clear answer to the second click."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from fund import workflow
from fund.models import PaymentBatch, TransitionLog
from fund.models.treasury import BatchState
from fund.workflow import Step, Workflow
from tests.conftest import NOW

BATCH = Workflow({"cancel": Step((BatchState.PREPARED,), BatchState.CANCELLED)})


@pytest.fixture
def batch(people):
    return PaymentBatch.objects.create(
        number=1, message_id="CS-LOT-1", execution_on=NOW.date(), count=1, total_cents=1,
        prepared_by=people.treasurer, prepared_at=NOW,
    )  # fmt: skip


def cancel(batch, by):
    with transaction.atomic():
        locked = workflow.lock(PaymentBatch, batch.pk)
        fields = {"cancelled_by": by, "cancelled_at": NOW}
        workflow.move(BATCH, locked, "cancel", by=by, why="test", fields=fields)


def test_a_step_is_logged_with_who_from_to_and_why(batch, people):
    cancel(batch, people.treasurer)
    log = TransitionLog.objects.get()
    assert (log.name, log.from_state, log.to_state, log.why) == ("cancel", "prepared", "cancelled", "test")
    assert log.by == people.treasurer


def test_the_second_click_is_told_that_it_is_done(batch, people):
    """Failure 10: a double click is answered on the server, not in a script."""
    cancel(batch, people.treasurer)
    with pytest.raises(workflow.AlreadyDone, match="déjà fait"):
        cancel(batch, people.treasurer)
    assert TransitionLog.objects.count() == 1


def test_a_step_from_elsewhere_is_refused(batch, people):
    with transaction.atomic():
        locked = workflow.lock(PaymentBatch, batch.pk)
        with pytest.raises(workflow.WrongState, match="n’est plus possible"):
            workflow.move(
                Workflow({"sign": Step(("nowhere",), BatchState.SIGNED)}), locked, "sign", by=people.treasurer
            )


def test_the_database_refuses_a_state_without_its_author(batch):
    with pytest.raises(IntegrityError, match="batch_cancelled_by_someone"), transaction.atomic():
        PaymentBatch.objects.update(state=BatchState.CANCELLED)


def test_the_log_cannot_be_rewritten(batch, people):
    cancel(batch, people.treasurer)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        TransitionLog.objects.all().delete()
    call_command("check_ledger")
