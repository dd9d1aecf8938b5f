"""An agreement is confirmed by a second person; each instalment counts by the bank, under a reference of its own."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from donations.models import Agreement, ExpectedTransfer, Gift, Instalment, Receipt
from donations.outside import agreements, queries, transfers
from donations.receipts import copies, issuing
from fund import balances, chart, clock
from fund.models import Movement
from fund.roles import Refused
from fund.workflow import AlreadyDone
from tests.donations.outside import factories
from tests.donations.outside.factories import bank_says
from tests.donations.receipts.factories import allow_receipts


def test_an_agreement_waits_for_its_second_person(house):
    agreement = factories.make_agreement(house.treasurer, house.pocket)
    assert agreement.reference == f"C-2020-{agreement.pk:04d}" and agreement.state == "proposed"
    assert not Gift.objects.exists()
    with pytest.raises(Refused, match="recorder"):
        agreements.confirm_agreement(by=house.treasurer, agreement=agreement)
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.update(state="confirmed", decided_by=house.treasurer, decided_at=clock.moment())


def test_the_parts_make_the_whole_to_the_cent(house):
    with pytest.raises(Refused, match="sum"):
        factories.make_agreement(house.treasurer, house.pocket, total_cents=1_000_001)
    with pytest.raises(Refused, match="no_instalment"):
        factories.make_agreement(house.treasurer, house.pocket, instalments=())


def test_each_instalment_counts_by_its_own_line(house):
    agreement = factories.make_agreement(house.treasurer, house.pocket)
    agreement = agreements.confirm_agreement(by=house.signatory, agreement=agreement)
    first, second = Instalment.objects.order_by("position")
    assert first.expected.reference != second.expected.reference and first.expected.lapses_on is None
    assert {gift.giver_kind for gift in Gift.objects.all()} == {"company"}
    bank_says(house.treasurer, (400_000, f"FONDERIE {first.expected.reference}"))
    assert balances.balance_cents(chart.COMPANY_GIFTS) == -400_000
    states = list(ExpectedTransfer.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["received", "waiting"]
    with pytest.raises(AlreadyDone):
        agreements.confirm_agreement(by=house.treasurer2, agreement=agreement)
    assert Gift.objects.count() == 2


def test_an_instalment_never_lapses_by_itself(house):
    agreement = factories.make_agreement(house.treasurer, house.pocket)
    agreements.confirm_agreement(by=house.signatory, agreement=agreement)
    with clock.at(clock.DEMO_START + timedelta(days=900)):
        assert transfers.lapse_expected_transfers() == "0 lapsed"


def test_a_dropped_agreement_awaits_nothing(house):
    agreement = factories.make_agreement(house.treasurer, house.pocket)
    agreements.drop_agreement(by=house.treasurer, agreement=agreement)
    assert not Gift.objects.exists() and not Movement.objects.exists()


def test_an_ended_agreement_keeps_what_came_and_counts_what_comes_late(house):
    agreement = factories.make_agreement(house.treasurer, house.pocket)
    agreements.confirm_agreement(by=house.signatory, agreement=agreement)
    first, second = Instalment.objects.order_by("position")
    bank_says(house.treasurer, (400_000, first.expected.reference))
    agreements.end_agreement(by=house.treasurer, agreement=agreement)
    second.expected.refresh_from_db()
    assert (second.expected.state, second.expected.gift.state) == ("cancelled", "failed")
    bank_says(house.treasurer, (600_000, second.expected.reference))
    assert balances.balance_cents(chart.COMPANY_GIFTS) == -1_000_000


def test_the_same_form_twice_records_one_agreement(house):
    told = factories.agreement_told(house.pocket, signed_on=date(2020, 5, 1))
    token = factories.uuid.uuid4()
    first, second = [
        agreements.record_agreement(by=house.treasurer, told=told, form_token=token) for _ in "ab"
    ]
    assert first == second and Instalment.objects.count() == 2
    assert agreements.company_of(first) == factories.COMPANY


def test_an_instalment_is_late_until_all_of_it_came(house, django_assert_num_queries):
    agreement = factories.make_agreement(house.treasurer, house.pocket)
    agreements.confirm_agreement(by=house.signatory, agreement=agreement)
    reference = Instalment.objects.order_by("position")[0].expected.reference
    assert queries.late_instalments() == []
    with clock.at(clock.DEMO_START + timedelta(days=20)):
        for came in (0, 150_000):
            if came:
                bank_says(house.treasurer, (came, reference))
            with django_assert_num_queries(1):
                (row,) = queries.late_instalments()
            assert (row.received_cents, row.left_cents, row.state) == (came, 400_000 - came, "late")
        bank_says(house.treasurer, (250_000, reference))
        assert queries.late_instalments() == []
        first = queries.agreement_row(agreement).instalments[0]
        assert (first.state, first.received_cents) == ("paid", 400_000)


@pytest.mark.parametrize("cents", [400_000, 399_999, 400_001])
def test_the_receipt_of_an_instalment_tells_its_agreement_whatever_was_paid(house, cents):
    """Another amount than promised makes a gift of its own: the signed paper stands behind it all the same."""
    allow_receipts(house.administrator)
    agreement = factories.make_agreement(house.treasurer, house.pocket)
    agreements.confirm_agreement(by=house.signatory, agreement=agreement)
    reference = Instalment.objects.order_by("position")[0].expected.reference
    bank_says(house.treasurer, (cents, reference))
    gift = Gift.objects.get(state="succeeded")
    assert issuing.give_receipt.func(gift.pk) == "issued"
    assert copies.facts_of(Receipt.objects.get()).is_written_deed
