"""A refusal read again: once, in time, by other members, and counted as one file (S6; CRPA L410-1, L411-2)."""

from datetime import date, datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from pypdf import PdfReader

from aid_requests import actions as requests
from aid_requests.committee import actions, permissions, queries
from aid_requests.documents import check_upload
from aid_requests.models import AidRequest, Decision, Reexamination, Vote
from aid_requests.permissions import can_ask_reexamination
from aid_requests.proofs import other_members_reexamine
from aid_requests.reference import AidRequestReference
from aid_requests.timeline import timeline
from fund import balances, clock, vault
from fund.models import AuditEvent, OutgoingMail, PaymentOrder
from fund.models.people import Role
from fund.roles import Refused
from fund.workflow import AlreadyDone, WrongState
from reports.figures import read_figures
from tests.aid_requests.committee import factories
from tests.conftest import grant, make_user
from tests.papers import pdf

pytestmark = pytest.mark.usefixtures("proved")
TEXT = "La quittance d’avril montre le loyer, repère-de-réexamen."
LAST_DAY = date(2020, 7, 15)


def vote(by, request, choice="grant", round_number=1, **more):
    if choice == "refuse":
        more.setdefault("reason_code", "expense_not_shown")
    return actions.cast_vote(
        by=by, request=request, choice=choice, revision=1, round_number=round_number, **more
    )


def code_of(act, **values) -> str:
    with pytest.raises(Refused) as caught:
        act(**values)
    return caught.value.refusal.code


def ask(request, **more):
    return requests.ask_reexamination(by=request.applicant.user, request=request, text=TEXT, **more)


def refusal_of(request) -> str:
    fresh = AidRequest.objects.get(pk=request.pk)
    refusal = can_ask_reexamination(fresh.applicant.user, fresh)
    return refusal.code if refusal else ""


def paris(day: date, hour: int, minute: int, second: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=clock.PARIS)


def letter_of(decision: Decision) -> str:
    letter = vault.open_for(decision.request.applicant.subject_key, decision.letter_sealed)
    return " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(letter)).pages).split())


@pytest.fixture(autouse=True)
def _reader(committee):
    """A member who did not take part in the first round; the chair did: the letter bears that name."""
    committee.reader = make_user("reader")
    grant(committee.reader, Role.MEMBER, by=committee.administrator)


@pytest.fixture
def member4(committee):
    """A second member who did not take part in the first round."""
    user = make_user("member4")
    grant(user, Role.MEMBER, by=committee.administrator)
    return user


@pytest.fixture
def refused(committee, file_of) -> AidRequest:
    request = file_of()
    vote(committee.member1, request, "refuse")
    vote(committee.member2, request, "refuse")
    return AidRequest.objects.get(pk=request.pk)


@pytest.fixture
def again(refused) -> AidRequest:
    """The refused file, before the committee in its second round."""
    ask(refused, uploads=[check_upload("quittance-quintefeuille.pdf", pdf())])
    return AidRequest.objects.get(pk=refused.pk)


def test_asking_sends_the_file_back_and_keeps_the_first_decision(again):
    first = Decision.objects.get()
    assert (again.state, again.round, again.decided_at) == ("in_review", 2, None)
    assert (again.amount_cents, again.revision, first.outcome) == (15_000, 1, "refused")
    row = Reexamination.objects.get()
    assert row.contested == first and TEXT not in row.text_sealed
    assert vault.open_text_for(again.applicant.subject_key, row.text_sealed) == TEXT
    assert again.documents.filter(kind="reexamination").count() == 1
    assert OutgoingMail.objects.filter(key=f"request:{again.pk}:reexamination:2").count() == 1
    event = AuditEvent.objects.get(action="request.reexamination_asked")
    assert event.details == {"reexamination": row.pk, "contested": first.pk, "papers": 1}


