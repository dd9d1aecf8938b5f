"""The texts of the site: whole in English, well set in French, and English wherever English was asked for."""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation.reloader import translation_file_changed

from aid_requests.models import AidRequest
from aid_requests.models.requests import DECIDED_STATES, RequestState
from config.demo.cast import STAFF
from config.demo.models import DemoPerson
from donations.forms import GiftForm
from donations.models import Gift
from fund import clock, mail, vault
from tests import translations
from tests.aid_requests import factories as requests
from tests.aid_requests.committee import factories as files
from tests.conftest import make_user
from tests.donations import factories as gifts
from tests.mails import MAILS
from tests.test_url_sweep import EVERYBODY, MATRIX, POST_ONLY, PUBLIC, ask, treasury_money, world
from tests.visible_text import FrenchTexts, read_page

__all__ = ["treasury_money", "world"]  # fixtures of the sweep, used here as they are
PATH = settings.BASE_DIR / translations.CATALOGUE
ENTRIES = list(translations.texts(translations.load(PATH)).values())
TAG = re.compile(r"</?[a-z][^>]*>")
# Names of persons, schools and places, and what the tests' people typed: nobody translates those.
TYPED = [
    "Fondation partenariale d’essai", "Fondation d’essai", "École du Nord", "École du Sud", "Cagnotte d’essai",
    "Zélie-Marqueur", "Zélie-Marker", "Inès", "Hélène", "Théo", "Bérénice", "Célestin", "Anaëlle",
    files.STORY, requests.STORY, "9 allée du Marqueur",
    "9 impasse du Marqueur", "Zoé", "Une introduction d’essai.",
    "Le club d’essai", "Nous nageons.", "Nous courons.", "le-club-dessai", "Français", "CS-LOT-000001", "Côte d’Ivoire",
]  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def _catalogue_of_today() -> None:
    """The compiled catalogue is not in the repository: it is made from the one that is."""
    call_command("build_texts", verbosity=0)
    translation_file_changed(None, PATH.with_suffix(".mo"))


def forms_of(side: Any) -> list[str]:
    return translations.forms(side)


# The catalogue ----------------------------------------------------------------------------------------------------


def test_every_french_text_has_its_english_and_keeps_its_placeholders():
    assert translations.faults_of_entries(PATH) == []
    assert len(ENTRIES) > 800


def test_the_catalogue_is_as_a_refresh_writes_it():
    """Sorted, without date, machine or person: two people who refresh it get the same file."""
    assert PATH.read_text(encoding="utf-8") == translations.written(translations.load(PATH))


def test_both_languages_have_the_same_tags():
    for entry in ENTRIES:
        french, english = (
            {tuple(TAG.findall(text)) for text in forms_of(side)} for side in (entry.id, entry.string)
        )
        assert french == english, entry.id


FRENCH_FAULTS = {
    "an escape that gettext does not read: write the character itself": r"\\u[0-9a-f]{4}|\\xa0",
    "a straight apostrophe": r"(?<=\w)'(?=\w)",
    "straight quotes": r'"',
    "three dots instead of …": r"\.\.\.",
    "no U+202F before ; ! ?": r"(?<!\u202f)[;!?](?=\s|$|\W)",
    "no U+00A0 before a colon": r"(?<!\u00a0):(?=\s|$)",
    "no U+00A0 inside « »": r"«(?!\u00a0)|(?<!\u00a0)»",
    "a breaking space after nº": r"nº(?!\u00a0)",
    "a breaking space before the euro or the unit": r"[0-9] (?:€|%|Mo\b|ko\b)",
}
ENGLISH_FAULTS = {
    "a French space": r"[\u00a0\u202f]",
    "French quotes": r"[«»]",
    "a straight apostrophe": r"(?<=\w)'(?=\w)|'(?=s\b)",
    "straight quotes": r'"',
    "three dots instead of …": r"\.\.\.",
    "a space before a sign": r"\s[;:!?,.](?=\s|$)",
    "an amount written the French way": r"[0-9]\s?€",
}


@pytest.mark.parametrize("fault", FRENCH_FAULTS)
def test_the_french_is_set_as_french_is(fault):
    texts = [TAG.sub("", text) for entry in ENTRIES for text in forms_of(entry.id)]
    assert [text for text in texts if re.search(FRENCH_FAULTS[fault], text)] == []


@pytest.mark.parametrize("fault", ENGLISH_FAULTS)
def test_the_english_is_set_as_english_is(fault):
    texts = [TAG.sub("", text) for entry in ENTRIES for text in forms_of(entry.string)]
    assert [text for text in texts if re.search(ENGLISH_FAULTS[fault], text)] == []


def schemes() -> list[dict[str, Any]]:
    folder = settings.BASE_DIR / "aid_requests" / "schedules"
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yaml"))]


