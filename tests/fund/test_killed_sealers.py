"""A sealer killed in the middle leaves nothing behind, and the next one goes on."""

import random
import subprocess

import pytest

from tests.fund.other_process import OtherDatabase, kill, other_database
from tests.fund.seal_attacks import add_rows

ROWS = 600
SEAL_AND_STOP_IN_THE_MIDDLE = """
import threading
from fund import sealing
add = sealing._append
def add_and_stop(**values):
    seal = add(**values)
    print("in the middle of", seal.number)
    threading.Event().wait()
sealing._append = add_and_stop
sealing.seal_pending(limit=50)
"""
SEAL_SLOWLY = """
from fund import sealing
for turn in range(1000):
    sealing.seal_pending(limit=1, seals=1)
    if turn == 0:
        print("at work")
"""
COUNT = """
from django.db.models import Max
from fund.models import Seal, SealedRow
print(Seal.objects.count(), Seal.objects.aggregate(last=Max("number"))["last"] or 0, SealedRow.objects.count())
"""
PROVE = """
from fund import seal_proofs
for check in (seal_proofs.seals_follow_each_other, seal_proofs.sealed_rows_are_as_sealed,
              seal_proofs.rows_are_in_one_seal):
    for sentence in check():
        print(sentence)
"""
FINISH = "from fund import sealing\nsealing.seal_pending(limit=50)" + COUNT + PROVE


@pytest.fixture
def elsewhere(transactional_db, pocket, tmp_path):
    add_rows(pocket, "row", count=ROWS // 2)
    with other_database(tmp_path) as database:
        yield database


def counts(elsewhere: OtherDatabase) -> tuple[int, int, int]:
    """Seals, the last seal's number, sealed rows."""
    seals, last, rows = map(int, elsewhere.run(COUNT).split())
    return seals, last, rows


def test_a_killed_sealer_leaves_nothing_and_the_next_goes_on(elsewhere):
    with elsewhere.running(SEAL_AND_STOP_IN_THE_MIDDLE) as sealer:
        assert sealer.stdout.readline() == "in the middle of 1\n"
        kill(sealer)
    assert counts(elsewhere) == (0, 0, 0)
    assert elsewhere.run(FINISH) == f"{ROWS // 50} {ROWS // 50} {ROWS}", "counted, and nothing to complain of"


def test_sealers_killed_at_any_moment_lose_and_double_nothing(elsewhere):
    chance = random.Random(2020)
    for _turn in range(3):
        with elsewhere.running(SEAL_SLOWLY) as sealer:
            assert sealer.stdout.readline() == "at work\n"
            with pytest.raises(subprocess.TimeoutExpired):
                sealer.wait(timeout=chance.uniform(0.02, 0.15))
            kill(sealer)
        seals, last, rows = counts(elsewhere)
        assert seals == last == rows, "whole seals of one row each, without a gap"
    assert 0 < rows < ROWS, "the killing came in the middle of the work"
    more = -(-(ROWS - rows) // 50)
    assert elsewhere.run(FINISH) == f"{rows + more} {rows + more} {ROWS}", (
        "counted, and nothing to complain of"
    )
