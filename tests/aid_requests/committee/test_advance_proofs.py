"""What `check_ledger` says of advances that were not written by the act."""

from datetime import timedelta

import pytest
from django.db import transaction

from aid_requests import advance_proofs
from aid_requests.advances import last_rules
from aid_requests.committee.actions import deciding
from aid_requests.models import Advance, AdvanceOutcome, AidRequest, Vote
from fund import chart, clock, ledger
from fund.ledger import Subject
from fund.models import PaymentOrder
from tests.aid_requests.committee.advancing import advance
from tests.aid_requests.committee.outcome_files import decide


def written_beside(request: AidRequest, by, **changes: object) -> Advance:
    """A row without its movement and its order."""
    rules = last_rules()
    assert rules is not None
    values = {
        "amount_cents": 10_000,
        "pocket": rules.pocket,
        "given_at": clock.moment(),
        "ratify_by": clock.today() + timedelta(days=15),
        **changes,
    }
    return Advance.objects.create(
        request=request,
        revision=1,
        rules=rules,
        given_by=by,
        as_role="referent",
        reason="food",
        note_sealed="x",
        **values,  # type: ignore[arg-type]
    )


def test_what_the_act_writes_is_as_it_should_be(capped, file_of):
    request = file_of()
    advance(capped.referent, request)
    decide(request, [capped.member1, capped.member2], "grant")
    for check in (
        advance_proofs.each_advance_moved_once,
        advance_proofs.each_advance_is_ordered,
        advance_proofs.caps_were_kept,
        advance_proofs.outcomes_follow_decisions,
    ):
        assert list(check()) == []


def test_an_advance_without_movement_or_order_is_named(capped, file_of):
    given = written_beside(file_of(), capped.referent)
    (told,) = advance_proofs.each_advance_moved_once()
    assert told.startswith(f"advance {given.pk}: its movement")
    assert list(advance_proofs.each_advance_is_ordered()) == [f"advance {given.pk}: 0 live orders."]


def test_money_and_orders_without_an_advance_are_named(capped, file_of, pocket):
    request = file_of()
    with transaction.atomic():
        ledger.post(
            cause_key="stray",
            debit=chart.AIDS,
            credit=chart.AIDS_OWED,
            amount_cents=1_000,
            kind="advance",
            entry_ref="stray",
            occurred_on=clock.today(),
            pocket=pocket,
            subject=Subject("advance", str(request.pk)),
        )
    assert len(list(advance_proofs.each_advance_moved_once())) == 1
    advance(capped.referent, file_of(2))
    PaymentOrder.objects.create(
        **{
            **{
                field.attname: getattr(PaymentOrder.objects.get(), field.attname)
                for field in PaymentOrder._meta.concrete_fields
                if not field.primary_key
            },
            "reference_id": str(request.pk),
            "end_to_end_id": "stray",
        }
    )
    (told,) = advance_proofs.each_advance_is_ordered()
    assert told == f"request {request.pk}: an order pays an advance that nobody gave."


@pytest.mark.parametrize("changes", [{"amount_cents": 10_001}, {"amount_cents": 25_001}])
def test_a_passed_cap_is_named(capped, file_of, changes):
    written_beside(file_of(), capped.referent, **changes)
    assert len(list(advance_proofs.caps_were_kept())) == (2 if changes["amount_cents"] > 25_000 else 1)


def test_the_cap_of_a_month_is_counted_in_the_order_of_the_advances(capped, file_of):
    for number in (1, 2, 3):
        written_beside(file_of(number), capped.referent)
    (told,) = advance_proofs.caps_were_kept()
    assert "30000 cents in 2020-05" in told


def test_a_decision_without_its_outcome_and_a_vote_of_the_giver_are_named(capped, file_of, monkeypatch):
    request = file_of()
    advance(capped.referent, request)
    monkeypatch.setattr(deciding, "note_decision", lambda *_args, **_values: None)
    decision = decide(request, [capped.member1, capped.member2], "grant")
    Vote.objects.create(
        request=request, revision=1, member=capped.referent, choice="grant", cast_at=clock.moment()
    )
    told = list(advance_proofs.outcomes_follow_decisions())
    assert told[0] == f"decision {decision.pk}: the advance does not say that it is ratified."
    assert len(told) == 2 and "gave the advance" in told[1]


def test_a_withdrawn_request_whose_advance_is_open_is_named(capped, file_of):
    request = file_of()
    advance(capped.referent, request)
    AidRequest.objects.filter(pk=request.pk).update(state="withdrawn", withdrawn_at=clock.moment())
    assert len(list(advance_proofs.outcomes_follow_decisions())) == 1
    assert not AdvanceOutcome.objects.exists()
