"""Who sees what of two files that look alike, page by page and role by role."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aid_requests import lookalikes
from aid_requests.models import AidRequest, LookAlike, LookAlikeRuling
from tests.aid_requests import factories
from tests.aid_requests.committee import factories as files
from tests.aid_requests.look_alike_files import IBANS, person, signed

pytestmark = pytest.mark.usefixtures("may_2020", "foundation", "people", "pocket")
ASK = "Doublon possible\u00a0: demandez au référent national."


@pytest.fixture
def twins(people):
    """One person with a file at each school: the same names, the same account."""
    return signed(1), signed(2, school="sud", identity=person(1), iban=IBANS[1])


def page_of(pair: tuple[AidRequest, AidRequest]) -> str:
    return reverse("look_alike_page", args=[LookAlike.objects.order_by("pk")[0].token])


def told(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_a_school_learns_one_sentence_on_its_own_file_and_nothing_of_the_other(twins, people, client_of):
    here, there = twins
    browser = client_of(people.referent)
    for address in (
        reverse("certification_list"),
        reverse("certify_request", args=[here.token]),
        reverse("thread_page", args=[here.token]),
    ):
        page = told(browser.get(address))
        assert page.count(ASK) == 1
        for hidden in (there.reference, str(there.token), "École du Sud", "compte bancaire", "doublons/"):
            assert hidden not in page, address
    for token in (there.token, LookAlike.objects.all()[0].token):
        assert browser.get(reverse("certify_request", args=[token])).status_code == 404
    assert browser.get(reverse("look_alike_list")).status_code == 403
    assert browser.get(page_of(twins)).status_code == 403
    assert browser.post(page_of(twins), {"reason": "namesakes", "seen": ["person"]}).status_code == 403
    assert not LookAlikeRuling.objects.exists()


def test_a_school_is_told_the_same_of_one_meeting_and_of_many(twins, people, client_of):
    address = reverse("certify_request", args=[twins[0].token])
    one = told(client_of(people.referent).get(address))
    signed(3, identity=person(1))
    signed(4, school="sud", identity=person(1))
    assert told(client_of(people.referent).get(address)).count(ASK) == one.count(ASK) == 1


def test_a_file_that_only_shares_an_account_bears_no_sentence(people, client_of):
    one = signed(1)
    signed(2, school="sud", iban=IBANS[1])
    for address in (reverse("certification_list"), reverse("certify_request", args=[one.token])):
        assert ASK not in told(client_of(people.referent).get(address))


def test_the_national_referent_reads_both_references_and_kinds_and_no_value(twins, people, client_of):
    browser = client_of(people.national_referent)
    for address in (reverse("look_alike_list"), page_of(twins)):
        page = told(browser.get(address))
        for shown in (twins[0].reference, twins[1].reference, "École du Nord", "École du Sud"):
            assert shown in page, address
        assert "Même compte bancaire" in page and "Mêmes noms" in page
        for hidden in ("Le Goff", "Anaïs", "0189", "2 janvier 2000", "rue du Port"):
            assert hidden not in page, address
    assert ASK not in told(browser.get(reverse("certification_list")))


def test_the_signal_is_closed_with_a_reason_and_once(twins, people, client_of):
    browser = client_of(people.national_referent)
    address = page_of(twins)
    assert browser.post(address, {"reason": "", "seen": ["person", "iban"]}).status_code == 422
    form = {"reason": "namesakes", "note": "mot-marqueur", "seen": ["iban", "person"]}
    assert browser.post(address, form).headers["Location"] == reverse("look_alike_list")
    assert browser.post(address, form).status_code == 409
    assert LookAlikeRuling.objects.count() == 2
    page = told(browser.get(address))
    assert "mot-marqueur" in page and "Deux personnes du même nom" in page and "Noter</button>" not in page
    assert "Rien à regarder" in told(browser.get(reverse("look_alike_list")))
    assert twins[0].reference in told(browser.get(reverse("look_alike_list") + "?vue=fermes"))
    assert ASK not in told(client_of(people.referent).get(reverse("certification_list")))


def test_what_is_ordinary_is_kept_apart(people, client_of):
    one = signed(1)
    signed(2, iban=IBANS[1])
    browser = client_of(people.national_referent)
    assert one.reference not in told(browser.get(reverse("look_alike_list")))
    assert one.reference in told(browser.get(reverse("look_alike_list") + "?vue=notes"))


def test_the_desk_and_the_side_list_speak_to_national_referents_alone(twins, people, client_of):
    desk = reverse("desk")
    assert "1 doublon possible" in told(client_of(people.national_referent).get(desk))
    for name, someone in vars(people).items():
        if name != "national_referent":
            page = told(client_of(someone).get(desk))
            assert "oublon" not in page, name


def test_members_read_that_somebody_looks_and_nothing_of_the_other_file(
    people, client_of, school, other_school
):
    version = files.open_scheme()
    mine = files.make_file(version, files.make_applicant(school), people.national_referent)
    other = files.make_file(
        version, files.make_applicant(other_school, 2), people.national_referent, number=2
    )
    first, second = sorted((mine, other), key=lambda file: file.pk)
    row = {"first": first, "second": second, "noted_at": mine.created_at}
    LookAlike.objects.create(kind="iban", **row)
    address = reverse("request_review", args=[mine.token])
    line = "Une vérification est en cours sur ce dossier."
    assert line not in told(client_of(people.member1).get(address))
    LookAlike.objects.create(kind="document", **row)
    page = told(client_of(people.member1).get(address))
    assert line in page and "J’accorde" in page
    for hidden in (other.reference, "oublon", "Même compte bancaire", "École du"):
        assert hidden not in page


def test_the_student_learns_nothing_of_it(twins, client_of):
    page = told(client_of(twins[0].applicant.user).get(reverse("request_page", args=[twins[0].token])))
    for hidden in ("oublon", "vérification est en cours", twins[1].reference):
        assert hidden not in page


@pytest.mark.parametrize("who", ["national", "school"])
def test_a_list_takes_the_same_queries_however_long_it_is(people, client_of, who):
    signed(1)
    signed(2, identity=person(1))
    person_of_the_team = people.national_referent if who == "national" else people.referent
    browser = client_of(person_of_the_team)
    address = reverse("look_alike_list") if who == "national" else reverse("certification_list")
    told(browser.get(address))
    numbers = []
    for number in (3, 4):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = told(browser.get(address))
        numbers.append(len(queries))
        signed(number, identity=person(1))
    assert factories.fresh(AidRequest.objects.order_by("pk")[0]).reference in page or ASK in page
    assert numbers[0] == numbers[1], numbers
    assert lookalikes.alarms().count() == 6
