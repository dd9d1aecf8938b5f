"""What the queue counts and sums: the files this member sees, and no other (invariant 8)."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from aid_requests.committee import actions, queries
from aid_requests.models import AidRequest
from fund import clock

pytestmark = pytest.mark.usefixtures("proved")
DECIDED_AT = datetime(2020, 5, 15, 12, 0, tzinfo=clock.PARIS)


def queue_of(client_of, member, query: str = "") -> str:
    response = client_of(member).get(reverse("request_queue") + query)
    assert response.status_code == 200
    return response.content.decode()


def grant(committee, request: AidRequest) -> None:
    with clock.at(DECIDED_AT):
        for voter in (committee.member1, committee.chair):
            actions.cast_vote(by=voter, request=request, choice="grant", revision=1)


def test_a_member_of_a_school_is_told_no_sum_that_holds_its_files(
    committee, file_of, client_of, other_school
):
    file_of(1), file_of(2), file_of(3, school=other_school)
    theirs, everything = queue_of(client_of, committee.member3), queue_of(client_of, committee.member1)
    assert 'Total des demandes affichées\u00a0: <b class="num">150,00\u00a0€' in theirs
    assert "850,00\u00a0€" in theirs and "550,00\u00a0€" not in theirs
    assert 'Total des demandes affichées\u00a0: <b class="num">450,00\u00a0€' in everything
    assert "550,00\u00a0€" in everything


def test_decided_files_show_their_votes_their_day_and_their_own_total(committee, file_of, client_of):
    grant(committee, file_of(1)), file_of(2), file_of(3)
    with clock.at(DECIDED_AT + timedelta(days=20)):
        text = queue_of(client_of, committee.member2, "?state=decided")
    assert "2 sur 2" in text and "2 sur 3" not in text
    assert ">15 mai</td>" in text and " j</td>" not in text and "Attente</th>" not in text
    assert 'Total des demandes affichées\u00a0: <b class="num">150,00\u00a0€' in text


def test_the_waiting_ends_with_the_decision(committee, file_of):
    request = file_of(1)
    grant(committee, request)
    with clock.at(DECIDED_AT + timedelta(days=20)):
        (row,) = queries.queue_rows(list(queries.queue(committee.member2)), "fr")
    assert row.waiting_days == 2


@pytest.mark.parametrize("decided", ["before", "after"])
def test_a_file_stepped_back_from_is_neither_listed_nor_counted(committee, file_of, client_of, decided):
    request = file_of(1)
    file_of(2)
    actions.recuse(by=committee.member2, request=request, ground="personal_tie")
    if decided == "after":
        grant(committee, request)
    for query in ("", "?state=unread", "?state=decided"):
        assert "U-2020-0001" not in queue_of(client_of, committee.member2, query)
    assert "1 demande attend le comité" in queue_of(client_of, committee.member2)
    assert queries.waiting_count(committee.member2) == 1
    assert queries.asked_cents(committee.member2) == 15_000


def test_the_filters_are_sentences_that_can_be_taken_away(committee, file_of, client_of):
    file_of(1)
    text = queue_of(client_of, committee.member1, "?state=unread&age=stalled&reference=0001")
    for words, rest in (
        ("État\u00a0: À lire", "age=stalled&amp;reference=0001"),
        ("Attente\u00a0: Plus de 7 jours", "state=unread&amp;reference=0001"),
        ("Numéro\u00a0: 0001", "state=unread&amp;age=stalled"),
    ):
        assert f'<a href="?{rest}">{words}' in text
    assert "Aucun dossier ne correspond" in text and "Tout retirer" in text
    assert "retirer ce filtre" not in queue_of(client_of, committee.member1, "?state=nothing")