def test_two_other_members_grant_it_once_for_the_frozen_amount(committee, again, member4):
    assert vote(committee.reader, again, round_number=2) is None
    decision = vote(member4, again, round_number=2)
    again.refresh_from_db()
    assert (again.state, decision.outcome, decision.round, decision.amount_cents) == (
        "granted", "granted", 2, 15_000,
    )  # fmt: skip
    assert list(again.decisions.order_by("round").values_list("round", "outcome")) == [
        (1, "refused"),
        (2, "granted"),
    ]
    order = PaymentOrder.objects.get()
    assert order.amount_cents == 15_000
    assert AidRequestReference().recheck(order) is None, "the treasury pays it as any other"
    assert AidRequestReference().has_tie(order, committee.member1), (
        "who refused it first may not pay it either"
    )
    assert balances.left_cents() == 85_000
    assert OutgoingMail.objects.filter(key__startswith=f"request:{again.pk}:decided").count() == 2


def test_figures_and_queues_count_the_file_once(committee, again, member4, file_of):
    file_of(2)
    assert queries.waiting_count(committee.reader) == 2
    assert queries.asked_cents(committee.reader) == 30_000
    for member in (committee.reader, member4):
        vote(member, again, round_number=2)
    assert read_figures().promised_cents == 15_000
    assert queries.waiting_count(committee.reader) == 1
    decided = queries.queue(committee.reader).filter(state="granted")
    (row,) = queries.queue_rows(list(decided), "fr")
    assert (row.votes_cast, row.votes_needed, row.waiting) == (2, 2, None)


@pytest.mark.parametrize("name", ["member1", "member2"])
def test_whoever_voted_the_first_decision_does_not_vote_the_second(committee, again, name):
    member = getattr(committee, name)
    refusal = permissions.can_vote(member, again)
    assert refusal is not None
    assert refusal.sentence == (
        "Vous avez voté la première décision\u00a0: d’autres personnes réexaminent ce dossier."
    )
    assert code_of(vote, by=member, request=again, round_number=2) == "voted_before"
    assert Vote.objects.filter(round=2).count() == 0


def test_a_vote_on_an_earlier_revision_of_the_first_round_keeps_out_too(committee, file_of):
    request = file_of()
    vote(committee.chair, request, "refuse")
    factories.change_file(request, committee.referent)
    for member in (committee.member1, committee.member2):
        actions.cast_vote(by=member, request=request, choice="refuse", revision=2, reason_code="not_covered")
    ask(AidRequest.objects.get(pk=request.pk))
    request.refresh_from_db()
    assert permissions.can_vote(committee.chair, request).code == "voted_before"


def test_a_page_of_the_first_round_does_not_vote_in_the_second(committee, again):
    with pytest.raises(WrongState, match="relisez-le"):
        vote(committee.chair, again, round_number=1)
    assert not Vote.objects.filter(member=committee.chair).exists()


def test_one_against_one_needs_a_third_of_the_others(committee, again, member4):
    member5 = make_user("member5")
    grant(member5, Role.MEMBER, by=committee.administrator)
    vote(committee.reader, again, "refuse", 2)
    assert vote(member4, again, round_number=2) is None
    decision = vote(member5, again, "refuse", 2, reason_code="contradiction")
    assert (decision.outcome, decision.reason_codes) == ("refused", ["expense_not_shown", "contradiction"])


def test_the_second_refusal_is_final(committee, again, member4):
    for member in (committee.reader, member4):
        vote(member, again, "refuse", 2)
    again.refresh_from_db()
    assert code_of(ask, request=again) == "final"
    assert (again.state, again.round) == ("refused", 2)


def test_the_limit_holds_to_the_last_second_in_paris_and_not_after(refused):
    with clock.at(paris(LAST_DAY, 23, 59, 59)):
        assert refusal_of(refused) == ""
    with clock.at(paris(date(2020, 7, 16), 0, 0)):
        assert refusal_of(refused) == "late"
        assert code_of(ask, request=refused) == "late"
    with clock.at(paris(LAST_DAY, 23, 59, 59)):
        ask(refused)
    assert Reexamination.objects.get().asked_at == paris(LAST_DAY, 23, 59, 59)


def test_asking_twice_says_that_it_is_received(again):
    with pytest.raises(AlreadyDone, match="déjà reçue"):
        ask(again)
    assert Reexamination.objects.count() == 1


def test_only_a_refusal_is_read_again_and_only_its_author_asks(committee, file_of, refused):
    other = file_of(2)
    assert code_of(ask, request=other) == "not_refused"
    asked = {"request": refused, "text": TEXT}
    assert code_of(requests.ask_reexamination, by=other.applicant.user, **asked) == "not_yours"
    assert code_of(requests.ask_reexamination, by=committee.member1, **asked) == "not_yours"


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 4001])
def test_it_says_why_in_a_text_of_a_readable_length(refused, text):
    values = {"by": refused.applicant.user, "request": refused, "text": text}
    assert code_of(requests.ask_reexamination, **values) == "text"


