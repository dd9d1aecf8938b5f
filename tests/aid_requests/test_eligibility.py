import re

import pytest
from django.conf import settings
from django.urls import reverse

from aid_requests import actions, sealed
from aid_requests.models import AidRequest, Applicant
from fund import clock
from fund.models import User
from tests.aid_requests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020")]
URL = "/aide/emergency-aid/"
GOOD = {"q-enrolled": "yes", "q-lives_in_france": "yes", "q-cause": "student_job", "q-need": "rent"}


@pytest.fixture(autouse=True)
def _open() -> None:
    factories.open_scheme()
    factories.open_scheme("mobility-aid")


def shown(html: str) -> str:
    """The ids of the questions on the page, as the hidden field carries them."""
    found = re.search(r'name="q-shown" value="([^"]*)"', html)
    assert found is not None
    return found[1]


def text(response) -> str:
    return response.content.decode()


def test_the_aids_show_their_amounts_and_dates(client):
    page = text(client.get("/aide/"))
    assert "150\u00a0€" in page and "de 200\u00a0€ à 500\u00a0€" in page
    assert "Du 3 avril 2020 au 30 juin 2020" in page


def test_four_questions_give_the_amount_and_the_days(client):
    questions = shown(text(client.get(URL)))
    assert questions.split() == ["enrolled", "lives_in_france", "cause", "need"]
    response = client.post(URL, {**GOOD, "q-shown": questions})
    assert response.headers["Location"] == URL
    page = text(client.get(URL))
    panel = page.partition('id="result"')[2].partition("</aside>")[0]
    assert panel.count("150\u00a0€") == 1 and "Comptez six jours jusqu’au virement." in panel
    assert f"{reverse('account_login')}?next=/aide/emergency-aid/" in page
    assert not AidRequest.objects.exists() and not Applicant.objects.exists()


def test_answers_are_never_in_an_address(client):
    response = client.post(URL, {**GOOD, "q-shown": shown(text(client.get(URL)))})
    assert "?" not in response.headers["Location"]


def test_whoever_is_not_covered_hears_who_can_help(client):
    questions = shown(text(client.get(URL)))
    client.post(URL, {**GOOD, "q-cause": "other", "q-shown": questions})
    page = text(client.get(URL))
    assert "Cette aide ne couvre pas votre situation" in page and "Crous" in page
    assert "Demander cette aide" not in page


def test_an_unanswered_question_is_asked_again_and_the_others_are_kept(client):
    questions = shown(text(client.get(URL)))
    page = text(client.post(URL, {"q-enrolled": "yes", "q-shown": questions}))
    assert page.count("Répondez à cette question pour continuer.") >= 3
    assert re.search(r'name="q-enrolled" value="yes" id="id_q-enrolled" checked', page)
    assert re.search(r'value="yes" id="id_q-enrolled" checked', text(client.get(URL)))


@pytest.mark.parametrize("value", ["nothing of the list", "<script>", "yes" * 50, "\x00"])
def test_an_answer_outside_the_list_is_refused(client, value):
    questions = shown(text(client.get(URL)))
    response = client.post(URL, {**GOOD, "q-cause": value, "q-shown": questions})
    assert response.status_code == 200
    assert "<script>" not in text(response).replace("<script src", "")


def test_questions_come_up_without_javascript_and_without_blame(client):
    url = "/aide/mobility-aid/"
    first = shown(text(client.get(url)))
    page = text(client.post(url, {"q-enrolled": "yes", "q-situation": "deposit_lost", "q-shown": first}))
    second = shown(page)
    assert len(second.split()) > len(first.split())
    assert 'class="error"' not in page


def test_htmx_shows_the_new_questions_without_blame(client):
    url = "/aide/mobility-aid/"
    first = shown(text(client.get(url)))
    part = text(
        client.post(
            url,
            {"q-enrolled": "yes", "q-situation": "deposit_lost", "q-shown": first},
            headers={"HX-Request": "true"},
        )
    )
    assert "<html" not in part and len(shown(part).split()) > len(first.split())
    assert 'class="error"' not in part


def test_what_is_typed_brings_the_questions_of_a_choice_whose_request_it_replaced(client):
    url = "/aide/mobility-aid/"
    data = {"q-enrolled": "yes", "q-situation": "deposit_lost", "q-shown": shown(text(client.get(url)))}
    headers = {"HX-Request": "true", "HX-Target": "id_q-paid_on"}
    part = text(client.post(url, data, headers=headers))
    assert 'id="questions" hx-sync="closest form:replace" hx-swap-oob="true"' in part
    part = text(client.post(url, {**data, "q-shown": shown(part)}, headers=headers))
    assert 'id="questions"' not in part and 'id="result"' in part


def test_a_spoiled_session_only_asks_again(client):
    session = client.session
    session["simulator"] = {"emergency-aid": {"cause": "no such cause", "evil": "x", "need": ["list"]}}
    session.save()
    assert client.get(URL).status_code == 200
    session["simulator"] = {"emergency-aid": "not a mapping"}
    session.save()
    assert client.get(URL).status_code == 200


def test_the_answers_follow_into_the_draft(client, student):
    client.post(URL, {**GOOD, "q-shown": shown(text(client.get(URL)))})
    client.force_login(student, backend="django.contrib.auth.backends.ModelBackend")
    assert "Demander cette aide" in text(client.get(URL))
    response = client.post(reverse("start_request", args=["emergency-aid"]))
    draft = AidRequest.objects.get()
    assert response.headers["Location"] == reverse("request_you", args=[draft.token])
    assert sealed.answers_of(draft)["cause"] == "student_job"
    assert draft.reference == "U-2020-0001"
    client.post(reverse("start_request", args=["emergency-aid"]))
    assert AidRequest.objects.count() == 1


