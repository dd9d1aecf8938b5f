"""The desk: what waits for a person, where things stand, what that person did last."""

from datetime import timedelta

import pytest
from django.urls import reverse

from aid_requests.committee import actions
from config.desk import ACTS, greeting
from donations.event_words import event_words
from fund import clock, stuck
from fund.models import AuditEvent, PaymentOrder
from fund.treasury import batches, reasons
from tests.aid_requests.committee.conftest import committee, file_of
from tests.conftest import make_user

__all__ = ["committee", "file_of"]  # fixtures of the committee, used here as they are
pytestmark = pytest.mark.usefixtures("proved")


@pytest.fixture
def desk_of(client_of):
    return lambda person: client_of(person).get(reverse("desk")).content.decode()


def test_a_member_finds_what_waits_longest_and_no_name(committee, file_of, desk_of):
    file_of(1)
    oldest = file_of(2, submitted_at=clock.moment() - timedelta(days=9))
    page = desk_of(committee.member1)
    assert "Bonjour" in page and "une chose" in page and "2 dossiers à lire" in page
    assert "U-2020-0002 attend le comité depuis 9 jours." in page and "Urgent" in page
    assert reverse("request_review", args=[oldest.token]) in page
    assert "Quintefeuille" not in page and "École du Nord" not in page
    assert "1\u202f000" in page


def test_what_was_done_leaves_the_tasks_and_enters_the_history(committee, file_of, desk_of):
    actions.cast_vote(by=committee.member1, request=file_of(), choice="grant", revision=1)
    mine, others = desk_of(committee.member1), desk_of(committee.member2)
    assert "rien n’attend" in mine and "1 dossier à lire" not in mine
    assert "Vous avez voté sur un dossier" in mine
    assert "1 dossier à lire" in others and "Vous avez voté" not in others


def test_money_waits_for_the_treasurer_then_for_the_signatory(committee, file_of, desk_of):
    request = file_of()
    for voter in (committee.member1, committee.chair):
        actions.cast_vote(by=voter, request=request, choice="grant", revision=1)
    assert "1 virement à préparer" in desk_of(committee.treasurer)
    assert "attend votre signature" not in desk_of(committee.signatory)
    order = PaymentOrder.objects.get()
    batches.prepare_batch(by=committee.treasurer, order_ids=[order.pk])
    prepared = desk_of(committee.treasurer)
    assert "à préparer" not in prepared and "Vous avez préparé un lot de virements" in prepared
    assert "Le lot nº\u00a01 attend votre signature" in desk_of(committee.signatory)
    auditor = desk_of(committee.auditor)
    assert "Vous lisez tout et ne changez rien." in auditor and "attend votre signature" not in auditor


def test_a_referent_finds_who_asks_to_be_confirmed(committee, desk_of):
    page = desk_of(committee.referent)
    assert "rien n’attend" in page and "inscriptions que vous avez confirmées" in page


def test_a_student_goes_to_the_own_request(client_of, db):
    answer = client_of(make_user("eleve@ecole.example")).get(reverse("desk"))
    assert answer.headers["Location"] == reverse("my_requests")


@pytest.mark.parametrize(
    ("hours", "number", "said"),
    [(0, 0, "rien n’attend ce matin"), (6, 3, "trois choses cet après-midi"), (11, 9, "9 choses ce soir")],
)
def test_the_greeting_counts_and_knows_the_hour_of_paris(db, hours, number, said):
    person = make_user("olivier@fonds.example")
    person.display_name = "Olivier Essai"
    with clock.at(clock.DEMO_START + timedelta(hours=hours)):
        assert greeting(person, number) == f"Bonjour Olivier, {said}"


def test_codes_are_told_in_words(committee):
    assert reasons.returned_because("AC04") == "compte fermé (AC04)"
    assert reasons.returned_because("ZZ99") == "motif à demander à la banque (ZZ99)"
    assert event_words("charge.dispute.updated") == "Contestation"
    assert event_words("radar.early_fraud_warning.created") == "Soupçon de fraude"
    assert event_words("terminal.reader.created") == "Autre message du prestataire"
    assert set(AuditEvent.objects.values_list("action", flat=True)) & set(ACTS)


def test_the_administrator_sees_work_that_no_worker_will_take_again(people, desk_of, monkeypatch):
    assert "abandonné" not in desk_of(people.administrator)
    monkeypatch.setattr(stuck, "count_given_up", lambda: 2)
    assert "2 travaux automatiques sont abandonnés" in desk_of(people.administrator)
    assert "abandonné" not in desk_of(people.treasurer)
