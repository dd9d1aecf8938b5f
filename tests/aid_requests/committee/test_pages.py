"""The committee's pages, as members see them: no name, no school, no account (C1, C2, invariant 8)."""

import logging
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from aid_requests.committee import actions, queries
from aid_requests.models import AidRequest, Decision, Vote
from fund import clock
from fund.models import AuditEvent
from tests.aid_requests.committee import factories

pytestmark = pytest.mark.usefixtures("proved")
MARKERS = re.compile(
    r"z.lie|quintefeuille|marqueur|école du nord|nord\.example|lille|brest|7630006|890189", re.IGNORECASE
)


def page(client, name: str, *args: object) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.content.decode()


def post(client, name: str, request, **data):
    return client.post(reverse(name, args=[request.token]), data)


@pytest.fixture
def member(committee, client_of):
    return client_of(committee.member1)


def test_nothing_that_names_the_student_reaches_a_member(committee, file_of, member, caplog):
    """The marker words stand in the identity, the account, the school, the address and the paper's own name."""
    caplog.set_level(logging.DEBUG)
    request = file_of()
    seen = [page(member, "request_queue"), page(member, "request_review", request.token)]
    paper = request.documents.get()
    download = member.post(reverse("review_document", args=[request.token, paper.token]))
    seen += [
        str(download.headers),
        post(member, "cast_vote", request, revision=1, choice="refuse").content.decode(),
    ]
    post(member, "cast_vote", request, revision=1, choice="grant")
    post(member, "recuse", request, ground="personal_tie")
    seen += [page(member, "request_queue"), caplog.text]
    seen += [str(row) for row in AuditEvent.objects.values_list("action", "details")]
    for text in seen:
        assert MARKERS.search(text) is None, MARKERS.search(text)


def test_a_file_shows_what_a_vote_needs(committee, file_of, member):
    text = page(member, "request_review", file_of().token)
    for words in (
        "Emploi étudiant arrêté",
        '150<span class="minor">,00\u00a0€</span>',
        factories.STORY,
        "La dernière quittance",
        "masquée",
        "15 mai",
    ):
        assert words in text
    assert "si cette aide est accordée" in text and "850,00\u00a0€" in text


def test_the_queue_is_oldest_first_with_the_money_left_in_view(committee, file_of, member):
    late = clock.moment() - timedelta(days=9)
    file_of(1), file_of(2, submitted_at=late)
    text = page(member, "request_queue")
    assert text.index("U-2020-0002") < text.index("U-2020-0001")
    assert "1\u202f000,00\u00a0€" in text and "700,00\u00a0€" in text
    assert text.count("attend le comité depuis 9 jours") == text.count("attend le comité depuis") == 1


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?reference=0002", {2}),
        ("?age=stalled", {2}),
        ("?scheme=emergency-aid", {1, 2}),
        ("?state=unread", {2}),
        ("?state=decided", {3}),
        ("?scheme=nothing&age=x&state=y&page=99", {1, 2}),
    ],
)
def test_the_queue_filters_and_ignores_what_it_does_not_know(committee, file_of, member, query, shown):
    file_of(1), file_of(2, submitted_at=clock.moment() - timedelta(days=9))
    decided = file_of(3)
    actions.cast_vote(
        by=committee.member1,
        request=AidRequest.objects.get(reference="U-2020-0001"),
        choice="grant",
        revision=1,
    )
    for voter in (committee.member2, committee.chair):
        actions.cast_vote(by=voter, request=decided, choice="grant", revision=1)
    text = member.get(reverse("request_queue") + query).content.decode()
    assert {number for number in (1, 2, 3) if f"U-2020-000{number}" in text} == shown


def test_the_queue_asks_a_constant_number_of_queries(
    committee, file_of, django_assert_max_num_queries, django_assert_num_queries
):
    file_of(1)
    with django_assert_max_num_queries(12) as few:
        queries.queue_rows(list(queries.queue(committee.member1)), "fr")
    for number in range(2, 8):
        file_of(number)
    with django_assert_num_queries(len(few.captured_queries)):
        assert len(queries.queue_rows(list(queries.queue(committee.member1)), "fr")) == 7


def test_a_vote_goes_on_to_the_next_file(committee, file_of, member):
    first, second = file_of(1), file_of(2)
    response = post(member, "cast_vote", first, revision=1, choice="grant", note="lu")
    assert response.url == reverse("request_review", args=[second.token])
    assert "Votre vote est enregistré" in member.get(response.url).content.decode()
    assert post(member, "cast_vote", second, revision=1, choice="grant").url == reverse("request_queue")