def test_a_pocket_named_after_a_scheme_has_the_schemes_own_english():
    with translation.override("en"):
        for scheme in schemes():
            assert gettext(scheme["title"]["fr"]) == scheme["title"]["en"]


# The pages --------------------------------------------------------------------------------------------------------


def pairs_in(node: Any) -> Iterator[tuple[str, str]]:
    """Every text of a scheme in both languages."""
    if isinstance(node, dict) and set(node) == {"fr", "en"}:
        yield node["fr"], node["en"]
    elif isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from pairs_in(child)


@pytest.fixture(scope="module")
def french() -> FrenchTexts:
    pairs = [
        pair for entry in ENTRIES for pair in zip(forms_of(entry.id), forms_of(entry.string), strict=True)
    ]
    return FrenchTexts.of([*pairs, *(pair for scheme in schemes() for pair in pairs_in(scheme))])


def english(client: Client) -> Client:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def faults_on(response: HttpResponse, french: FrenchTexts) -> list[str]:
    """What is French on the page, or on the page that the answer leads to; nothing for files and machines."""
    if response.status_code in (301, 302) or not response.headers["Content-Type"].startswith("text/html"):
        return []
    page = read_page(response.content.decode())
    return french.found_in(page, TYPED) + ([] if page.language in ("en", "") else [f"lang={page.language}"])


def test_every_address_speaks_english_to_everyone_who_may_open_it(world, client_of, french):
    """Pages, and the refusals of what was posted without any field."""
    faults: dict[str, list[str]] = {}
    for name, allowed in MATRIX.items():
        if name.startswith("demo") and not settings.DEMO:
            continue
        staff = sorted(set(EVERYBODY) & (allowed or set()))
        visitors = [(who, client_of(getattr(world.people, who))) for who in staff]
        if allowed is PUBLIC:
            visitors.append(("visitor", Client()))
        for who, client in visitors:
            found = faults_on(ask(english(client), name, world), french)
            if found:
                faults[f"{name}, {who}"] = found
    assert faults == {}


def test_who_may_not_is_told_so_in_english(world, client_of, french):
    for name in ("treasury_desk", "request_queue", "request_page", "event_inbox", "certification_list"):
        response = ask(english(client_of(world.people.communication)), name, world)
        assert response.status_code in (403, 404) and faults_on(response, french) == []


@pytest.mark.parametrize(
    "name", sorted(name for name in POST_ONLY if not name.startswith(("demo", "account", "set_")))
)
def test_what_an_act_answers_is_english(name, world, client_of, french):
    """The sentence that follows the act stands on the next page."""
    for who in sorted((MATRIX[name] or set()) & set(EVERYBODY)):
        client = english(client_of(getattr(world.people, who)))
        response = ask(client, name, world)
        if response.status_code == 302:
            response = client.get(response.headers["Location"])
        assert faults_on(response, french) == []


@pytest.fixture
def draft(foundation, student) -> Iterator[SimpleNamespace]:
    with clock.at(clock.DEMO_START):
        requests.open_scheme()
        requests.open_scheme("mobility-aid")
        yield SimpleNamespace(request=requests.complete_draft(student), student=student)


STEPS = ("request_you", "request_situation", "request_documents", "request_account", "request_declare")


@pytest.mark.parametrize("name", STEPS)
def test_each_step_of_a_request_and_what_it_refuses_is_english(name, draft, client_of, french):
    client, address = english(client_of(draft.student)), reverse(name, args=[draft.request.token])
    assert faults_on(client.get(address), french) == []
    refused = client.post(
        address, {"birth_date": "31/02/1999", "iban": "FR7630006000011234567890188", "act": "x"}
    )
    assert refused.status_code in (200, 302, 422)
    assert faults_on(refused, french) == []


@pytest.mark.parametrize("state", RequestState.values)
def test_a_request_says_where_it_stands_in_english(state, draft, client_of, french):
    if state != "draft":
        requests.sign(draft.student, draft.request)
    AidRequest.objects.filter(pk=draft.request.pk).update(
        state=state,
        decided_at=clock.moment() if state in DECIDED_STATES else None,
        withdrawn_at=clock.moment() if state == "withdrawn" else None,
    )
    response = english(client_of(draft.student)).get(reverse("request_page", args=[draft.request.token]))
    assert response.status_code == 200 and faults_on(response, french) == []


@pytest.mark.parametrize("scheme", schemes(), ids=lambda scheme: scheme["slug"])
def test_the_questions_of_a_scheme_and_their_outcome_are_english(scheme, draft, client, french):
    address = reverse("eligibility", args=[scheme["slug"]])
    page = english(client).get(address)
    assert faults_on(page, french) == []
    assert scheme["title"]["en"] in page.content.decode()
    shown = re.search(r'name="q-shown" value="([^"]*)"', page.content.decode())
    assert shown is not None
    for answer in ("yes", "no", "other", ""):
        values = {f"q-{question}": answer for question in shown[1].split()}
        response = client.post(address, {**values, "q-shown": shown[1]}, follow=True)
        assert faults_on(response, french) == []


