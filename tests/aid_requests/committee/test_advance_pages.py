"""The pages about advances: given by a referent and by the chair, told to the committee, the student and the desk."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from aid_requests.exports_of_applicant import applicant_data
from aid_requests.models import Advance, AdvanceRules, AidRequest
from fund import clock
from fund.models import PaymentOrder
from tests.aid_requests.committee import factories
from tests.aid_requests.committee.advancing import advance, debit_all
from tests.aid_requests.committee.outcome_files import decide

pytestmark = pytest.mark.usefixtures("proved")
TYPED = {"revision": 1, "amount_cents": "80", "reason": "food", "note": "Frigo vide.", "has_no_tie": "on"}


def page_of(client, name, *args) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def give(client, request, **changes):
    return client.post(reverse("advance_give", args=[request.token]), {**TYPED, **changes})


def test_a_referent_gives_one_and_the_student_reads_it(capped, file_of, client_of):
    request = file_of()
    referent = client_of(capped.referent)
    assert request.reference in page_of(referent, "advance_start")
    page = page_of(referent, "advance_give", request.token)
    assert factories.LAST_NAME in page and factories.STORY not in page and "100,00 € au plus" in page
    assert give(referent, request).status_code == 302
    assert Advance.objects.get().amount_cents == 8_000
    student = page_of(client_of(request.applicant.user), "request_page", request.token)
    assert (
        "Une avance de 80,00 €" in student
        and "vous reste acquise" in student
        and "Avance accordée" in student
    )
    debit_all(capped)
    assert "Avance virée" in page_of(client_of(request.applicant.user), "request_page", request.token)


def test_the_chair_gives_one_without_a_name(capped, file_of, client_of):
    request = file_of()
    chair = client_of(capped.chair)
    for page in (page_of(chair, "advance_start"), page_of(chair, "advance_give", request.token)):
        assert request.reference in page
        assert factories.LAST_NAME not in page and request.school.name not in page
    assert "Accorder une avance" in page_of(chair, "request_review", request.token)
    assert give(chair, request).status_code == 302
    assert "Accorder une avance</a>" not in page_of(chair, "request_review", request.token)


@pytest.mark.parametrize("missing", ["amount_cents", "reason", "note", "has_no_tie"])
def test_what_is_missing_is_said(capped, file_of, client_of, missing):
    assert give(client_of(capped.referent), file_of(), **{missing: ""}).status_code == 422
    assert not Advance.objects.exists()


def test_what_the_rules_refuse_is_said_in_the_form(capped, file_of, client_of):
    answer = give(client_of(capped.referent), file_of(), amount_cents="101")
    assert answer.status_code == 409 and "au plus" in answer.content.decode()


def test_others_do_not_find_it(capped, file_of, client_of):
    request = file_of()
    for person in (capped.other_referent, capped.national_referent):
        assert give(client_of(person), request).status_code == 404
    AidRequest.objects.filter(pk=request.pk).update(through_school=False)
    assert give(client_of(capped.referent), request).status_code == 404


def test_members_read_the_advance_beside_the_file_and_not_who_gave_it(capped, file_of, client_of):
    request = file_of()
    advance(capped.referent, request)
    member = client_of(capped.member1)
    page = page_of(member, "request_review", request.token)
    assert "Plus rien pour la semaine." in page and "À ratifier" in page
    assert capped.referent.display_name not in page and request.school.name not in page
    assert "Avance à ratifier" in page_of(member, "request_queue")
    with clock.at(clock.DEMO_START + timedelta(days=16)):
        assert "Avance en retard" in page_of(member, "request_queue")
        for person in (capped.member1, capped.chair, capped.administrator):
            assert "1 avance à ratifier, en retard" in page_of(client_of(person), "desk")


def test_the_list_tells_what_became_of_each_and_adds_up(capped, file_of, client_of):
    ratified, denied, left_open = (file_of(number) for number in (1, 2, 3))
    for request, cents in ((ratified, 10_000), (denied, 8_000), (left_open, 7_000)):
        advance(capped.referent, request, cents)
    decide(ratified, [capped.member1, capped.member2], "grant")
    decide(denied, [capped.member1, capped.member2], "refuse")
    for person in (capped.treasurer, capped.auditor, capped.member1):
        page = page_of(client_of(person), "advance_list")
        for words in ("250,00 €", "Ratifiée", "Non ratifiée", "À ratifier"):
            assert words in page
        assert ("250,00 € sur 250,00 €" in page) == (person != capped.member1)
        assert capped.referent.display_name not in page
    assert left_open.reference in page_of(client_of(capped.treasurer), "advance_list")


def test_a_member_of_the_school_reads_nothing_of_its_advances(capped, file_of, client_of):
    request = file_of()
    advance(capped.referent, request)
    page = page_of(client_of(capped.member3), "advance_list")
    assert request.reference not in page and "100,00 €" not in page


def test_an_administrator_sets_the_rules(committee, pocket, client_of):
    administrator = client_of(committee.administrator)
    address = reverse("advance_rules")
    assert "aucune avance n’est possible" in page_of(administrator, "advance_rules")
    typed = {"pocket": pocket.pk, "cap_cents": "150", "month_cap_cents": "1 000", "ratify_days": 15}
    assert administrator.post(address, typed).status_code == 302
    assert administrator.post(address, {**typed, "month_cap_cents": "100"}).status_code == 409
    assert administrator.post(address, {**typed, "month_cap_cents": ""}).status_code == 302
    kept = list(AdvanceRules.objects.order_by("pk").values_list("cap_cents", "month_cap_cents"))
    assert kept == [(15_000, 100_000), (15_000, 0)]
    assert client_of(committee.chair).post(address, typed).status_code == 403


def test_the_student_s_data_hold_it(capped, file_of):
    request = file_of()
    advance(capped.referent, request)
    told = json.loads(applicant_data(request.applicant))["requests"][0]
    assert told["advance"]["amount_cents"] == 10_000 and told["advance"]["given_by"] == "referent"
    assert [row["reference_kind"] for row in told["payments"]] == ["advance"]
    assert capped.referent.display_name not in json.dumps(told)


def test_a_returned_advance_is_told_with_what_to_do(capped, file_of, client_of):
    request = file_of()
    advance(capped.referent, request)
    debit_all(capped, comes_back=PaymentOrder.objects.get())
    page = page_of(client_of(request.applicant.user), "request_page", request.token)
    assert "ce compte est fermé" in page and "pour indiquer un autre compte" in page
    assert "L’avance est revenue" in page
    assert "revenue : un autre compte est attendu" in page_of(client_of(capped.treasurer), "advance_list")
