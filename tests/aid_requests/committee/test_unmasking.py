"""The veil lifted: written down first, shown to one person for a quarter of an hour, and no vote after it (C2)."""

import json
import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from aid_requests.committee import actions, permissions, queries, unmasking
from aid_requests.exports_of_applicant import applicant_data
from aid_requests.models import AidRequest, Unmasking, Vote
from fund import clock, vault
from fund.models import AuditEvent
from fund.roles import Refused
from tests.aid_requests.committee import factories
from tests.aid_requests.committee.outcome_files import vote
from tests.aid_requests.committee.queue_files import lift

pytestmark = pytest.mark.usefixtures("proved")


def shown(client_of, who, file: AidRequest) -> str:
    response = client_of(who).get(reverse("request_review", args=[file.token]))
    assert response.status_code == 200 and "no-store" in response["Cache-Control"]
    return response.content.decode()


def send(client, file: AidRequest, **data: str):
    values = {"reason": "safety", "note": "Une menace est dite.", "form_token": str(uuid.uuid4()), **data}
    return client.post(reverse("unmask", args=[file.token]), values)


def refused(act, **values: object) -> str:
    with pytest.raises(Refused) as told:
        act(**values)
    return told.value.refusal.code


def test_it_shows_name_and_school_to_that_person_alone_for_a_quarter_of_an_hour(
    committee, file_of, client_of
):
    file = file_of()
    client = client_of(committee.member1)
    assert send(client, file).url == reverse("request_review", args=[file.token])
    mine = shown(client_of, committee.member1, file)
    assert factories.LAST_NAME in mine and "École du Nord" in mine and "Le voile est levé pour vous" in mine
    assert factories.IBAN not in mine and factories.STREET not in mine
    assert factories.LAST_NAME not in shown(client_of, committee.member2, file)
    with clock.at(clock.DEMO_START + unmasking.SHOWN_FOR):
        later = shown(client_of, committee.member1, file)
    assert factories.LAST_NAME not in later and "École du Nord" not in later


def test_it_is_written_down_and_audited_without_its_words(committee, file_of):
    file = file_of()
    row = lift(committee.member1, file, note="  Zélie-Marqueur me le rappelle. ")
    event = AuditEvent.objects.get(action="request.unmasked")
    assert (event.by, event.object_id) == (committee.member1, str(file.pk))
    assert event.details == {"unmasking": row.pk, "reason": "tie", "round": 1}
    assert "Zélie" not in row.note_sealed
    told = vault.open_text_for(file.applicant.subject_key, row.note_sealed)
    assert told == "Zélie-Marqueur me le rappelle."
    for change in (
        Unmasking.objects.filter(pk=row.pk).delete,
        lambda: Unmasking.objects.update(reason="safety"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_who_lifted_it_votes_in_no_round_and_leaves_the_count_of_voters(committee, file_of, client_of):
    file = file_of()
    before = permissions.count_voters(file)
    lift(committee.member1, file)
    assert permissions.count_voters(file) == before - 1
    assert refused(vote, by=committee.member1, request=file) == "unmasked"
    assert queries.next_to_read(committee.member1) is None and not queries.unread(committee.member1).exists()
    (row,) = queries.queue_rows(list(queries.queue(committee.member1)), "fr")
    assert row.status is queries.FORMER and not row.is_mine
    file.round = 2
    assert permissions.can_vote(committee.member1, file).code == "unmasked"
    assert not Vote.objects.exists()


def test_a_blind_vote_keeps_the_veil_down_until_the_decision(committee, file_of):
    file = file_of()
    vote(committee.member1, file)
    assert refused(lift, by=committee.member1, file=file) == "voted"
    vote(committee.chair, file)
    file.refresh_from_db()
    assert file.state == "granted"
    assert lift(committee.member1, file).round == 1


def test_five_a_day_and_no_more(committee, file_of):
    files = [file_of(number) for number in range(1, 4)]
    for number in range(unmasking.A_DAY):
        lift(committee.member1, files[number % 3])
    assert refused(lift, by=committee.member1, file=files[0]) == "too_many"
    lift(committee.member2, files[0])
    with clock.at(clock.DEMO_START + timedelta(days=1)):
        lift(committee.member1, files[0])


def test_the_same_form_twice_is_one_row(committee, file_of):
    file, token = file_of(), uuid.uuid4()
    assert lift(committee.member1, file, form_token=token) == lift(committee.member1, file, form_token=token)
    assert Unmasking.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"reason": ""}, "Choisissez pourquoi vous levez le voile."),
        ({"reason": "curious"}, "curious"),
        ({"note": "  "}, "Dites pourquoi en une phrase."),
        ({"note": "x" * 501}, "500 caractères au plus"),
    ],
)
def test_without_a_reason_nothing_is_shown(committee, file_of, client_of, data, said):
    file = file_of()
    response = send(client_of(committee.member1), file, **data)
    assert response.status_code == 422 and said in response.content.decode()
    assert factories.LAST_NAME not in response.content.decode() and not Unmasking.objects.exists()
    values = {"reason": "tie", "note": "Un mot.", **data}
    assert refused(lift, by=committee.member1, file=file, **values) in ("reason", "note")


def test_only_a_reader_of_the_file_lifts_it(committee, file_of, client_of):
    file = file_of()
    actions.recuse(by=committee.member2, request=file, ground="personal_tie")
    assert send(client_of(committee.member2), file).status_code == 403
    assert send(client_of(committee.member3), file).status_code == 404  # of the same school
    for who in (committee.treasurer, committee.auditor, committee.referent, file.applicant.user):
        assert send(client_of(who), file).status_code == 403
        assert refused(lift, by=who, file=file) in ("role", "own_file")
    assert not Unmasking.objects.exists()


def test_auditors_read_the_list_without_the_student(committee, file_of, client_of):
    file = file_of()
    lift(committee.member1, file, note="Zélie-Marqueur Quintefeuille, de Lille : je la connais.")
    response = client_of(committee.auditor).get(reverse("unmasking_list"))
    text = response.content.decode()
    assert "U-2020-0001" in text and "Je crois connaître cette personne" in text and "je la connais" in text
    assert factories.LAST_NAME not in text and "Lille" not in text and 'class="veil"' in text
    assert client_of(committee.chair).get(reverse("unmasking_list")).status_code == 403


def test_the_student_finds_it_in_the_export_without_by_whom(committee, file_of):
    file = file_of()
    lift(committee.member1, file)
    data = json.loads(applicant_data(file.applicant))
    (row,) = data["requests"][0]["unmaskings"]
    assert row["reason"] == "tie" and row["note"] == "Le récit me rappelle quelqu’un."
    assert committee.member1.email not in json.dumps(data)


def test_an_erased_person_has_no_name_left(committee, file_of, client_of):
    file = file_of()
    lift(committee.member1, file)
    vault.erase_subject(file.applicant.subject_key)
    file = AidRequest.objects.get(pk=file.pk)
    assert unmasking.unveiled(committee.member1, file) is None
    assert "effacée" in client_of(committee.auditor).get(reverse("unmasking_list")).content.decode()
