"""The public pages and files, and the desk of communication."""

import hashlib
import json
import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from fund import clock
from reports.actions import draft_publication
from reports.compilation import Wording
from reports.models import Publication, PublicationFile
from reports.models.publications import PublicationState
from tests.reports import factories
from tests.reports.factories import WORDING, post_gift

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation", "campaign")]
DAY = date(2020, 5, 12)


@pytest.fixture(autouse=True)
def _the_domain_clock_stands():
    with clock.at(clock.DEMO_START):
        yield


@pytest.fixture
def released(writer, releaser) -> Publication:
    return factories.make_row(writer, releaser)


@pytest.fixture
def draft(writer, ledger_proved, pocket) -> Publication:
    post_gift(pocket, DAY, 500_000, gift=1)
    return draft_publication(by=writer, wording=WORDING, up_to=DAY)


def text_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode().replace("\u202f", " ").replace("\u00a0", " ")


def test_before_any_release_the_home_page_tells_no_figure_about_aid(pocket):
    post_gift(pocket, DAY, 500_000, gift=1)
    page = text_of(Client().get("/"))
    assert "5 000 €" in page
    assert "Les aides paraîtront par publications" in page
    assert "élève aidé" not in page
    assert "élèves aidés" not in page


def test_the_home_page_tells_the_last_release(released):
    page = text_of(Client().get("/"))
    assert "élèves aidés au 12 mai 2020" in page
    assert "6 000 €" in page
    assert "Disponible ou décidé depuis le 12 mai 2020" in page


def test_the_permanent_page_says_every_figure_its_hash_and_how_to_check(released):
    page = text_of(Client().get(reverse("publication_page", args=[1])))
    for words in ("Publication nº 1, arrêtée au 12 mai 2020", "11 240 €", "6 000 €", "1 050 €", "168,40 €"):
        assert words in page
    assert released.payload_sha256 in page
    assert "/comptes/publications/1.json | sha256sum" in page


def test_a_page_in_english_falls_back_to_french_words_marked_as_such(writer, releaser):
    factories.make_row(writer, releaser)
    factories.make_row(writer, releaser, Wording("Sans anglais", "Rien que du français."), number=2)
    reader = Client(headers={"accept-language": "en"})
    assert WORDING.title_en in text_of(reader.get(reverse("publication_page", args=[1])))
    assert 'lang="fr">Sans anglais' in text_of(reader.get(reverse("publication_page", args=[2])))
    assert f'lang="en">{WORDING.title_en}' in text_of(reader.get(reverse("live_accounts")))


def test_an_erratum_stands_at_the_head_of_what_it_corrects(writer, releaser, released):
    erratum = factories.make_row(writer, None, number=2, corrects=1)
    Publication.objects.filter(pk=erratum.pk).update(
        corrects=released, state="released", number=2, released_by=releaser, released_at=clock.moment()
    )
    page = text_of(Client().get(reverse("publication_page", args=[1])))
    assert "corrige celle-ci, qui reste telle qu’elle a paru" in page
    assert "Erratum : corrige la" in text_of(Client().get(reverse("publication_page", args=[2])))


def test_drafts_numbers_never_given_and_other_objects_are_404(draft, released):
    for address in (
        reverse("publication_page", args=[2]),
        "/comptes/publications/2.json",
        "/comptes/publications/2/gifts-fr-light.svg",
        "/comptes/publications/99999999999999999999/",
        "/comptes/publications/1/votes-fr-light.svg",
        "/comptes/publications/1/gifts-de-light.svg",
        "/comptes/publications/1.xlsx",
        "/comptes/direct/aid-fr-light.svg",
        "/comptes/direct/rule-fr-light.svg",
    ):
        assert Client().get(address).status_code == 404, address


@pytest.mark.parametrize(
    ("name", "content_type", "how"),
    [
        (".json", "application/json", "inline"),
        (".csv", "text/csv; charset=utf-8", "attachment"),
        ("-en.csv", "text/csv; charset=utf-8", "attachment"),
        (".pdf", "application/pdf", "inline"),
        ("-en.pdf", "application/pdf", "inline"),
    ],
)
def test_files_are_the_frozen_bytes_and_may_be_kept_for_ever(released, name, content_type, how):
    answer = Client().get(f"/comptes/publications/1{name}")
    file = PublicationFile.objects.get(
        kind=name.split(".")[1], language={".": "fr", "-": "en"}[name[0]] if "json" not in name else ""
    )
    assert answer.content == bytes(file.data)
    assert hashlib.sha256(answer.content).hexdigest() == file.sha256
    assert answer["Content-Type"] == content_type
    assert answer["Content-Disposition"] == f'{how}; filename="publication-1{name}"'
    assert "immutable" in answer["Cache-Control"]
    again = Client(headers={"if-none-match": answer["ETag"]}).get(f"/comptes/publications/1{name}")
    assert (again.status_code, again.content) == (304, b"")