def test_one_starts_a_request_by_posting_only(client, student, client_of):
    browser = client_of(student)
    assert browser.get(reverse("start_request", args=["emergency-aid"])).status_code == 405
    assert browser.post(reverse("start_request", args=["no-such-aid"])).status_code == 404
    assert client.post(reverse("start_request", args=["emergency-aid"])).status_code == 302
    assert not AidRequest.objects.exists()


def test_whoever_has_no_school_of_the_network_is_told(client_of, student):
    student.email = "student@elsewhere.example"
    student.save(update_fields=["email"])
    response = client_of(student).post(reverse("start_request", args=["emergency-aid"]))
    assert response.status_code == 403 and "adresse d’école" in text(response)


def test_staff_do_not_ask_under_their_account(client_of, people):
    response = client_of(people.member1).post(reverse("start_request", args=["emergency-aid"]))
    assert response.status_code == 403
    assert not AidRequest.objects.exists()


def test_after_its_last_day_the_aid_is_closed(client, client_of, student):
    with clock.at(clock.DEMO_START.replace(month=6, day=30, hour=23, minute=59)):
        assert "est fermée" not in text(client.get(URL))
    with clock.at(clock.DEMO_START.replace(month=7, day=1, hour=0, minute=0)):
        assert "est fermée" in text(client.get(URL))
        assert "Fermée" in text(client.get("/aide/"))
        assert client_of(student).post(reverse("start_request", args=["emergency-aid"])).status_code == 403


def test_an_unknown_aid_does_not_exist(client):
    assert client.get("/aide/no-such-aid/").status_code == 404


def test_references_follow_each_other(student, school):
    first = factories.draft(student)
    other = factories.draft(User.objects.create_user("other@nord.example"))
    assert (first.reference, other.reference) == ("U-2020-0001", "U-2020-0002")


def look(client, **changes: str) -> str:
    data = {**GOOD, "q-shown": shown(text(client.get(URL))), **changes}
    return text(client.post(URL, data, headers={"HX-Request": "true"}))


def test_each_choice_replaces_the_result_beside_the_questions(client):
    part = look(client)
    assert 'id="result"' in part and 'hx-swap-oob="innerHTML"' in part
    assert "150\u00a0€" in part
    part = look(client, **{"q-cause": "other"})
    assert "150\u00a0€" not in part and "ne couvre pas votre situation" in part
    part = look(client, **{"q-need": ""})
    assert "150\u00a0€" not in part and "Il s’affiche ici dès que vous avez répondu." in part


def test_what_is_typed_asks_for_the_result_alone_and_stays(client):
    path = settings.BASE_DIR / "aid_requests" / "schedules" / "emergency-aid.yaml"
    dated = path.read_text(encoding="utf-8").replace(
        "    answer: lives_in_france\n    eq: no", "    answer: stopped_on\n    le: 2019-12-31"
    )
    actions.load_scheme(by=None, text=dated)
    fields = re.findall(r"<input class=\"short\"[^>]*>", text(client.get(URL)))
    assert len(fields) == 1
    assert "hx-preserve" in fields[0] and 'hx-swap="none"' in fields[0]
    assert "150\u00a0€" in look(client, **{"q-stopped_on": "16/03/2020"})
    typed = {**GOOD, "q-shown": shown(text(client.get(URL))), "q-stopped_on": "16/03/2020"}
    for target, comes_back in (("id_q-stopped_on", False), ("questions", True)):
        part = text(client.post(URL, typed, headers={"HX-Request": "true", "HX-Target": target}))
        assert 'id="result"' in part and ("hx-preserve" in part) is comes_back
    assert "150\u00a0€" not in look(client, **{"q-stopped_on": "16/11/2019"})


def test_the_amount_shown_is_the_one_that_is_asked_for(client, client_of, student):
    """One may ask straight from the panel, without « Continuer »: the answers it stands on are kept."""
    browser = client_of(student)
    look(browser)
    browser.post(reverse("start_request", args=["emergency-aid"]))
    assert AidRequest.objects.get().amount_cents == 15_000


def test_whoever_has_signed_in_is_told_that_it_remains_to_begin(client, client_of, student):
    sentence = "Vous êtes connecté·e\u00a0: il reste à commencer."
    look(client)
    assert sentence not in text(client.get(URL))
    browser = client_of(student)
    look(browser)
    page = text(browser.get(URL))
    assert sentence in page and " autofocus" in page


def test_a_second_request_leads_to_the_first(client_of, student, foundation):
    first = factories.submitted(student)
    browser = client_of(student)
    look(browser)
    page = text(browser.get(URL))
    address = reverse("request_page", args=[first.token])
    assert address in page and "Vous avez déjà une demande pour cette aide cette année." in page
    assert "Demander cette aide" not in page and "Vous pouvez demander" not in page
    panel = page[page.index('id="result"') :]
    assert "Cette aide serait de" in panel and address in panel, "the panel says why it offers no button"
    response = browser.post(reverse("start_request", args=["emergency-aid"]), follow=True)
    assert response.redirect_chain == [(address, 302)]
    assert "elle ne se demande pas deux fois" in text(response)
