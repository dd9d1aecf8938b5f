"""Drafts saved as one types: whatever was typed is there again, on another device too, and two tabs never mix."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from aid_requests import actions, progress, sealed, unfinished
from aid_requests.models import UnfinishedStep
from fund import vault
from tests.aid_requests import factories
from tests.aid_requests.factories import fresh
from tests.aid_requests.test_steps import YOU, found, identity, shown, text, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020")]
PARTLY = {"first_name": "Zélie-Marker", "birth_date": "31/02", "address": "9 impasse"}
CHANGED = "changée dans un autre onglet"


class Tab:
    """A page as it was shown, with the fields that its script sends along."""

    def __init__(self, browser: Client, step: str, request) -> None:
        self.browser, self.step, self.request = browser, step, request
        self.html = text(browser.get(url(step, request)))

    @property
    def own(self) -> dict[str, str]:
        seen = found(r'name="seen" value="([0-9a-f]{16})"', self.html)
        return {"seen": seen, "page": found(r'name="page" value="([0-9a-f]{16})"', self.html)}

    def types(self, **fields: str):
        address = reverse("keep_step", args=[self.request.token, self.step])
        return self.browser.post(address, {**self.own, **fields})

    def goes_on(self, **fields: str):
        response = self.browser.post(url(self.step, self.request), {**self.own, **fields})
        self.html = response.content.decode()
        return response


@pytest.fixture
def tab(browser, draft) -> Tab:
    return Tab(browser, "you", draft)


def test_half_a_name_is_there_again_on_another_device_and_nobody_reads_it_in_the_table(
    tab, draft, student, client_of
):
    assert tab.types(**PARTLY, not_through_school="on").status_code == 204
    row = UnfinishedStep.objects.get()
    assert "Marker" not in row.typed_sealed and "31/02" in vault.open_text_for(
        draft.applicant.subject_key, row.typed_sealed
    )
    other = Tab(client_of(student), "you", draft).html
    assert 'value="Zélie-Marker"' in other and 'value="31/02"' in other and "9 impasse</textarea>" in other
    assert re.search(r'name="not_through_school"[^>]* checked', other)
    assert "Voici ce que vous aviez écrit." in other
    assert 'role="alert"' not in other and 'class="error"' not in other
    assert identity(draft) is None


def test_continuing_keeps_the_step_and_nothing_is_unfinished_any_more(tab, draft):
    tab.types(**PARTLY)
    assert tab.goes_on(**YOU).status_code == 302
    assert not UnfinishedStep.objects.exists() and identity(draft) is not None
    assert "Voici ce que" not in Tab(tab.browser, "you", draft).html


def test_one_page_types_again_and_again(tab):
    for name in ("I", "In", "Inès", "Inès"):
        assert tab.types(first_name=name).status_code == 204
    assert UnfinishedStep.objects.count() == 1


def test_a_second_tab_is_told_and_overwrites_nothing(tab, draft):
    second = Tab(tab.browser, "you", draft)
    tab.types(first_name="Inès")
    response = second.types(first_name="Zoé")
    assert response.status_code == 409 and CHANGED in response.content.decode()
    assert response["Content-Type"].startswith("text/plain")
    assert unfinished.typed_of(fresh(draft), "you") == {"first_name": ["Inès"]}
    assert tab.types(first_name="Inès M").status_code == 204


def test_a_second_tab_that_continues_is_told_first_and_then_believed(tab, draft):
    second = Tab(tab.browser, "you", draft)
    tab.types(first_name="Inès")
    assert CHANGED in second.goes_on(**YOU).content.decode()
    assert identity(draft) is None and UnfinishedStep.objects.exists()
    assert second.goes_on(**YOU).status_code == 302
    assert identity(draft) is not None
    assert tab.types(first_name="Inès encore").status_code == 409


def test_a_tab_opened_after_the_typing_goes_on_from_there_and_the_first_one_is_told(tab, draft):
    tab.types(first_name="Inès")
    second = Tab(tab.browser, "you", draft)
    assert second.types(first_name="Inès, seconde").status_code == 204
    assert tab.types(first_name="Inès, première").status_code == 409
    assert unfinished.typed_of(fresh(draft), "you") == {"first_name": ["Inès, seconde"]}


def test_the_same_words_from_two_tabs_are_no_quarrel(tab, draft):
    second = Tab(tab.browser, "you", draft)
    tab.types(first_name="Inès")
    assert second.types(first_name="Inès").status_code == 204


def test_continuing_before_the_last_answer_came_back_is_no_quarrel_with_oneself(tab, draft):
    """The page still carries its first mark: it is the page itself that typed since."""
    tab.types(first_name="In")
    assert tab.goes_on(**YOU).status_code == 302


def test_a_late_arrival_after_continuing_changes_nothing(tab):
    tab.goes_on(**YOU)
    late = Tab.types(tab_as_it_was(tab), first_name="In")
    assert late.status_code == 409 and not UnfinishedStep.objects.exists()


def tab_as_it_was(tab: Tab) -> Tab:
    tab.html = '<input name="seen" value="0123456789abcdef"><input name="page" value="fedcba9876543210">'
    return tab


def test_typing_back_what_was_shown_leaves_nothing_unfinished(tab, draft):
    tab.types(first_name="I")
    assert tab.types(first_name="", as_shown="1").status_code == 204
    assert not UnfinishedStep.objects.exists()


def test_what_was_typed_and_not_continued_is_not_signed_unseen(browser, complete):
    assert progress.open_points(complete) == []
    page = Tab(browser, "situation", complete)
    typed = {f"q-{name}": value for name, value in factories.ANSWERS.items()}
    page.types(**{**typed, "q-amount_due": "9 999", "q-shown": shown(page.html)})
    points = progress.open_points(fresh(complete))
    assert [point.step for point in points] == [progress.Step.SITUATION]
    assert "sans continuer" in points[0].sentence
    response = browser.get(url("declare", complete), follow=True)
    assert "sans continuer" in text(response) and 'value="9 999"' in text(response)


def test_the_situation_keeps_wrong_answers_and_the_questions_they_brought(browser, draft, student, client_of):
    first = Tab(browser, "situation", draft)
    typed = {f"q-{name}": value for name, value in factories.ANSWERS.items()}
    typed |= {"q-amount_due": "beaucoup", "q-story": "Zélie raconte", "q-shown": shown(first.html)}
    assert first.types(**typed).status_code == 204
    other = Tab(client_of(student), "situation", draft)
    assert 'value="beaucoup"' in other.html and "Zélie raconte" in other.html
    assert 'class="error"' not in other.html and "une question de plus" not in other.html
    assert sealed.story_of(fresh(draft)) == ""
    good = {**typed, "q-amount_due": "412,50"}
    assert other.goes_on(**good).status_code == 302
    assert sealed.story_of(fresh(draft)) == "Zélie raconte" and not UnfinishedStep.objects.exists()


def test_half_an_iban_is_kept_under_the_persons_key_and_shown_again(browser, draft):
    tab = Tab(browser, "account", draft)
    assert tab.types(iban="FR76 3000", holder="Inès").status_code == 204
    row = UnfinishedStep.objects.get()
    assert "FR76" not in row.typed_sealed and row.request.bank_details is None
    assert 'value="FR76 3000"' in Tab(browser, "account", draft).html
    Tab(browser, "account", draft).goes_on(iban=factories.IBAN, holder="Inès")
    assert not UnfinishedStep.objects.exists()
    assert factories.IBAN not in Tab(browser, "account", draft).html


def test_only_the_steps_own_fields_are_kept(tab, draft):
    tab.types(first_name="Inès", csrfmiddlewaretoken="x", act="continue", unknown="y")
    assert unfinished.typed_of(fresh(draft), "you") == {"first_name": ["Inès"]}


@pytest.mark.parametrize(
    "fields",
    [
        {"first_name": "x" * 100_001},
        {"page": ""},
        {"page": "x" * 33},
    ],
)
def test_more_than_anybody_types_is_refused_with_a_sentence(tab, fields):
    response = tab.types(**fields)
    assert response.status_code == 413 and "trop long" in response.content.decode()
    assert not UnfinishedStep.objects.exists()


def test_a_page_that_cannot_say_what_it_showed_overwrites_nothing(tab, draft):
    address = reverse("keep_step", args=[draft.token, "you"])
    response = tab.browser.post(address, {"page": "abc", "first_name": "Zoé"})
    assert response.status_code == 409 and not UnfinishedStep.objects.exists()


def test_a_signed_request_takes_no_typing_any_more(browser, student, foundation):
    request = factories.complete_draft(student)
    tab = Tab(browser, "you", request)
    factories.sign(student, request)
    assert "déjà signée" in tab.types(first_name="Zoé").content.decode()
    assert not UnfinishedStep.objects.exists()


def test_withdrawing_takes_what_was_typed_away(tab, draft, student):
    tab.types(first_name="Inès")
    actions.withdraw_request(by=student, request=draft)
    assert not UnfinishedStep.objects.exists()


def test_another_persons_draft_and_an_unknown_step_are_not_found(tab, draft, client_of, school):
    stranger = factories.User.objects.create_user("stranger@nord.example")
    address = reverse("keep_step", args=[draft.token, "you"])
    assert client_of(stranger).post(address, {**tab.own, "first_name": "Zoé"}).status_code == 404
    unknown = reverse("keep_step", args=[draft.token, "documents"])
    assert tab.browser.post(unknown, tab.own).status_code == 404
    assert tab.browser.get(address).status_code == 405


def test_it_needs_the_forgery_token(student, draft):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(student, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post(reverse("keep_step", args=[draft.token, "you"]), {"page": "a"}).status_code == 403


@pytest.mark.parametrize("step", ["you", "situation", "account"])
def test_each_step_says_where_it_is_saved_and_how_it_is_told(browser, draft, step):
    html = Tab(browser, step, draft).html
    assert f'data-autosave="{reverse("keep_step", args=[draft.token, step])}"' in html
    assert 'role="status" data-saved' in html and "autosave.js" in html
    assert (settings.BASE_DIR / "config" / "static" / "autosave.js").stat().st_size < 4000