def test_the_published_json_is_what_the_page_hashes(released):
    data = Client().get("/comptes/publications/1.json").content
    assert hashlib.sha256(data).hexdigest() == released.payload_sha256
    assert json.loads(data)["aid"]["students_helped"] == 40


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_chart_of_the_page_is_there_in_both_schemes_and_widths(released, scheme):
    page = text_of(Client().get(reverse("publication_page", args=[1])))
    images = set(re.findall(r'(?:src|srcset)="(/comptes/publications/1/[^"]+\.svg)"', page))
    assert len(images) == 12
    for address in sorted(image for image in images if scheme in image):
        answer = Client().get(address)
        assert answer["Content-Type"] == "image/svg+xml; charset=utf-8"
        assert answer.content.startswith(b"<")


def test_the_chosen_theme_wins_over_the_device(released):
    client = Client()
    client.cookies["theme"] = "dark"
    page = text_of(client.get(reverse("publication_page", args=[1])))
    assert "-dark" in page
    assert "-light" not in page
    assert "prefers-color-scheme" not in page


# The desk ------------------------------------------------------------------------------------------------------


def test_from_the_form_to_the_public_page(client_of, writer, releaser, ledger_proved, pocket):
    post_gift(pocket, DAY, 500_000, gift=1)
    desk = client_of(writer)
    form = desk.get(reverse("draft_publication"))
    assert 'value="2020-05-14"' in text_of(form)
    sent = {
        "title": "Un titre",
        "intro": "Une introduction.",
        "title_en": "",
        "intro_en": "",
        "up_to": "2020-05-14",
    }
    answer = desk.post(reverse("draft_publication"), sent)
    draft = Publication.objects.get()
    preview = reverse("publication_preview", args=[draft.pk])
    assert answer["Location"] == preview
    assert "une autre personne doit le publier" in text_of(desk.get(preview))
    other = client_of(releaser)
    page = text_of(other.get(preview))
    assert "Brouillon de la publication nº 1" in page
    found = re.search(r'name="read" value="([0-9a-f]{64})"', page)
    assert found is not None
    released = other.post(reverse("release_publication", args=[draft.pk]), {"read": found[1]})
    assert released["Location"] == reverse("publication_page", args=[1])
    assert "Un titre" in text_of(Client().get(released["Location"]))


def test_a_form_with_a_day_to_come_keeps_what_was_typed(client_of, writer, ledger_proved):
    sent = {"title": "Un titre à garder", "intro": "Une introduction.", "up_to": "2020-05-15"}
    answer = client_of(writer).post(reverse("draft_publication"), sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Un titre à garder" in page
    assert "Choisissez un jour terminé" in page


def test_the_own_draft_and_a_stale_preview_are_refused(client_of, writer, releaser, draft):
    address = reverse("release_publication", args=[draft.pk])
    assert client_of(writer).post(address, {"read": draft.content_sha256}).status_code == 403
    assert client_of(releaser).post(address, {"read": "0" * 64}).status_code == 409
    assert Publication.objects.get().state == PublicationState.DRAFT


def test_the_auditor_reads_and_sees_no_button(client_of, people, draft):
    desk = client_of(people.auditor)
    assert "/communication/nouvelle/" not in text_of(desk.get(reverse("publication_list")))
    page = text_of(desk.get(reverse("publication_preview", args=[draft.pk])))
    assert 'action="/communication/' not in page


def test_a_drawing_of_a_draft_is_never_kept(client_of, writer, draft):
    answer = client_of(writer).get(
        reverse("preview_chart", kwargs={"pk": draft.pk, "image": "gifts-fr-light"})
    )
    assert answer["Cache-Control"] == "no-store"
    assert Client().get(answer.request["PATH_INFO"]).status_code == 302
