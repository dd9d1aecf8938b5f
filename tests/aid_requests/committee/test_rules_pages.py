"""The rules in the browser: written in one form, from a file, opened, read; nothing is lost on the way."""

import re
from datetime import date
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from aid_requests.actions.committee_rules import open_rules_draft, save_rules_draft
from aid_requests.committee import rules
from aid_requests.committee.known_schemes import known_schemes
from aid_requests.committee.rules.examples import evenings
from aid_requests.forms.committee_rules import RulesForm, typed_of
from aid_requests.models import RulesVersion
from fund import clock
from fund.models import RoleGrant
from fund.models.people import Role
from tests.aid_requests.committee import factories
from tests.aid_requests.committee.rules.test_reading import DELEGATED, SITTING, WRITING
from tests.stories.test_three_commissions import FOLDER

pytestmark = pytest.mark.django_db
DRAFT, FILE = "committee_rules_draft", "upload_committee_rules"
BOOKS = [DELEGATED, SITTING, WRITING, *(path.read_text() for path in sorted(FOLDER.glob("*.yaml")))]


@pytest.fixture
def browser(committee, client_of):
    return client_of(committee.administrator)


def fields(page: str) -> dict[str, str]:
    """What the form of the rules holds on the page, as a browser would send it back."""
    form = page.split('action="/comite/reglement/brouillon/"')[1].split("</form>")[0]
    typed = dict(re.findall(r'<input type="(?:hidden|text|number|date)" name="(\w+)" value="([^"]*)"', form))
    for name, inner in re.findall(r'<select name="([\w-]+)".*?>(.*?)</select>', form, re.S):
        typed[name] = (re.findall(r'<option value="([^"]*)" selected', inner) or [""])[0]
    areas = re.findall(r'<textarea name="(\w+)".*?>\n?(.*?)</textarea>', form, re.S)
    return {name: unescape(value) for name, value in {**typed, **dict(areas)}.items()}


@pytest.mark.parametrize("text", BOOKS)
def test_every_rule_goes_through_the_form_and_comes_back(text):
    book = rules.load(text)
    people = [(number, f"Personne {number}") for number in (2, 12, 40)]
    schemes = known_schemes(book, "fr")
    form = RulesForm({**typed_of(book), "revision": 0}, people=people, schemes=schemes)
    assert form.is_valid(), form.errors
    assert rules.load(form.text) == book


def test_the_page_begins_with_what_holds_and_saving_it_changes_no_rule(browser):
    page = browser.get(reverse(DRAFT)).content.decode()
    answer = browser.post(reverse(DRAFT), fields(page))
    assert answer.status_code == 302
    assert rules.load(RulesVersion.objects.get().definition) == rules.DEFAULT


def test_written_saved_and_opened_by_clicks(browser, committee, client_of):
    typed = {**fields(browser.get(reverse(DRAFT)).content.decode()), "votes": "3"}
    page = browser.post(reverse(DRAFT), typed, follow=True).content.decode()
    assert (
        "3\u00a0pour" not in page
        and "3 pour, 1 contre, 1 abstention\u00a0: accordée par 3 votes concordants" in page
    )
    answer = browser.post(reverse("open_committee_rules"), {"revision": "1"}, follow=True)
    version = RulesVersion.objects.get()
    assert (version.state, version.opened_by) == ("open", committee.administrator)
    assert "Le règlement nº\u00a01 est ouvert." in answer.content.decode()
    member = client_of(committee.member1).get(reverse("committee_rules")).content.decode()
    assert "Règlement nº\u00a01, ouvert le" in member and reverse(DRAFT) not in member
    again = browser.post(reverse("open_committee_rules"), {"revision": "1"}, follow=True)
    assert "Ces règles sont déjà ouvertes." in again.content.decode()


