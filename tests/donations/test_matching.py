"""A sponsor's offer is consumed exactly by the gifts it is for, never over its cap, and falls with them."""

import uuid
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction

from donations import offers
from donations.actions import offers as acts
from donations.models import MatchingChange, MatchingOffer, MatchingShare, OfferPayment
from fund import clock, ledger
from fund.models import Pocket
from fund.roles import Refused
from fund.workflow import AlreadyDone, WrongState
from tests.donations.factories import dispute_of, event, make_gift, refund_of, take_event
from tests.donations.sponsors import (
    OTHER_SIREN,
    company,
    given,
    given_by_company,
    make_offer,
    pay,
    recorded_offer,
    terms,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may", "foundation", "proved")]


@pytest.fixture
def in_may():
    with clock.at(clock.DEMO_START):
        yield


def promised(offer: MatchingOffer) -> int:
    offer.refresh_from_db()
    return offer.consumed_cents


def refund(gift, cents: int, name: str = "re_1", status: str = "succeeded") -> None:
    take_event(event("refund.created", refund_of(gift, name, cents, status)))


@pytest.mark.parametrize(
    ("ratio", "cents", "wanted"),
    [((1, 1), 5_000, 5_000), ((1, 2), 4_999, 2_499), ((2, 1), 5_000, 10_000), ((2, 3), 100, 66)],
)
def test_a_gift_takes_its_part_rounded_down_to_the_cent(pocket, people, ratio, cents, wanted):
    offer = make_offer(people, numerator=ratio[0], denominator=ratio[1])
    gift = given(pocket, cents)
    share = MatchingShare.objects.get()
    assert (share.offer, share.gift, share.cents, share.granted_cents) == (offer, gift, wanted, wanted)
    assert promised(offer) == wanted
    assert ledger.left_cents() == cents, "what is promised is not raised"


def test_the_last_gift_gets_what_is_left_and_the_next_one_nothing(pocket, people):
    offer = make_offer(people, cap_cents=7_000)
    for _number in range(3):
        given(pocket, 5_000)
    cents = list(MatchingShare.objects.order_by("pk").values_list("cents", flat=True))
    assert (cents, promised(offer), offer.left_cents) == ([5_000, 2_000], 7_000, 0)


def test_a_cent_that_is_worth_nothing_makes_no_share(pocket, people):
    make_offer(people, numerator=1, denominator=10)
    given(pocket, 109)
    assert MatchingShare.objects.get().cents == 10
    given(pocket, 100, email="autre@example.org")
    assert list(MatchingShare.objects.order_by("pk").values_list("cents", flat=True)) == [10, 10]


def test_every_offer_that_a_gift_is_in_applies_once(pocket, people):
    first, second = make_offer(people), make_offer(people, sponsor=company(OTHER_SIREN), numerator=2)
    given(pocket, 5_000)
    assert (promised(first), promised(second)) == (5_000, 10_000)


def test_an_offer_for_one_purpose_leaves_the_others(pocket, people):
    other = Pocket.objects.create(
        code="mobilite", name="Mobilité", campaign=pocket.campaign, scheme="mobilite"
    )
    offer = make_offer(people, pocket=other)
    given(pocket, 5_000)
    assert promised(offer) == 0
    given(other, 3_000)
    assert promised(offer) == 3_000


@pytest.mark.parametrize(("day", "cents"), [(30, 0), (1, 5_000), (31, 5_000)])
def test_both_paris_dates_are_in(pocket, people, day, cents):
    """Half an hour before midnight in Paris is still the day; the last day counts whole."""
    with clock.at(clock.DEMO_START.replace(month=4, day=20)):
        offer = make_offer(people)
    month = 4 if day == 30 else 5
    with clock.at(clock.DEMO_START.replace(month=month, day=day, hour=23, minute=59)):
        given(pocket, 5_000)
    assert promised(offer) == cents


def test_the_day_after_the_last_one_is_out(pocket, people):
    offer = make_offer(people)
    with clock.at(clock.DEMO_START.replace(month=6, day=1, hour=0, minute=1)):
        given(pocket, 5_000)
    assert promised(offer) == 0


def test_nothing_is_matched_before_a_second_person_confirmed(pocket, people):
    offer = recorded_offer(people)
    given(pocket, 5_000)
    with pytest.raises(Refused) as caught, transaction.atomic():
        acts.confirm_offer(by=people.treasurer, offer=offer)
    assert caught.value.refusal.code == "own_offer"
    with pytest.raises(IntegrityError), transaction.atomic():
        MatchingOffer.objects.filter(pk=offer.pk).update(
            state="active", confirmed_by=people.treasurer, confirmed_at=clock.moment()
        )
    with clock.at(clock.DEMO_START + timedelta(hours=1)):
        acts.confirm_offer(by=people.signatory, offer=offer)
        given(pocket, 2_000)
    assert promised(offer) == 2_000


def test_an_offer_that_was_ended_keeps_what_it_promised_and_takes_no_more(pocket, people):
    offer = make_offer(people)
    given(pocket, 5_000)
    with clock.at(clock.DEMO_START + timedelta(hours=1)):
        acts.end_offer(by=people.treasurer, offer=offer)
        given(pocket, 5_000)
        with pytest.raises(AlreadyDone), transaction.atomic():
            acts.end_offer(by=people.treasurer, offer=offer)
    assert promised(offer) == 5_000


def test_what_decides_is_when_a_gift_was_paid_however_late_we_hear_of_it(pocket, people):
    offer = make_offer(people)
    with clock.at(clock.DEMO_START + timedelta(hours=2)):
        acts.end_offer(by=people.administrator, offer=offer)
    given(pocket, 5_000)
    assert promised(offer) == 5_000


def test_who_may_record_end_and_drop(pocket, people):
    for who in (people.communication, people.signatory, people.auditor, people.member1):
        with pytest.raises(Refused), transaction.atomic():
            acts.record_offer(by=who, terms=terms(), form_token=uuid.uuid4())
    offer = recorded_offer(people)
    with pytest.raises(Refused), transaction.atomic():
        acts.drop_offer(by=people.auditor, offer=offer)
    acts.drop_offer(by=people.administrator, offer=offer)
    with pytest.raises(WrongState), transaction.atomic():
        acts.confirm_offer(by=people.administrator, offer=offer)


def test_the_same_form_twice_is_one_offer(pocket, people):
    token = uuid.uuid4()
    made = [acts.record_offer(by=people.treasurer, terms=terms(), form_token=token) for _turn in range(2)]
    assert made[0] == made[1] == MatchingOffer.objects.get()


def test_a_refund_gives_its_part_back_and_later_gifts_find_it(pocket, people):
    offer = make_offer(people, numerator=1, denominator=2, cap_cents=2_500)
    gift = given(pocket, 5_000)
    refund(gift, 1_999)
    assert promised(offer) == 1_500  # half of what is kept: 3 001 cents
    given(pocket, 9_000, email="autre@example.org")
    assert promised(offer) == 2_500


def test_a_refund_that_fails_takes_back_what_is_still_left(pocket, people):
    offer = make_offer(people, cap_cents=6_000)
    gift = given(pocket, 5_000)
    refund(gift, 5_000)
    assert promised(offer) == 0
    given(pocket, 4_000, email="autre@example.org")
    refund(gift, 5_000, status="failed")
    assert promised(offer) == 6_000
    assert list(MatchingShare.objects.order_by("pk").values_list("cents", flat=True)) == [2_000, 4_000]
    causes = MatchingChange.objects.filter(share__gift=gift).order_by("pk").values_list("cause", "cents")
    assert list(causes) == [("gift_came", 5_000), ("gift_changed", -5_000), ("gift_changed", 2_000)]


def test_an_open_dispute_moves_nothing_and_a_lost_one_gives_all_back(pocket, people):
    offer = make_offer(people)
    gift = given(pocket, 5_000)
    take_event(event("charge.dispute.created", dispute_of(gift)))
    assert promised(offer) == 5_000
    take_event(event("charge.dispute.closed", dispute_of(gift, status="lost")))
    assert promised(offer) == 0


def test_the_same_gift_told_twice_is_matched_once(pocket, people):
    offer = make_offer(people)
    gift = make_gift(pocket)
    pay(gift)
    pay(gift)
    assert promised(offer) == 5_000
    with pytest.raises(IntegrityError), transaction.atomic():
        MatchingShare.objects.create(offer=offer, gift=gift, granted_cents=1, cents=0)


def test_a_sponsor_does_not_match_its_own_gifts_but_others_do(pocket, people):
    own, other = make_offer(people), make_offer(people, sponsor=company(OTHER_SIREN))
    given_by_company(pocket, 5_000)
    assert (promised(own), promised(other)) == (0, 5_000)


def test_what_the_sponsor_pays_lowers_its_debt_and_is_matched_by_nobody(pocket, people):
    offer, other = make_offer(people), make_offer(people, sponsor=company(OTHER_SIREN))
    given(pocket, 5_000)
    payment = given_by_company(pocket, 3_000)
    assert promised(other) == 8_000
    acts.tie_payment(by=people.treasurer, offer=offer, gift=payment)
    assert acts.tie_payment(by=people.treasurer, offer=offer, gift=payment).gift == payment
    assert (promised(other), promised(offer)) == (5_000, 5_000)
    sums = offers.sums_of([offer])[offer.pk]
    assert (sums.promised_cents, sums.paid_cents, sums.debt_cents, sums.donors) == (5_000, 3_000, 2_000, 1)
    refund(payment, 1_000)
    offer.refresh_from_db()
    assert offers.sums_of([offer])[offer.pk].debt_cents == 3_000
    tied = OfferPayment.objects.get()
    acts.untie_payment(by=people.treasurer, payment=tied)
    with pytest.raises(AlreadyDone), transaction.atomic():
        acts.untie_payment(by=people.treasurer, payment=tied)
    assert (promised(other), offers.sums_of([offer])[offer.pk].debt_cents) == (7_000, 5_000)


def test_only_a_received_gift_of_the_sponsor_pays_and_only_one_offer(pocket, people):
    offer, other = make_offer(people), make_offer(people)
    own, promise = given_by_company(pocket, 3_000), make_gift(pocket, giver=company())
    refusals = {
        "not_sponsor": given(pocket, 1_000),
        "gift_state": promise,
    }
    for code, gift in refusals.items():
        with pytest.raises(Refused) as caught, transaction.atomic():
            acts.tie_payment(by=people.treasurer, offer=offer, gift=gift)
        assert caught.value.refusal.code == code
    acts.tie_payment(by=people.treasurer, offer=offer, gift=own)
    for by, code in ((people.treasurer, "pays_another"), (people.administrator, "role")):
        with pytest.raises(Refused) as caught, transaction.atomic():
            acts.tie_payment(by=by, offer=other, gift=own)
        assert caught.value.refusal.code == code
    with pytest.raises(IntegrityError), transaction.atomic():
        OfferPayment.objects.create(
            offer=other, gift=own, recorded_by=people.treasurer, recorded_at=clock.moment()
        )


def test_the_database_refuses_more_than_the_cap_and_other_terms(pocket, people):
    offer = make_offer(people)
    given(pocket, 5_000)
    share = MatchingShare.objects.get()
    for change in (
        {"consumed_cents": 100_001},
        {"cap_cents": 1},
        {"numerator": 2},
        {"ends_on": date(2021, 1, 1)},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            MatchingOffer.objects.filter(pk=offer.pk).update(**change)
    for change in ({"cents": 5_001}, {"granted_cents": 6_000}):
        with pytest.raises(DatabaseError), transaction.atomic():
            MatchingShare.objects.filter(pk=share.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        MatchingChange.objects.update(cents=1)


def test_offers_of_today_tell_amounts_from_five_donors_on(pocket, people):
    make_offer(people, cap_cents=100_000)
    for number in range(5):
        (shown,) = offers.offers_now()
        assert shown.tells_amounts is False
        given(pocket, 500, email=f"d{number}@example.org")
        if number < 4:
            given(pocket, 500, email=f"d{number}@example.org")
    (shown,) = offers.offers_now()
    assert (shown.tells_amounts, shown.offer.left_cents, shown.is_doubling) == (True, 95_500, True)
    with clock.at(clock.DEMO_START.replace(month=6)):
        assert offers.offers_now() == []
        assert len(offers.offers_told()) == 1


@pytest.mark.parametrize(
    ("breach", "sentence"),
    [
        (lambda: MatchingOffer.objects.update(consumed_cents=1), "cents promised; its shares say"),
        (lambda: MatchingShare.objects.update(cents=4_000), "its changes say"),
    ],
)
def test_check_ledger_names_what_does_not_add_up(pocket, people, capsys, breach, sentence):
    make_offer(people)
    given(pocket, 5_000)
    with transaction.atomic():
        breach()
        with pytest.raises(SystemExit):
            call_command("check_ledger")
        assert sentence in capsys.readouterr().out
        transaction.set_rollback(True)


def test_check_ledger_names_a_share_that_did_not_follow_its_gift(pocket, people, capsys, monkeypatch):
    make_offer(people)
    gift = given(pocket, 5_000)
    with transaction.atomic():
        monkeypatch.setattr("donations.actions.matching.follow_gift", lambda gift: None)
        refund(gift, 2_000)
        with pytest.raises(SystemExit):
            call_command("check_ledger")
        assert "for a gift now worth 3000" in capsys.readouterr().out
        transaction.set_rollback(True)
