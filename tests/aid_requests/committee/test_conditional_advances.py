"""An advance on an aid that is then granted subject to a paper: the rest is owed, paid, or taken back."""

from datetime import timedelta

import pytest

from aid_requests.committee import actions
from aid_requests.models import AdvanceOutcome, AidRequest
from fund import balances, chart, clock
from fund.models import Movement
from fund.roles import Refused
from tests.aid_requests.committee.advancing import advance, debit_all, orders, rules
from tests.aid_requests.committee.outcome_files import bring, decide
from tests.aid_requests.committee.test_outcomes import letter_of

pytestmark = pytest.mark.usefixtures("proved")


@pytest.fixture
def waiting(capped, file_of) -> AidRequest:
    """100 € of 150 € advanced, then granted subject to a paper."""
    request = file_of()
    advance(capped.referent, request)
    decide(request, [capped.member1, capped.member2], "grant_subject")
    return request


def test_a_conditional_grant_ratifies_the_advance_and_owes_the_rest(capped, waiting):
    decision = waiting.decisions.get()
    assert AdvanceOutcome.objects.get().outcome == "ratified" and decision.amount_cents == 15_000
    assert Movement.objects.get(kind="grant").amount_cents == 5_000 and orders("aid_request") == []
    assert balances.left_cents() == 85_000
    letter = letter_of(decision)
    assert "Une avance de 100" in letter and "Le reste, 50" in letter


def test_whoever_gave_the_advance_does_not_say_that_the_paper_does(capped, waiting):
    with pytest.raises(Refused):
        actions.accept_paper(by=capped.referent, paper=bring(waiting))


def test_the_accepted_paper_pays_the_rest_only(capped, waiting):
    assert actions.accept_paper(by=capped.national_referent, paper=bring(waiting)).outcome == "granted"
    assert orders("aid_request") == [("due", 5_000)] and AdvanceOutcome.objects.count() == 1
    debit_all(capped)
    waiting.refresh_from_db()
    assert waiting.state == "paid" and balances.balance_cents(chart.AIDS_OWED) == 0


def test_a_lapse_takes_the_rest_back_and_leaves_the_advance(capped, waiting):
    with clock.at(clock.DEMO_START + timedelta(days=31)):
        assert actions.keep_conditions() == "0 reminded, 1 lapsed"
    waiting.refresh_from_db()
    assert waiting.state == "refused" and balances.left_cents() == 90_000
    assert Movement.objects.get(kind="grant_withdrawn").amount_cents == 5_000
    assert orders("advance") == [("due", 10_000)] and orders("aid_request") == []
    assert AdvanceOutcome.objects.get().outcome == "ratified"
    assert "vous reste acquise" in letter_of(waiting.decisions.get(outcome="refused"))


@pytest.mark.parametrize("comes", [True, False], ids=["the paper comes", "it does not"])
def test_an_advance_of_the_whole_aid_leaves_nothing_to_owe_or_take_back(capped, file_of, pocket, comes):
    rules(capped, pocket, cap_cents=20_000)
    request = file_of()
    advance(capped.referent, request, 15_000)
    decide(request, [capped.member1, capped.member2], "grant_subject")
    debit_all(capped)
    if comes:
        actions.accept_paper(by=capped.national_referent, paper=bring(request))
    else:
        with clock.at(clock.DEMO_START + timedelta(days=31)):
            actions.keep_conditions()
    request.refresh_from_db()
    assert request.state == ("paid" if comes else "refused")
    assert not Movement.objects.filter(kind__in=("grant", "grant_withdrawn")).exists()
    assert orders("aid_request") == [] and balances.left_cents() == 85_000
