"""Receipts of a year: one a donor, each gift once, whatever is killed, refused or run again."""

from dataclasses import replace
from datetime import datetime

import pytest
from django.core.management import call_command

from donations.givers import Giver
from donations.models import Receipt, ReceiptRun
from donations.receipts import drawing, queries, runs, voiding
from fund import clock, vault
from fund.models import OutgoingMail
from fund.roles import Refused
from tests.donations.factories import dispute_of, event, post_event
from tests.donations.receipts.factories import COMPANY, ZOE, received, received_month, run_worker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation", "proved")]
IN_JANUARY = datetime(2021, 1, 10, tzinfo=clock.PARIS)


def day(month: int) -> datetime:
    return datetime(2020, month, 5, tzinfo=clock.PARIS)


def run_the_year(by=None, year: int = 2020) -> ReceiptRun:
    with clock.at(IN_JANUARY):
        run = runs.start_run(by=by, year=year)
        run_worker()
    run.refresh_from_db()
    return run


@pytest.fixture
def year_of_gifts(basis, pocket):
    """Three donors: one monthly, one with a receipt already and a second gift, one without an address."""
    monthly = [received_month(pocket, day(month), email="a@example.org") for month in (1, 2, 12)]
    first = received(pocket, on=day(4), email="b@example.org")
    run_worker()
    second = received(pocket, on=day(5), email="b@example.org", giver=Giver("Zoé", "Essai"))
    nowhere = received(pocket, on=day(6), email="c@example.org", giver=Giver("Théo", "Essai"))
    run_worker()
    return monthly, first, second, nowhere


def test_a_run_gathers_each_donors_gifts_and_counts_the_others_by_reason(year_of_gifts):
    monthly, first, _second, _nowhere = year_of_gifts
    before = queries.live_receipt_of(first)
    run = run_the_year()
    assert (run.donors, run.donors_done) == (3, 3) and run.finished_at is not None
    assert run.outcomes == {"issued": 1, "no_address": 2}
    receipt = queries.live_receipt_of(monthly[0])
    assert receipt.amount_cents == 15_000 and receipt.run == run
    assert (receipt.first_on.isoformat(), receipt.last_on.isoformat()) == ("2020-01-05", "2020-12-05")
    assert queries.live_receipt_of(first) == before
    assert OutgoingMail.objects.filter(key=f"receipt:{receipt.pk}:ready").count() == 1


def test_running_again_finds_only_what_has_no_receipt(year_of_gifts):
    run_the_year()
    again = run_the_year()
    assert (again.donors, again.outcomes) == (2, {"no_address": 2})


def test_one_donor_who_gave_under_two_names_has_two_receipts(basis, pocket):
    received_month(pocket, day(1))
    received_month(pocket, day(2), giver=replace(ZOE, first_name="ZOÉ "))
    received_month(pocket, day(3), giver=COMPANY)
    run = run_the_year()
    assert run.outcomes == {"issued": 2}
    rows = Receipt.objects.order_by("pk").values_list("form", "amount_cents")
    assert sorted(rows) == [("11580", 10_000), ("16216", 5_000)]


def test_a_contested_gift_waits_and_an_erased_donor_is_counted(basis, pocket):
    contested = received_month(pocket, day(1), email="a@example.org")
    post_event(event("charge.dispute.created", dispute_of(contested)))
    erased = received_month(pocket, day(1), email="b@example.org")
    vault.erase_subject(erased.donor.subject_key)
    assert run_the_year().outcomes == {"disputed": 1, "erased": 1}


def test_one_voided_as_a_mistake_is_left_to_a_person(basis, pocket, people):

    received(pocket)
    run_worker()
    voiding.void_receipt(by=people.treasurer, receipt=Receipt.objects.get(), reason="mistake")
    assert run_the_year().outcomes == {"set_aside": 1}


def test_one_broken_paper_holds_up_nobody_else_and_takes_no_number(basis, pocket, monkeypatch):
    for name in ("a", "b", "c"):
        received_month(pocket, day(1), email=f"{name}@example.org")
    draw, drawn = drawing.draw_receipt, []

    def draw_or_break(facts):
        drawn.append(facts)
        if len(drawn) == 2:
            raise ZeroDivisionError
        return draw(facts)

    monkeypatch.setattr(drawing, "draw_receipt", draw_or_break)
    run = run_the_year()
    assert run.outcomes == {"issued": 2, "unexpected": 1}
    assert list(Receipt.objects.order_by("pk").values_list("number", flat=True)) == [1, 2]


def test_a_run_killed_between_two_slices_goes_on_where_it_was(basis, pocket, monkeypatch):
    monkeypatch.setattr(runs, "DONORS_AT_ONCE", 1)
    gifts = [received_month(pocket, day(1), email=f"{name}@example.org") for name in "abc"]
    with clock.at(IN_JANUARY):
        run = runs.open_run(by=None, year=2020)
        assert runs.take_donors(run.pk) is False
        assert runs.open_run(by=None, year=2020) == run, "under way: carried on, never doubled"
        assert runs.carry_on.func(run.pk) == "finished"
    run.refresh_from_db()
    assert run.outcomes == {"issued": 3} and run.donors_done == 3
    assert {queries.live_receipt_of(gift).number for gift in gifts} == {1, 2, 3}


def test_a_long_run_lets_the_other_work_pass(basis, pocket, monkeypatch):
    monkeypatch.setattr(runs, "DONORS_AT_ONCE", 1)
    monkeypatch.setattr(runs, "SLICE_SECONDS", 0.0)
    for name in "ab":
        received_month(pocket, day(1), email=f"{name}@example.org")
    with clock.at(IN_JANUARY):
        run = runs.open_run(by=None, year=2020)
        assert runs.carry_on.func(run.pk) == "to be continued"
        assert run_worker()[-1] == "finished"


def test_a_run_needs_a_treasurer_a_text_and_a_year_that_began(foundation, pocket, people):
    with pytest.raises(Refused, match="off"):
        runs.start_run(by=people.treasurer, year=2020)
    with pytest.raises(Refused, match="role"):
        runs.start_run(by=people.auditor, year=2020)


def test_a_year_to_come_has_no_run(basis, people):
    with clock.at(IN_JANUARY), pytest.raises(Refused, match="year"):
        runs.start_run(by=people.treasurer, year=2022)


def test_the_command_tells_what_it_would_do_and_then_does_it(year_of_gifts, capsys):
    with clock.at(IN_JANUARY):
        call_command("issue_receipts", "2020", "--dry-run", "--json")
        assert '"issued": 1' in capsys.readouterr().out and not ReceiptRun.objects.exists()
        call_command("issue_receipts", "2020", "--json")
        said = capsys.readouterr().out
    assert '"no_address": 2' in said and '"finished": true' in said
    assert Receipt.objects.count() == 2


def test_the_command_says_why_it_cannot(foundation, capsys):
    with pytest.raises(SystemExit) as stopped:
        call_command("issue_receipts", "2020", "--json")
    assert stopped.value.code == 1 and '"error": "off"' in capsys.readouterr().out


def test_the_years_totals_leave_void_receipts_out(year_of_gifts, people):

    run_the_year()
    receipt = Receipt.objects.earliest("pk")
    voiding.void_receipt(by=people.treasurer, receipt=receipt, reason="asked")
    assert queries.totals_of(2020) == queries.YearTotals(2020, 15_000, 1, 1)
