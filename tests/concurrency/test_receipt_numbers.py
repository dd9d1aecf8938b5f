"""Receipts made by eight processes at once, and by one that is killed: no number twice, none missing (failure 28)."""

from contextlib import ExitStack

import pytest
from django.core.management import call_command

from donations.models import Receipt
from tests.concurrency.rivals import needs_row_locks
from tests.donations.receipts.factories import allow_receipts, received
from tests.fund.other_process import kill, other_database

pytestmark = needs_row_locks
GIFTS, PROCESSES = 16, 8
ISSUE = """
from donations.models import Gift
from donations.receipts import issuing
print("ready", flush=True)
for pk in Gift.objects.order_by("pk").values_list("pk", flat=True):
    print(issuing.give_receipt.func(pk), flush=True)
"""
# Takes its number, then never comes back from the drawing.
HANG = """
import time
from donations.models import Gift
from donations.receipts import drawing, issuing
def hang(facts):
    print("drawing", facts.reference, flush=True)
    time.sleep(3600)
drawing.draw_receipt = hang
issuing.give_receipt.func(Gift.objects.order_by("pk").first().pk)
"""
CARRY_ON = """
from donations.receipts import runs
from donations.models import ReceiptRun
runs.DONORS_AT_ONCE = 2
run = ReceiptRun.objects.get()
while not runs.take_donors(run.pk):
    print("took", flush=True)
print("finished", flush=True)
"""
NUMBERS = """
from donations.models import Receipt, ReceiptCounter, ReceiptLine
print(sorted(Receipt.objects.values_list("number", flat=True)), ReceiptCounter.objects.get().last,
      ReceiptLine.objects.filter(is_live=True).count())
"""
OPEN_RUN = """
from donations.receipts import runs
print(runs.open_run(by=None, year=2020).donors)
"""


@pytest.fixture
def gifts(transactional_db, foundation, people, pocket):
    allow_receipts(people.administrator)
    return [received(pocket, email=f"d{number}@example.org") for number in range(GIFTS)]


def all_numbers(count: int) -> str:
    return f"{list(range(1, count + 1))} {count} {count}"


def test_eight_processes_over_the_same_gifts_leave_no_hole_and_no_double(gifts, tmp_path):
    with other_database(tmp_path) as elsewhere:
        with ExitStack() as all_of_them:
            rivals = [all_of_them.enter_context(elsewhere.running(ISSUE)) for _ in range(PROCESSES)]
            for rival in rivals:
                assert rival.stdout.readline().strip() == "ready"
            said = [rival.stdout.read().split("\n") for rival in rivals]
        assert sum(lines.count("issued") for lines in said) == GIFTS
        assert sum(lines.count("nothing to certify") for lines in said) == GIFTS * (PROCESSES - 1)
        assert elsewhere.run(NUMBERS) == all_numbers(GIFTS)
        elsewhere.manage("check_ledger")
    assert not Receipt.objects.exists(), "the test's own database is another"
    call_command("check_ledger")


def test_a_process_killed_while_it_draws_takes_its_number_to_nobody(gifts, tmp_path):
    with other_database(tmp_path) as elsewhere:
        with elsewhere.running(HANG) as process:
            assert process.stdout.readline().strip() == "drawing 2020-000001"
            kill(process)
        elsewhere.run(ISSUE)
        assert elsewhere.run(NUMBERS) == all_numbers(GIFTS)
        elsewhere.manage("check_ledger")


def test_two_workers_on_one_run_and_a_killed_one_leave_the_same_receipts(gifts, tmp_path):
    with other_database(tmp_path) as elsewhere:
        assert elsewhere.run(OPEN_RUN) == str(GIFTS)
        with elsewhere.running(CARRY_ON) as first, elsewhere.running(CARRY_ON) as second:
            assert first.stdout.readline().strip() in ("took", "finished")
            kill(first)
            assert second.stdout.read().split()[-1] == "finished"
        assert elsewhere.run(NUMBERS) == all_numbers(GIFTS)
        elsewhere.manage("check_ledger")
