"""Advances: who gives them, within which caps, and what the committee's decision makes of them."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from aid_requests import actions, advances
from aid_requests.actions.advances import pay_advances_again, set_rules, tell_late_advances
from aid_requests.committee import permissions, queries
from aid_requests.models import Advance, AdvanceOutcome, AdvanceRules, AidRequest, Decision
from fund import balances, chart, clock, vault
from fund.models import Movement, OutgoingMail, PaymentOrder
from fund.roles import Refused
from fund.workflow import AlreadyDone, WrongState
from tests.aid_requests.committee import factories
from tests.aid_requests.committee.advancing import advance, debit_all, rules
from tests.aid_requests.committee.outcome_files import decide, vote
from tests.conftest import grant

OTHER_IBAN = "DE89370400440532013000"


@pytest.fixture
def ruled(committee, pocket):
    rules(committee, pocket)
    return committee


def orders(kind: str) -> list[tuple[str, int]]:
    rows = PaymentOrder.objects.filter(reference_kind=kind).order_by("pk")
    return list(rows.values_list("state", "amount_cents"))


def refused(by, request, cents: int = 10_000, **changes: object) -> str:
    with pytest.raises(Refused) as caught:
        advance(by, request, cents, **changes)
    assert not Advance.objects.filter(request=request).exists()
    return caught.value.refusal.code


def test_an_advance_is_owed_and_ordered_at_once(ruled, file_of):
    request = file_of()
    given = advance(ruled.referent, request)
    assert (given.as_role, given.ratify_by) == ("referent", clock.today() + timedelta(days=15))
    movement = Movement.objects.get(kind="advance")
    assert (movement.amount_cents, movement.subject_kind, movement.subject_id) == (
        10_000,
        "advance",
        str(request.pk),
    )
    order = PaymentOrder.objects.get()
    assert order.end_to_end_id == f"CSA-2020-{request.pk:06d}-1" and order.amount_cents == 10_000
    assert balances.left_cents() == 90_000 and balances.balance_cents(chart.AIDS_OWED) == -10_000
    assert OutgoingMail.objects.filter(key=f"request:{request.pk}:advance:given").count() == 1
    call_command("check_ledger")


def test_a_grant_pays_the_rest_and_ratifies(ruled, file_of):
    request = file_of()
    advance(ruled.chair, request)
    decision = decide(request, [ruled.member1, ruled.member2], "grant")
    assert decision.amount_cents == 15_000
    assert orders("advance") == [("due", 10_000)] and orders("aid_request") == [("due", 5_000)]
    assert balances.balance_cents(chart.AIDS_OWED) == -15_000
    outcome = AdvanceOutcome.objects.get()
    assert (outcome.outcome, outcome.decision) == ("ratified", decision)
    debit_all(ruled)
    request.refresh_from_db()
    assert request.state == "paid" and balances.balance_cents(chart.AIDS_OWED) == 0
    call_command("check_ledger")