def test_schemes_cases_dates_and_amounts_are_chosen_in_words(browser, committee):
    factories.open_scheme("emergency-aid")
    factories.open_scheme("mobility-aid")
    page = browser.get(reverse(DRAFT)).content.decode()
    typed = {
        **fields(page),
        "mode_emergency-aid": "delegation",
        "mode_mobility-aid": "sitting",
        "unanimity": ["exceptions", "mobility-aid/deposit_lost"],
        "quorum": "aucun",
        "delegate": str(committee.member1.pk),
        "reference": "Délibération du 2 mai 2020",
        "starts_on": "2020-05-03",
        "ends_on": "2020-07-31",
        "cap": "300,00",
    }
    answer = browser.post(reverse(DRAFT), typed)
    assert answer.status_code == 302, answer.context["form"].errors
    book = rules.load(RulesVersion.objects.get().definition)
    assert {one.scheme: one.mode for one in book.modes} == {
        "emergency-aid": "delegation", "mobility-aid": "sitting",
    }  # fmt: skip
    assert book.unanimity == ("exceptions", "mobility-aid/deposit_lost") and book.quorum.needed is None
    assert (book.delegation.cap_cents, book.delegation.ends_on) == (30_000, date(2020, 7, 31))
    again = fields(browser.get(reverse(DRAFT)).content.decode())
    changing = {"csrfmiddlewaretoken", "unanimity", "revision"}
    assert {name: again[name] for name in typed.keys() - changing} == {
        name: typed[name] for name in typed.keys() - changing
    }
    open_rules_draft(by=committee.administrator, revision=1, replaces=None)
    told = unescape(browser.get(reverse("committee_rules")).content.decode())
    assert "emergency-aid" not in told and "31 juillet 2020" in told and "Par délégation" in told


def test_a_contradiction_stands_beside_its_field_and_what_was_typed_stays(browser):
    typed = {
        **fields(browser.get(reverse(DRAFT)).content.decode()),
        "share": "1/2",
        "unanimity": "emergency-aid",
    }
    answer = browser.post(reverse(DRAFT), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "au-dessus de la moitié" in page and 'value="emergency-aid"' in page
    assert answer.context["form"].errors.keys() == {"share"}
    assert not RulesVersion.objects.exists()


def test_a_page_that_is_older_than_the_draft_overwrites_nothing(browser, committee):
    typed = {**fields(browser.get(reverse(DRAFT)).content.decode()), "votes": "4"}
    save_rules_draft(by=committee.administrator, text=WRITING, revision=0)
    answer = browser.post(reverse(DRAFT), typed)
    assert answer.status_code == 409 and 'value="4"' in answer.content.decode()
    assert RulesVersion.objects.get().definition == WRITING


def test_a_file_goes_up_and_comes_down_as_it_was(browser, committee):
    text = "# Le règlement de la fondation\n" + WRITING
    file = SimpleUploadedFile("rules.yaml", text.encode())
    answer = browser.post(reverse(FILE), {"revision": "0", "file": file})
    assert answer.status_code == 302
    down = browser.get(reverse("committee_rules_yaml", kwargs={"number": 1}))
    assert down.content.decode() == text
    assert down["Content-Disposition"] == 'attachment; filename="reglement-v1.yaml"'


def test_a_faulty_file_shows_its_lines_and_keeps_its_text(browser):
    text = WRITING.replace("votes: 2", "votes: deux")
    answer = browser.post(reverse(FILE), {"revision": "0", "pasted": text})
    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "ligne 10, consultation.votes" in page and "votes: deux" in page
    assert not RulesVersion.objects.exists()


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"x" * 20_001], ids=["no text", "too big"])
def test_what_is_no_text_or_too_big_is_told(browser, data):
    answer = browser.post(reverse(FILE), {"revision": "0", "file": SimpleUploadedFile("a.yaml", data)})
    assert answer.status_code == 422 and answer.context["given"].errors["file"]


def test_a_draft_is_not_served_to_readers(browser, committee, client_of):
    save_rules_draft(by=committee.administrator, text=WRITING, revision=0)
    address = reverse("committee_rules_yaml", kwargs={"number": 1})
    assert browser.get(address).status_code == 200
    assert client_of(committee.chair).get(address).status_code == 404
    open_rules_draft(by=committee.administrator, revision=1, replaces=None)
    assert client_of(committee.chair).get(address).status_code == 200


def test_what_nobody_could_decide_is_told_to_administrators_alone(browser, committee, client_of):
    save_rules_draft(by=committee.administrator, text=WRITING.replace("votes: 2", "votes: 9"), revision=0)
    open_rules_draft(by=committee.administrator, revision=1, replaces=None)
    told = "il en faut 9"
    assert told in browser.get(reverse("committee_rules")).content.decode()
    assert told not in client_of(committee.member1).get(reverse("committee_rules")).content.decode()


def test_it_is_told_when_nobody_answers_for_the_committee(browser, committee):
    words = "Personne ne peut répondre aux messages du comité."
    address = reverse("committee_rules")
    assert words not in browser.get(address).content.decode()
    RoleGrant.objects.filter(role=Role.CHAIR).update(
        revoked_at=clock.moment(), revoked_by=committee.administrator
    )
    assert words in browser.get(address).content.decode()


@pytest.mark.parametrize("text", BOOKS)
def test_every_book_has_its_examples(text):
    shown = evenings(rules.load(text))
    assert len(shown) >= 3 and all(evening.sentences for evening in shown)
