"""The outcomes as members and students see them on their pages."""

import pytest
from django.urls import reverse

from aid_requests.models import AidRequest, Vote
from fund import clock
from tests.aid_requests.committee.outcome_files import decide, vote
from tests.fund.treasury.factories import give_by_card

pytestmark = pytest.mark.usefixtures("proved")


def page(client, name: str, *args: object) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.content.decode()


def waiting_file(committee, file_of) -> AidRequest:
    """On the list: six grants before it leave 100 €, and it asks for 150 €."""
    for number in range(1, 7):
        decide(file_of(number), [committee.member1, committee.member2], "grant")
    request = file_of(7)
    decide(request, [committee.member1, committee.member2], "fund_later")
    return request


def test_a_member_is_offered_every_vote_that_the_file_allows(committee, file_of, client_of):
    text = page(client_of(committee.member1), "request_review", file_of().token)
    for choice in ("grant", "fund_later", "refuse", "redirect", "abstain"):
        assert f'value="{choice}"' in text
    assert 'value="social_worker"' in text


def test_a_redirection_without_a_door_is_told_in_the_form(committee, file_of, client_of):
    request = file_of()
    ballot = {"revision": 1, "round_number": 1, "choice": "redirect", "reason_code": "other_duty"}
    client, address = client_of(committee.member1), reverse("cast_vote", args=[request.token])
    response = client.post(address, ballot)
    assert response.status_code == 422 and "vers qui vous réorientez" in response.content.decode()
    assert client.post(address, {**ballot, "door_code": "social_worker"}).status_code == 302
    assert Vote.objects.get().door_code == "social_worker"


def test_a_refusal_with_the_reason_of_a_redirection_is_told_in_the_form(committee, file_of, client_of):
    ballot = {"revision": 1, "round_number": 1, "choice": "refuse", "reason_code": "other_duty"}
    response = client_of(committee.member1).post(reverse("cast_vote", args=[file_of().token]), ballot)
    assert response.status_code == 422 and not Vote.objects.exists()


def test_a_redirected_student_reads_why_and_where_to_go(committee, file_of, client_of):
    request = file_of()
    decide(request, [committee.member1, committee.member2], "redirect")
    text = page(client_of(request.applicant.user), "request_page", request.token)
    for words in (
        "Votre demande est réorientée",
        "Un autre organisme",
        "Vers qui aller",
        "assistance sociale",
    ):
        assert words in text
    assert reverse("request_reexamination", args=[request.token]) in text


def test_a_student_on_the_list_reads_what_it_means_and_may_leave_it(committee, file_of, client_of):
    request = waiting_file(committee, file_of)
    client = client_of(request.applicant.user)
    text = page(client, "request_page", request.token)
    for words in ("Le comité est favorable", "liste d’attente", "ni une date", "En attente d’argent"):
        assert words in text
    client.post(reverse("request_withdraw", args=[request.token]))
    request.refresh_from_db()
    assert request.state == "withdrawn"


def test_a_student_granted_from_the_list_has_both_letters(committee, file_of, client_of, pocket):
    request = waiting_file(committee, file_of)
    give_by_card(pocket, 10_000)
    client_of(committee.chair).post(reverse("serve_waiting_list"))
    text = page(client_of(request.applicant.user), "request_page", request.token)
    assert "Votre aide est accordée" in text and "L’argent est arrivé" in text
    assert text.count(f"/demandes/{request.token}/decision") >= 2 or text.count("La décision") >= 2


def test_the_list_tells_members_what_waits_and_only_the_chair_serves_it(
    committee, file_of, client_of, pocket
):
    request = waiting_file(committee, file_of)
    member, chair = client_of(committee.member1), client_of(committee.chair)
    text = page(member, "waiting_list")
    assert request.reference in text and "ni promise ni versée" in text
    assert reverse("serve_waiting_list") not in text
    assert reverse("serve_waiting_list") in page(chair, "waiting_list")
    chair.post(reverse("serve_waiting_list"))
    request.refresh_from_db()
    assert request.state == "waitlisted"
    give_by_card(pocket, 10_000)
    chair.post(reverse("serve_waiting_list"))
    request.refresh_from_db()
    assert request.state == "granted" and clock.paris_date(request.decided_at) == clock.today()


def test_a_member_who_stepped_back_does_not_see_the_file_on_the_list(committee, file_of, client_of):
    for number in range(1, 7):
        decide(file_of(number), [committee.member1, committee.member2], "grant")
    request = file_of(7)
    vote(committee.member1, request, "fund_later")
    client_of(committee.chair).post(reverse("recuse", args=[request.token]), {"ground": "personal_tie"})
    vote(committee.member2, request, "fund_later")
    assert request.reference not in page(client_of(committee.chair), "waiting_list")