def test_papers_are_kept_once_and_no_more_than_the_request_takes(refused):
    many = [check_upload("p.pdf", pdf(f"again {number}")) for number in range(30)]
    assert code_of(ask, request=refused, uploads=many) == "too_many"
    assert not Reexamination.objects.exists()
    ask(refused, uploads=[*many[:2], many[0], check_upload("same.pdf", factories.PDF)])
    assert refused.documents.filter(kind="reexamination").count() == 2


def test_in_reexamination_a_request_is_not_corrected_but_may_be_withdrawn(again):
    by = again.applicant.user
    assert code_of(requests.correct_request, by=by, request=again) == "reexamined"
    requests.withdraw_request(by=by, request=again)
    again.refresh_from_db()
    assert (again.state, again.decided_at, Decision.objects.count()) == ("withdrawn", None, 1)


def test_the_database_keeps_one_decision_a_round_and_nothing_of_it_changes(again):
    first = Decision.objects.get()
    first.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reexamination.objects.update(text_sealed="other")


def test_check_ledger_sees_a_member_of_both_rounds_and_a_round_that_nobody_asked_for(
    committee, again, file_of
):
    assert list(other_members_reexamine()) == []
    with transaction.atomic():
        Vote.objects.create(
            request=again,
            revision=1,
            round=2,
            member=committee.member1,
            choice="grant",
            cast_at=clock.moment(),
        )
        AidRequest.objects.filter(pk=file_of(2).pk).update(round=2)
        found = list(other_members_reexamine())
        transaction.set_rollback(True)
    assert len(found) == 2 and "both rounds" in found[1]


# What is written and shown -------------------------------------------------------------------------------------


def test_the_letters_name_the_way_and_then_the_end(committee, again, member4):
    for member in (committee.reader, member4):
        vote(member, again, "refuse", 2)
    first, second = (letter_of(decision) for decision in Decision.objects.order_by("round"))
    assert "jusqu’au 15 juillet 2020" in first and "sur la page de votre demande" in first
    assert "n’est pas accordée après réexamen" in second and "cette décision est définitive" in second
    assert "jusqu’au" not in second


def test_the_time_line_tells_the_second_reading_apart(committee, again, member4):
    assert [entry.title for entry in timeline(again)][-3:] == [
        "Réexamen demandé",
        "Réexamen",
        "Sur votre compte",
    ]
    for member in (committee.reader, member4):
        vote(member, again, round_number=2)
    again.refresh_from_db()
    entries = [entry for entry in timeline(again) if entry.title in ("Refusée", "Accordée")]
    assert [entry.detail for entry in entries] == ["Par le comité", "Par d’autres membres du comité"]


def test_new_readers_see_the_reasons_and_the_words_but_not_who_voted(committee, again, client_of, member4):
    text = client_of(member4).get(reverse("request_review", args=[again.token])).content.decode()
    assert "Les pièces jointes ne montrent pas la dépense" in text
    assert "repère-de-réexamen" in text and "Pièce jointe au réexamen" in text
    assert "Réexamen" in text and 'name="round_number" value="2"' in text
    for name in ("Member1", "Member2", "quintefeuille", "École du Nord"):
        assert name not in text.replace("Quintefeuille", "quintefeuille")
    queue = client_of(member4).get(reverse("request_queue")).content.decode()
    assert '<span class="badge act">Réexamen</span>' in queue
    former = client_of(committee.member1).get(reverse("request_queue") + "?state=unread").content.decode()
    assert again.reference not in former


def test_the_vote_of_the_page_counts_in_the_second_round(committee, again, client_of, member4):
    ballot = {"revision": 1, "round_number": 2, "choice": "grant"}
    for member in (committee.reader, member4):
        client_of(member).post(reverse("cast_vote", args=[again.token]), ballot)
    again.refresh_from_db()
    assert again.state == "granted"
    old = client_of(committee.member1).post(reverse("cast_vote", args=[again.token]), ballot)
    assert old.status_code == 409


