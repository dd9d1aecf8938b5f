"""The ledger: balanced, idempotent by cause, append-only, and never spent below zero."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from fund import audit, chart, guards, ledger, registry
from fund.models import AuditEvent, Movement, Pocket
from fund.models.ledger import Kind

DAY = date(2020, 5, 15)


@pytest.fixture(autouse=True)
def _only_the_funds_own_proofs(monkeypatch):
    """These movements have no gift behind them: the upper apps' proofs would rightly say so."""
    own = {name: check for name, check in registry.checks().items() if check.__module__ == "fund.proofs"}
    monkeypatch.setattr(registry, "checks", lambda: own)


def gift(pocket: Pocket, cents: int, cause: str = "gift-1") -> Movement:
    with transaction.atomic():
        return ledger.post(
            cause_key=cause,
            debit=chart.STRIPE,
            credit=chart.GIFTS,
            amount_cents=cents,
            kind=Kind.GIFT,
            entry_ref=cause,
            occurred_on=DAY,
            pocket=pocket,
            subject=ledger.Subject("gift", cause),
        )


def test_a_gift_raises_what_is_left(pocket, proved):
    gift(pocket, 5_000)
    assert ledger.left_cents() == 5_000
    assert ledger.balance_cents(chart.STRIPE) == 5_000
    assert ledger.balance_cents(chart.GIFTS) == -5_000


def test_the_same_cause_is_recorded_once(pocket, proved):
    """Failures 4 and 6: a provider tells the same fact several times."""
    first = gift(pocket, 5_000)
    again = gift(pocket, 5_000)
    assert first.pk == again.pk
    assert ledger.left_cents() == 5_000


def test_a_known_cause_with_another_amount_is_refused(pocket, proved):
    gift(pocket, 5_000)
    with pytest.raises(ledger.CauseConflict):
        gift(pocket, 6_000)
    assert ledger.left_cents() == 5_000


@pytest.mark.parametrize("cents", [0, -1, 1.5, True, "100"])
def test_only_positive_whole_cents_are_posted(pocket, cents):
    with pytest.raises(ValueError, match="positive amount"):
        gift(pocket, cents)


def test_posting_outside_a_transaction_is_a_mistake(pocket, monkeypatch):
    with monkeypatch.context() as patch:  # undone here: later, it would outlive the test's own transaction
        patch.setattr(transaction.get_connection(), "in_atomic_block", False)
        with pytest.raises(RuntimeError, match="inside the transaction"):
            ledger.post(
                cause_key="x",
                debit=chart.STRIPE,
                credit=chart.GIFTS,
                amount_cents=1,
                kind=Kind.GIFT,
                entry_ref="x",
                occurred_on=DAY,
                pocket=pocket,
            )


def test_a_reversal_is_linked_and_never_exceeds(pocket, proved):
    movement = gift(pocket, 5_000)
    with transaction.atomic():
        back = ledger.reverse(
            movement, cause_key="refund-1", kind=Kind.REFUND, occurred_on=DAY, amount_cents=2_000
        )
    assert back.reverses_id == movement.pk
    assert ledger.left_cents() == 3_000
    with pytest.raises(ValueError, match="More would be taken back"), transaction.atomic():
        ledger.reverse(movement, cause_key="refund-2", kind=Kind.REFUND, occurred_on=DAY, amount_cents=3_001)
    with transaction.atomic():
        ledger.reverse(movement, cause_key="refund-3", kind=Kind.REFUND, occurred_on=DAY)
    assert ledger.left_cents() == 0


def test_a_reversal_repeated_takes_back_once(pocket, proved):
    movement = gift(pocket, 5_000)
    for _ in range(2):
        with transaction.atomic():
            ledger.reverse(
                movement, cause_key="refund-1", kind=Kind.REFUND, occurred_on=DAY, amount_cents=5_000
            )
    assert ledger.left_cents() == 0


@pytest.mark.parametrize(
    "values", [{"amount_cents": 0}, {"cause_key": ""}, {"kind": "magic"}, {"debit_id": chart.GIFTS}]
)
def test_the_database_itself_refuses_a_false_movement(pocket, values):
    """Attacked below the code: constraints hold without the ledger module."""
    row = {
        "cause_key": "raw", "debit_id": chart.STRIPE, "credit_id": chart.GIFTS, "amount_cents": 1, "kind": Kind.GIFT,
        "entry_ref": "raw", "occurred_on": DAY, "pocket": pocket, "row_hash": "0" * 64,
    } | values  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Movement.objects.bulk_create([Movement(**row)])


@pytest.mark.parametrize("act", ["update", "delete"])
def test_a_movement_is_never_changed_nor_deleted(pocket, act):
    gift(pocket, 5_000)
    rows = Movement.objects.all()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows.update(amount_cents=1) if act == "update" else rows._raw_delete(rows.db)
    assert Movement.objects.get().amount_cents == 5_000


def test_the_triggers_come_back_after_a_migration(pocket):
    """A table rebuilt by a SQLite migration drops its triggers silently: `post_migrate` puts them back."""
    gift(pocket, 5_000)
    connection = transaction.get_connection()
    guards.remove(connection)
    with pytest.raises(SystemExit):
        call_command("check_ledger")
    call_command("migrate", verbosity=0)
    call_command("check_ledger")


def test_check_ledger_sees_a_changed_row(pocket, capsys):
    gift(pocket, 5_000)
    connection = transaction.get_connection()
    guards.remove(connection)
    Movement.objects.update(amount_cents=4_000)
    guards.install(connection)
    with pytest.raises(SystemExit) as stop:
        call_command("check_ledger", "--json")
    assert stop.value.code == 1
    assert "is not what was written" in capsys.readouterr().out


def test_an_audit_event_cannot_be_changed(pocket):
    audit.record("test.done", pocket, by=None, cents=1)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEvent.objects.update(action="other")
