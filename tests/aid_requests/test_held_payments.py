"""One person with two accounts: decided as ever, and not paid before a national referent has looked."""

from datetime import timedelta

import pytest
from django.urls import reverse

from aid_requests import lookalikes
from aid_requests.actions import lookalikes as acts
from aid_requests.identity import Identity, identity_fingerprint, seal_identity
from aid_requests.models import AidRequest, LookAlike
from aid_requests.reference import AidRequestReference
from fund import clock
from fund.models import PaymentOrder
from fund.roles import Refused
from fund.treasury.batches import prepare_batch
from tests.aid_requests.committee.conftest import committee, file_of
from tests.aid_requests.look_alike_files import person
from tests.aid_requests.second_look_files import granted

__all__ = ["committee", "file_of"]  # fixtures of the committee, used here as they are
pytestmark = pytest.mark.usefixtures("proved")
WAITS = "Possible doublon\u00a0: le référent national doit d’abord le regarder."


def call_it(request: AidRequest, told: Identity) -> AidRequest:
    """Gives the request's author these names and this day, and marks the file as a signature does."""
    applicant = request.applicant
    applicant.identity_sealed = seal_identity(applicant, told)
    applicant.identity_fingerprint = identity_fingerprint(told)
    applicant.save()
    acts.note_marks(request)
    return request


@pytest.fixture
def twice(committee, file_of, db) -> AidRequest:
    """Granted, while another account of the same person has a file too."""
    one, other = call_it(file_of(1), person(1)), call_it(file_of(2), person(1))
    assert LookAlike.objects.filter(kind="person", first=one, second=other).exists()
    granted(committee, one)
    return AidRequest.objects.get(pk=one.pk)


def order() -> PaymentOrder:
    return PaymentOrder.objects.get()


def test_a_school_is_not_told_of_a_double_that_keeps_it_out(committee, file_of):
    one, other = call_it(file_of(1), person(1)), call_it(file_of(2), person(1))
    assert lookalikes.doubted_for(committee.referent, [one]) == {one.pk}
    AidRequest.objects.filter(pk=other.pk).update(through_school=False)
    assert lookalikes.doubted_for(committee.referent, [one]) == set()
    assert lookalikes.doubted_for(committee.national_referent, [one]) == {one.pk}


def test_the_decision_stands_and_the_order_enters_no_batch(twice, committee):
    assert twice.state == "granted"
    refusal = AidRequestReference().recheck(order())
    assert refusal is not None and str(refusal.sentence) == WAITS
    with pytest.raises(Refused) as caught:
        prepare_batch(by=committee.treasurer, order_ids=[order().pk])
    assert caught.value.refusal.code == "look_alike" and WAITS in str(caught.value.refusal)


def test_the_treasurer_reads_why_it_waits(twice, committee, client_of):
    assert WAITS in client_of(committee.treasurer).get(reverse("treasury_desk")).content.decode()


def test_the_committee_reads_that_somebody_looks(committee, file_of, client_of):
    one = call_it(file_of(1), person(1))
    call_it(file_of(2), person(1))
    page = client_of(committee.member1).get(reverse("request_review", args=[one.token])).content.decode()
    assert "Une vérification est en cours sur ce dossier." in page


def close(committee, reason: str) -> None:
    row = LookAlike.objects.get(kind="person")
    kinds = set(LookAlike.objects.values_list("kind", flat=True))
    acts.rule_on_pair(by=committee.national_referent, look_alike=row, reason=reason, note="", seen=kinds)


@pytest.mark.parametrize("reason", ["namesakes", "same_person"])
def test_once_it_is_closed_the_first_of_the_two_is_free(twice, committee, reason):
    close(committee, reason)
    assert lookalikes.held_requests([str(twice.pk)]) == {}
    assert prepare_batch(by=committee.treasurer, order_ids=[order().pk]).orders.count() == 1


@pytest.mark.parametrize(("reason", "is_held"), [("namesakes", False), ("same_person", True)])
def test_the_second_of_one_person_stays_unpaid(twice, committee, settings, reason, is_held):
    later = AidRequest.objects.exclude(pk=twice.pk).get()
    granted(committee, later)
    close(committee, reason)
    with clock.at(clock.moment() + timedelta(days=settings.LOOK_ALIKE_HOLD_DAYS + 1)):
        assert bool(lookalikes.held_requests([str(later.pk)])) is is_held
        assert lookalikes.held_requests([str(twice.pk)]) == {}
    of_later = PaymentOrder.objects.get(reference_id=str(later.pk))
    assert (AidRequestReference().recheck(of_later) is not None) is is_held


def test_a_shared_account_alone_holds_nothing(committee, file_of):
    one, other = call_it(file_of(1), person(1)), call_it(file_of(2), person(2))
    LookAlike.objects.all().delete()
    LookAlike.objects.create(first=one, second=other, kind="iban", noted_at=one.created_at)
    granted(committee, one)
    assert AidRequestReference().recheck(order()) is None


def test_an_absent_referent_delays_the_payment_and_never_stops_it(twice, settings):
    decided = AidRequest.objects.get(pk=twice.pk).decided_at
    assert decided is not None
    with clock.at(decided + timedelta(days=settings.LOOK_ALIKE_HOLD_DAYS, seconds=-1)):
        assert AidRequestReference().recheck(order()) is not None
    with clock.at(decided + timedelta(days=settings.LOOK_ALIKE_HOLD_DAYS)):
        assert AidRequestReference().recheck(order()) is None
        assert lookalikes.held_requests([str(twice.pk)]) == {}