def test_a_refusal_without_its_reason_is_told_in_the_form(committee, file_of, member):
    response = post(member, "cast_vote", file_of(), revision=1, choice="refuse", note="mes mots")
    assert response.status_code == 422
    text = response.content.decode()
    assert "Choisissez le motif du refus" in text and "mes mots" in text
    assert not Vote.objects.exists()


def test_missing_money_is_told_in_the_form_and_the_page_stays(committee, file_of, client_of):
    for number in range(1, 7):
        request = file_of(number)
        for voter in (committee.member1, committee.chair):
            actions.cast_vote(by=voter, request=request, choice="grant", revision=1)
    request = file_of(7)
    actions.cast_vote(by=committee.member1, request=request, choice="grant", revision=1)
    response = post(client_of(committee.chair), "cast_vote", request, revision=1, choice="grant")
    assert response.status_code == 409
    assert "L’aide de 150\u00a0€ attendra le prochain don." in response.content.decode()
    assert Decision.objects.count() == 6


def test_a_changed_file_is_a_page_that_says_so(committee, file_of, member):
    request = file_of()
    factories.change_file(request, committee.referent)
    response = post(member, "cast_vote", request, revision=1, choice="grant")
    assert response.status_code == 409
    assert "Le dossier a changé pendant votre lecture" in response.content.decode()
    AidRequest.objects.filter(pk=request.pk).update(state="draft")
    assert post(member, "cast_vote", request, revision=2, choice="grant").status_code == 409
    assert member.get(reverse("request_review", args=[request.token])).status_code == 404


def test_the_amount_cannot_be_typed(committee, file_of, member):
    request = file_of()
    post(member, "cast_vote", request, revision=1, choice="grant", amount_cents=99_900, amount="999")
    request.refresh_from_db()
    assert request.amount_cents == 15_000


def test_after_stepping_back_the_page_refuses_with_a_sentence(committee, file_of, member):
    request = file_of()
    assert post(member, "recuse", request, ground="personal_tie").status_code == 302
    for response in (
        member.get(reverse("request_review", args=[request.token])),
        post(member, "cast_vote", request, revision=1, choice="grant"),
        member.post(reverse("review_document", args=[request.token, request.documents.get().token])),
    ):
        assert response.status_code == 403
        assert "Vous vous êtes déporté" in response.content.decode()


def test_files_of_the_own_school_and_the_own_file_do_not_exist_for_a_member(
    committee, file_of, client_of, other_school
):
    request = file_of()
    colleague = client_of(committee.member3)
    assert colleague.get(reverse("request_review", args=[request.token])).status_code == 404
    assert post(colleague, "cast_vote", request, revision=1, choice="grant").status_code == 404
    assert "U-2020-0001" not in page(colleague, "request_queue")
    elsewhere = file_of(2, school=other_school)
    assert "U-2020-0002" in page(colleague, "request_queue")
    assert colleague.get(reverse("request_review", args=[elsewhere.token])).status_code == 200


@pytest.mark.parametrize(
    "name", ["treasurer", "signatory", "referent", "auditor", "communication", "administrator"]
)
def test_other_roles_and_students_do_not_enter(committee, file_of, client_of, name):
    request = file_of()
    for client in (client_of(getattr(committee, name)), client_of(request.applicant.user)):
        assert client.get(reverse("request_queue")).status_code == 403
        assert client.get(reverse("request_review", args=[request.token])).status_code == 403
        assert post(client, "cast_vote", request, revision=1, choice="grant").status_code == 403


def test_a_paper_is_served_by_a_logged_post_under_a_neutral_name(committee, file_of, member):
    request = file_of()
    paper = request.documents.get()
    address = reverse("review_document", args=[request.token, paper.token])
    assert member.get(address).status_code == 405
    response = member.post(address)
    assert response.content == factories.PDF
    assert response["Content-Disposition"] == f'attachment; filename="piece-{paper.pk}.pdf"'
    assert (response["Cache-Control"], response["X-Content-Type-Options"]) == ("no-store", "nosniff")
    event = AuditEvent.objects.get(action="document.read")
    assert (event.by, event.object_id) == (committee.member1, str(paper.pk))


def test_votes_are_counted_on_the_page_only_after_the_decision(committee, file_of, member):
    request = file_of()
    actions.cast_vote(by=committee.member1, request=request, choice="grant", revision=1)
    assert "Accordent" not in page(member, "request_review", request.token)
    actions.cast_vote(by=committee.chair, request=request, choice="grant", revision=1)
    assert "Accordent" in page(member, "request_review", request.token)
