"""Checkpoints beside writers whose movements commit out of order: no movement is ever lost from a balance."""

import threading

import pytest
from django.db import connection, transaction

from fund import balances, chart, checkpoints, guards
from fund.models import Checkpoint, Movement, Pocket
from tests.concurrency.rivals import needs_row_locks, race
from tests.fund.seal_attacks import add_gift

pytestmark = needs_row_locks
WRITERS, ROUNDS = 8, 15
PATIENCE_SECONDS = 30


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch):
    """The checkpointer tries again at once, as often as it can, in the middle of what is being written."""
    monkeypatch.setattr(checkpoints, "PATIENCE", "20ms")


def rounds_of_writers(pocket: Pocket) -> tuple[list[object], int]:
    """Eight writers draw their ids one after the other, then commit in the reverse order; how many checkpoints."""
    drawn = [[threading.Event() for _ in range(WRITERS)] for _ in range(ROUNDS)]
    committed = [[threading.Event() for _ in range(WRITERS)] for _ in range(ROUNDS)]
    over = threading.Event()

    def write(writer: int) -> None:
        for turn in range(ROUNDS):
            with transaction.atomic():
                if writer:
                    assert drawn[turn][writer - 1].wait(PATIENCE_SECONDS)
                add_gift(pocket, f"{turn}-{writer}")
                drawn[turn][writer].set()
                if writer < WRITERS - 1:
                    # Not for ever: a checkpointer in line for its lock may hold the next writer back for a moment.
                    assert committed[turn][writer + 1].wait(PATIENCE_SECONDS)
            committed[turn][writer].set()
            if writer == 0 and turn == ROUNDS - 1:
                over.set()

    def checkpoint() -> int:
        made = 0
        while not over.is_set():
            made += checkpoints.make_checkpoint(least=1) is not None
        return made

    writers = [lambda number=number: write(number) for number in range(WRITERS)]
    *outcomes, made = race(*writers, checkpoint)
    return outcomes, made


def whole_sum_is_read() -> bool:
    return balances.balance_cents(chart.STRIPE) == balances.counted_cents([chart.STRIPE])


def test_a_balance_is_exact_beside_eight_writers_that_commit_out_of_order(pocket):
    outcomes, _made = rounds_of_writers(pocket)
    assert outcomes == [None] * WRITERS
    assert Movement.objects.count() == WRITERS * ROUNDS
    assert whole_sum_is_read()
    assert checkpoints.make_checkpoint(least=1) is not None or Checkpoint.objects.exists()
    assert whole_sum_is_read()


def test_without_the_shared_lock_movements_are_lost_from_the_sum(pocket):
    """The twin: shows that the set-up can show the loss."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER fund_movement_in_flight ON fund_movement")
    try:
        _outcomes, made = rounds_of_writers(pocket)
        assert made
        assert not whole_sum_is_read()
    finally:
        guards.install(connection)