def test_too_few_members_left_is_told_on_the_committees_pages(committee, again, client_of):
    """Only the chair is left: one person, where two must vote."""
    sentence = (
        "Ce dossier demande 2 votes et 1 membre peut voter\u00a0: l’administration doit en nommer d’autres."
    )
    assert permissions.count_voters(again) == 1
    chair = client_of(committee.chair)
    for address in (reverse("request_review", args=[again.token]), reverse("request_queue")):
        assert sentence in chair.get(address).content.decode()


def test_enough_members_left_say_nothing(committee, again, client_of, member4):
    assert permissions.count_voters(again) == 2 and queries.shortage_of(again) == ""
    assert "doit en nommer" not in client_of(member4).get(reverse("request_queue")).content.decode()


# The student's pages -------------------------------------------------------------------------------------------


def test_the_student_asks_on_a_page_and_reads_where_it_stands(refused, client_of):
    browser = client_of(refused.applicant.user)
    page, form = (reverse(name, args=[refused.token]) for name in ("request_page", "request_reexamination"))
    assert f'href="{form}"' in browser.get(page).content.decode()
    shown = browser.get(form).content.decode()
    assert "jusqu’au 15 juillet 2020 inclus" in shown and "ne montrent pas la dépense" in shown
    papers = [SimpleUploadedFile(f"{number}.pdf", pdf(f"again {number}")) for number in (1, 2)]
    response = browser.post(form, {"text": TEXT, "papers": papers})
    assert (response.status_code, response.url) == (302, page)
    assert refused.documents.filter(kind="reexamination").count() == 2
    after = browser.get(page).content.decode()
    assert "D’autres personnes relisent votre demande" in after and "Qui d’autre peut vous aider" in after
    assert "Reprendre ma demande" not in after and f'href="{form}"' not in after
    by_script = browser.post(form, {"text": TEXT}, headers={"X-Sent-By": "script"})
    assert (by_script.status_code, by_script["X-Next"]) == (204, page)
    second = browser.post(form, {"text": TEXT}, follow=True)
    assert "Votre demande de réexamen est déjà reçue." in second.content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"text": ""}, "Dites ce qui a été oublié ou mal lu."),
        ({"text": TEXT, "papers": SimpleUploadedFile("p.txt", b"words")}, "ni un PDF ni une photo"),
    ],
)
def test_what_is_missing_is_told_beside_what_was_typed(refused, client_of, data, words):
    browser = client_of(refused.applicant.user)
    response = browser.post(reverse("request_reexamination", args=[refused.token]), data)
    assert response.status_code == 422
    text = response.content.decode()
    assert words in text and data["text"] in text.replace("&#x27;", "'")
    assert not Reexamination.objects.exists()


def test_a_file_too_big_is_told_and_never_kept(refused, client_of, settings):
    settings.DOCUMENT_MAX_BYTES = 100
    big = SimpleUploadedFile("big.pdf", pdf() + b"x" * 200)
    address = reverse("request_reexamination", args=[refused.token])
    response = client_of(refused.applicant.user).post(address, {"text": TEXT, "papers": big})
    assert response.status_code == 422 and "dépasse" in response.content.decode()


def test_after_the_limit_the_page_says_so_and_leads_back(refused, client_of):
    browser = client_of(refused.applicant.user)
    with clock.at(paris(date(2020, 7, 16), 0, 0)):
        response = browser.get(reverse("request_reexamination", args=[refused.token]), follow=True)
    text = response.content.decode()
    assert "Un réexamen pouvait être demandé jusqu’au 15 juillet 2020\u00a0: ce délai est passé." in text
    assert "Le délai pour demander un réexamen est passé depuis le 15 juillet 2020." in text
    assert "Qui d’autre peut vous aider" in text


def test_after_a_final_refusal_the_page_leaves_no_door_but_the_others(committee, again, member4, client_of):
    for member in (committee.reader, member4):
        vote(member, again, "refuse", 2)
    text = client_of(again.applicant.user).get(reverse("request_page", args=[again.token])).content.decode()
    assert "elle est définitive" in text and "Qui d’autre peut vous aider" in text
    assert "Contester jusqu’au" not in text and "Demander un réexamen" not in text
    assert "La première décision" in text and "La décision après réexamen" in text
