"""The pages of the lists: a file is brought, its columns named, the differences read, the list applied."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse

from aid_requests.models import RegisterEntry, RegisterImport
from aid_requests.register.exports import quoted
from aid_requests.register.files import private_storage
from tests.aid_requests.register.factories import (
    OTHER,
    STUDENT,
    THIRD,
    YEAR,
    applied,
    compared,
    run_worker,
    text,
    upload,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020", "foundation")]
LIST = "/inscrits/"


@pytest.fixture
def desk(people, client_of) -> Client:
    return client_of(people.referent)


def send(client: Client, school, content: bytes, **changes: object):
    told = {
        "school": school.pk,
        "university_year": YEAR,
        "form_token": uuid.uuid4(),
        "file": SimpleUploadedFile("Quartzmarker.csv", content),
        **changes,
    }
    return client.post(LIST, {name: value for name, value in told.items() if value is not None})


def page_of(client: Client, row: RegisterImport) -> str:
    return client.get(reverse("register_import", args=[row.pk])).content.decode()


def test_a_list_goes_from_the_file_to_the_list_in_force(desk, school):
    response = send(desk, school, text(STUDENT, OTHER, ";;;;;;;;x"))
    row = RegisterImport.objects.get()
    assert response.status_code == 302 and response["Location"] == reverse("register_import", args=[row.pk])
    page = page_of(desk, row)
    assert "Où se trouve chaque chose" in page and "2 · LIB_NOM_PAT_IND" in page
    columns = {"number": 0, "last_name": 1, "first_name": 2, "birth_date": 3, "email": 4, "level": 5}
    desk.post(response["Location"], {**columns, "encoding": "utf-8-sig", "delimiter": "0"})
    assert 'hx-trigger="every 2s"' in page_of(desk, row)
    run_worker()
    page = page_of(desk, row)
    assert "Ce qui changerait" in page and "hx-trigger" not in page
    assert "Ni nom ni prénom" in page and "Quartzmarker" not in page
    desk.post(reverse("apply_register", args=[row.pk]))
    run_worker()
    assert RegisterEntry.objects.count() == 2 and "Ce qui a changé" in page_of(desk, row)
    assert "2 personnes" in desk.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Ce fichier est vide"),
        (b"%PDF-1.4 list", "un PDF"),
        (b"PK\x03\x04 list", "un classeur"),
        (b"\x00\x01\x02;\x00", "pas du texte"),
        (b"alone\n1\n", "Une seule colonne"),
    ],
)
def test_a_file_that_is_no_list_is_refused_by_a_sentence(desk, school, content, words):
    response = send(desk, school, content)
    assert response.status_code == 200 and words in response.content.decode()
    assert not RegisterImport.objects.exists()


def test_the_file_is_not_called_optional(desk, school):
    page = desk.get(LIST).content.decode()
    label, _mark, rest = page.partition('for="id_file">')[2].partition("</label>")
    assert (
        label == "Fichier de la liste" and " required" in rest.partition('name="file"')[2].partition(">")[0]
    )


def test_no_file_at_all_is_told(desk, school):
    assert "Choisissez le fichier" in send(desk, school, b"", file=None).content.decode()


@override_settings(REGISTER_MAX_BYTES=1000)
def test_a_file_too_big_is_dropped_while_it_arrives(desk, school):
    response = send(desk, school, text(*[OTHER] * 50))
    assert "dépasse 20 Mo" in response.content.decode() and not RegisterImport.objects.exists()


def test_the_file_of_200_mb_is_cut_and_told(desk, school, monkeypatch):
    monkeypatch.setattr("aid_requests.views.register_files._HOPELESS_BYTES", 100)
    assert "dépasse 20 Mo" in send(desk, school, text(STUDENT)).content.decode()
    assert not RegisterImport.objects.exists()


def test_a_post_without_its_csrf_token_is_refused(people, school):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.referent, backend="django.contrib.auth.backends.ModelBackend")
    assert send(client, school, text(STUDENT)).status_code in (302, 403)
    assert not RegisterImport.objects.exists()


def test_another_schools_list_can_be_neither_brought_nor_seen(desk, people, school, other_school):
    assert send(desk, other_school, text(STUDENT)).status_code == 200
    assert not RegisterImport.objects.exists()
    row = compared(people.administrator, other_school, text(STUDENT.replace("@nord", "@sud")))
    for name in ("register_import", "register_import_state", "register_faults"):
        assert desk.get(reverse(name, args=[row.pk])).status_code == 404
    for name in ("register_import", "apply_register", "drop_register"):
        assert desk.post(reverse(name, args=[row.pk])).status_code == 404
    assert "École du Sud" not in desk.get(LIST).content.decode()


def test_a_national_referent_reads_why_there_is_nothing_to_bring(people, school, client_of):
    page = client_of(people.national_referent).get(LIST).content.decode()
    assert "rattaché à aucune école" in page and '<input type="file"' not in page


def test_the_same_file_again_leads_to_where_it_is(desk, school):
    send(desk, school, text(STUDENT))
    first = RegisterImport.objects.get()
    columns = {"number": 0, "last_name": 1, "first_name": 2, "email": 4}
    desk.post(
        reverse("register_import", args=[first.pk]), {**columns, "encoding": "utf-8-sig", "delimiter": "0"}
    )
    response = send(desk, school, text(STUDENT))
    assert response["Location"] == reverse("register_import", args=[first.pk])
    assert "déjà été envoyé" in desk.get(response["Location"]).content.decode()


def test_one_column_for_two_things_is_told(desk, school):
    row = upload(None, school, text(STUDENT))
    columns = {
        "number": 0,
        "last_name": 1,
        "first_name": 1,
        "email": 4,
        "encoding": "utf-8-sig",
        "delimiter": "0",
    }
    page = desk.post(reverse("register_import", args=[row.pk]), columns).content.decode()
    assert "une colonne ne sert qu’une fois" in page
    row.refresh_from_db()
    assert row.state == "uploaded"


def test_the_separator_and_the_encoding_can_be_corrected_by_hand(desk, school):
    row = upload(None, school, 'N°,NOM;PRENOM;"x"\n1,É;A,a@nord.example\n'.encode("cp1252"))
    page = desk.post(
        reverse("register_import", args=[row.pk]), {"encoding": "cp1252", "delimiter": "1"}
    ).content.decode()
    assert "2 · NOM;PRENOM" in page
    page = desk.post(
        reverse("register_import", args=[row.pk]), {"encoding": "utf-8-sig", "delimiter": "0"}
    ).content.decode()
    assert "choisissez un autre codage" in page


def test_a_list_that_lets_many_people_go_asks_twice(desk, people, school):
    applied(people.referent, school, [STUDENT, OTHER, THIRD])
    row = compared(people.referent, school, text(STUDENT))
    assert "Est-ce bien la liste entière" in page_of(desk, row)
    page = desk.post(reverse("apply_register", args=[row.pk])).content.decode()
    assert "ont bien quitté l’école" in page
    row.refresh_from_db()
    assert row.state == "compared"
    desk.post(reverse("apply_register", args=[row.pk]), {"lets_go": "on"})
    run_worker()
    assert RegisterEntry.objects.filter(left_at=None).count() == 1


def test_progress_is_asked_for_until_the_work_is_done(desk, people, school):
    row = compared(people.referent, school, text(STUDENT))
    address = reverse("register_import_state", args=[row.pk])
    assert desk.get(address)["HX-Refresh"] == "true"
    RegisterImport.objects.filter(pk=row.pk).update(state="comparing", lines=10, lines_done=4)
    response = desk.get(address)
    assert "HX-Refresh" not in response and 'value="40"' in response.content.decode()


def test_the_desk_tells_of_a_list_that_waits_and_of_what_was_done(desk, people, school):
    row = compared(people.referent, school, text(STUDENT))
    page = desk.get(reverse("desk")).content.decode()
    assert "1 liste d’inscrits à appliquer" in page and reverse("register_import", args=[row.pk]) in page
    assert "Vous avez apporté une liste d’inscrits" in page


def test_dropping_takes_the_file_away(desk, people, school):
    row = compared(people.referent, school, text(STUDENT))
    desk.post(reverse("drop_register", args=[row.pk]))
    assert not private_storage().exists(row.storage_name)
    assert "Abandonnée" in page_of(desk, row)


def test_the_lines_not_taken_leave_as_numbers_and_reasons(desk, people, school):
    row = compared(people.referent, school, text(STUDENT, STUDENT, ";;;;;;;;x"))
    response = desk.get(reverse("register_faults", args=[row.pk]))
    lines = response.content.decode().splitlines()
    assert lines[0] == '\ufeff"Ligne";"Motif"' and len(lines) == 4
    assert "Quartzmarker" not in response.content.decode()
    assert "Quartzmarker" not in response["Content-Disposition"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_cell_is_never_a_formula(start):
    assert quoted(f"{start}1") == f"'{start}1" and quoted(3) == "3"