def test_a_gift_that_lacks_something_is_refused_in_english(client, pocket, french):
    with clock.at(clock.DEMO_START):
        for values in (
            {},
            {"amount": "free", "free_amount": "12,345", "email": "a@b"},
            {"free_amount": "0,10"},
        ):
            response = english(client).post(reverse("give"), values)
            assert response.status_code == 422 and faults_on(response, french) == []


@pytest.mark.parametrize("state", ["pledged", "pending", "succeeded", "failed", "refunded"])
def test_a_gift_says_where_it_stands_in_english(state, client, pocket, french):
    gift = gifts.make_gift(pocket)
    arrived = clock.moment() if state in ("succeeded", "refunded") else None
    Gift.objects.filter(pk=gift.pk).update(state=state, succeeded_at=arrived)
    for name in ("gift_page", "gift_state"):
        response = english(client).get(reverse(name, args=[gift.token]))
        assert response.status_code == 200 and faults_on(response, french) == []


@pytest.mark.skipif(not settings.DEMO, reason="the people of the demo exist with DEMO=1 only")
def test_the_people_of_the_demo_are_presented_in_english(client, db, french):
    DemoPerson.objects.bulk_create(
        DemoPerson(
            user=make_user(f"someone{number}"),
            position=number,
            title=part.title,
            does=part.does,
            group=part.group,
        )
        for number, part in enumerate(STAFF)
    )
    assert faults_on(english(client).get(reverse("demo")), french) == []


def test_the_same_pages_in_french_would_be_caught(client, pocket, french):
    """What the tests above stand on: French is seen wherever it is not said to be French."""
    for name in ("home", "give", "account_login"):
        page = read_page(client.get(reverse(name)).content.decode())
        assert page.language == "fr" and len(french.found_in(page, TYPED)) > 10
    hidden = '<p lang="fr">Votre don <b>est arrivé</b></p><p>Your gift<br></p><script>votre</script>'
    assert french.found_in(read_page(hidden)) == []
    assert french.found_in(read_page('<button aria-label="Donner">x</button>')) == ["Donner", "Donner"]
    assert french.found_in(read_page("<p>L’argent disponible</p><p>Trésorerie</p>")) == [
        "Trésorerie",
        "Trésorerie",
    ]


# How one asks for English -----------------------------------------------------------------------------------------


def test_the_browsers_own_language_is_enough(client, db):
    page = client.get(reverse("give"), headers={"Accept-Language": "en-GB,en;q=0.8"}).content.decode()
    assert '<html lang="en"' in page and "Make a gift" in page


def test_the_choice_at_the_foot_of_the_page_is_kept(client, db):
    client.post(reverse("set_display"), {"language": "en", "next": "/don/"})
    assert "Make a gift" in client.get(reverse("give"), headers={"Accept-Language": "fr"}).content.decode()
    client.post(reverse("set_display"), {"language": "fr", "next": "/don/"})
    assert "Faire un don" in client.get(reverse("give")).content.decode()


def test_amounts_and_dates_are_written_as_english_writes_them(client, pocket):
    page = english(client).get(reverse("home")).content.decode()
    assert "€0.00" in page and "3 April 2020" in page


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_purposes_of_a_gift_are_named_in_the_readers_language(language, pocket):
    with translation.override(language), clock.at(clock.DEMO_START):
        names = {str(label) for _value, label in GiftForm().fields["pocket"].choices}  # type: ignore[attr-defined]
    assert names == {
        {"fr": "Là où le besoin est le plus grand", "en": "Where the need is greatest"}[language]
    }


# The mails --------------------------------------------------------------------------------------------------------


def test_no_mail_is_forgotten_here():
    folders = [
        settings.BASE_DIR / app / "templates" / "email" for app in ("config", "donations", "aid_requests")
    ]
    written = {
        path.name.removesuffix("_body.txt") for folder in folders for path in folder.glob("*_body.txt")
    }
    assert written == set(MAILS)


@pytest.mark.parametrize("template", MAILS)
def test_a_mail_in_english_is_english_all_through(template, db, french):
    for number, context in enumerate(MAILS[template]):
        row = mail.send_mail(
            key=f"{template}:{number}", to="a@b.example", template=template, language="en", context=context
        )
        html, text = vault.open_text(row.html_sealed), vault.open_text(row.text_sealed)
        page = read_page(html)
        assert page.language == "en" and french.found_in(page) == []
        assert french.found_in(read_page(f"<p>{row.subject}</p><p>{text}</p>")) == []
