"""Corrected, withdrawn, paid to another account: what a person may still change, and when."""

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from aid_requests import actions
from aid_requests.committee.actions import cast_vote
from aid_requests.declarations import other_account_statement
from aid_requests.identity import Identity
from aid_requests.models import BankDetails, Declaration
from aid_requests.models.decisions import VoteChoice
from fund import clock
from fund.bank.iban import check_iban
from fund.models import PaymentOrder, User
from fund.roles import Refused
from fund.treasury.batches import prepare_batch, sign_batch
from fund.treasury.statements import import_statement
from fund.workflow import AlreadyDone
from tests.aid_requests import factories
from tests.aid_requests.factories import fresh, sent_code
from tests.fund.treasury.camt import camt, credit, debit
from tests.fund.treasury.factories import deposit, deposits_claimed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020")]


def code_of(act, *args, **kwargs) -> str:
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return caught.value.refusal.code


# Correcting and withdrawing ----------------------------------------------------------------------------------


def test_a_correction_is_a_new_revision_whose_certificate_lapsed(foundation, student, people):
    request = factories.in_review(student, people.referent)
    actions.correct_request(by=student, request=request)
    request = fresh(request)
    assert (request.state, request.revision) == ("draft", 2)
    assert request.certificates.get().lapsed_at is not None
    factories.sign(student, request)
    assert fresh(request).state == "submitted"
    assert list(request.declarations.order_by("revision").values_list("revision", flat=True)) == [1, 2]
    call_command("check_ledger")


def test_votes_of_the_former_revision_count_no_more(foundation, pocket, student, people):
    with deposits_claimed(pocket):
        deposit(people.treasurer, 100_000)
    request = factories.in_review(student, people.referent)
    cast_vote(by=people.member1, request=request, choice=VoteChoice.GRANT, revision=1)
    actions.correct_request(by=student, request=request)
    factories.sign(student, fresh(request))
    actions.certify_enrolment(
        by=people.referent, request=request, university_year="2019-2020", level="year-4", revision=2
    )
    assert cast_vote(by=people.member2, request=request, choice=VoteChoice.GRANT, revision=2) is None
    assert cast_vote(by=people.member1, request=request, choice=VoteChoice.GRANT, revision=2) is not None


def test_correcting_twice_says_it_is_open_already(foundation, student):
    request = factories.submitted(student)
    actions.correct_request(by=student, request=request)
    with pytest.raises(AlreadyDone):
        actions.correct_request(by=student, request=request)


def test_a_decided_request_is_neither_corrected_nor_withdrawn(returned, student):
    assert code_of(actions.correct_request, by=student, request=returned) == "decided"
    assert code_of(actions.withdraw_request, by=student, request=returned) == "decided"


@pytest.mark.parametrize("make", [factories.draft, factories.submitted])
def test_a_request_is_withdrawn_once_and_frees_the_cap(foundation, student, make):
    request = make(student)
    actions.withdraw_request(by=student, request=request)
    assert fresh(request).state == "withdrawn"
    with pytest.raises(AlreadyDone):
        actions.withdraw_request(by=student, request=request)
    assert factories.draft(student).pk != request.pk


def test_the_buttons_of_the_page_correct_and_withdraw(foundation, student, client_of):
    request, browser = factories.submitted(student), client_of(student)
    page = reverse("request_page", args=[request.token])
    assert "Reprendre ma demande" in browser.get(page).content.decode()
    response = browser.post(reverse("request_correct", args=[request.token]))
    assert response.headers["Location"] == reverse("request_you", args=[request.token])
    browser.post(reverse("request_withdraw", args=[request.token]))
    html = browser.get(page).content.decode()
    assert "Votre demande est retirée" in html and "Reprendre ma demande" not in html


def test_names_of_a_signed_request_do_not_change_behind_it(foundation, student):
    factories.submitted(student)
    factories.open_scheme("mobility-aid")
    second = actions.start_request(by=student, slug="mobility-aid", raw_answers={})
    actions.save_identity(by=student, request=second, identity=factories.IDENTITY, through_school=True)
    other = Identity(**{**vars(factories.IDENTITY), "last_name": "Autre"})
    assert (
        code_of(actions.save_identity, by=student, request=second, identity=other, through_school=True)
        == "identity_in_use"
    )


# The bank sent the money back ----------------------------------------------------------------------------------


@pytest.fixture
def returned(foundation, pocket, student, people):
    """A granted request whose transfer came back: the account is closed (AC04)."""
    with deposits_claimed(pocket):
        deposit(people.treasurer, 100_000)
    request = factories.in_review(student, people.referent)
    for member in (people.member1, people.member2):
        cast_vote(by=member, request=request, choice=VoteChoice.GRANT, revision=1)
    send_batch(people)
    order = PaymentOrder.objects.get()
    entries = [debit(15_000, order.end_to_end_id), credit(15_000, order.end_to_end_id, code="AC04")]
    import_statement(by=people.treasurer, data=camt("R-1", 100_000, entries))
    return fresh(request)


def send_batch(people) -> None:
    due = PaymentOrder.objects.filter(state="due").values_list("pk", flat=True)
    sign_batch(by=people.signatory, batch=prepare_batch(by=people.treasurer, order_ids=list(due)))


def give(student, request, details, **changes: object) -> PaymentOrder:
    actions.send_account_code(by=student, request=request, details=details)
    statement = other_account_statement(fresh(request), details)
    values: dict[str, Any] = {
        "place": "Lyon",
        "ticked": [fact for fact, _text in statement.facts],
        "code": sent_code(student),
        "content_hash": statement.content_hash,
        "trace": factories.TRACE,
        **changes,
    }
    return actions.give_other_account(by=student, request=request, details=details, **values)


def propose(student, request, iban: str = factories.OTHER_IBAN):
    return actions.propose_account(
        by=student, request=request, iban=check_iban(iban), holder="Zélie Quartzmarker"
    )


def test_another_account_is_signed_for_and_paid_once(returned, student, people):
    assert returned.state == "returned"
    order = give(student, returned, propose(student, returned))
    assert (order.attempt, order.amount_cents, order.iban_tail) == (2, 15_000, "3000")
    assert fresh(returned).state == "granted"
    send_batch(people)
    order.refresh_from_db()
    import_statement(by=people.treasurer, data=camt("R-2", 100_000, [debit(15_000, order.end_to_end_id)]))
    assert fresh(returned).state == "paid"
    assert Declaration.objects.filter(purpose="bank_details").count() == 1
    call_command("check_ledger")


def test_the_refused_account_is_not_taken_again(returned, student):
    assert code_of(propose, student, returned, factories.IBAN) == "same_account"


def test_a_code_for_one_account_does_not_sign_another(returned, student):
    first = propose(student, returned)
    second = propose(student, returned, "NL91 ABNA 0417 1643 00")
    actions.send_account_code(by=student, request=returned, details=first)
    statement = other_account_statement(returned, second)
    assert (
        code_of(
            actions.give_other_account,
            by=student,
            request=returned,
            details=second,
            place="Lyon",
            ticked=[fact for fact, _text in statement.facts],
            code=sent_code(student),
            content_hash=statement.content_hash,
            trace=factories.TRACE,
        )
        == "changed"
    )
    assert PaymentOrder.objects.count() == 1


def test_a_wrong_code_orders_nothing_and_costs_a_try(returned, student):
    assert code_of(give, student, returned, propose(student, returned), code="abc") == "wrong_code"
    assert returned.signature_codes.order_by("-pk").first().tries == 1
    assert fresh(returned).state == "returned" and PaymentOrder.objects.count() == 1


def test_giving_it_twice_says_it_is_done(returned, student):
    details = propose(student, returned)
    give(student, returned, details)
    with pytest.raises(AlreadyDone):
        give(student, returned, details)
    assert PaymentOrder.objects.count() == 2


def test_an_account_of_somebody_else_cannot_be_slipped_in(returned, student, school):
    other = User.objects.create_user("other@nord.example")
    theirs = factories.complete_draft(other, iban=factories.OTHER_IBAN).bank_details
    assert theirs is not None
    with pytest.raises(BankDetails.DoesNotExist):
        actions.send_account_code(by=student, request=returned, details=theirs)


def test_without_a_return_there_is_no_account_to_change(foundation, student):
    request = factories.submitted(student)
    assert code_of(propose, student, request) == "not_returned"


def test_the_whole_way_in_the_browser(returned, student, client_of):
    browser, url = client_of(student), reverse("request_other_account", args=[returned.token])
    page = browser.get(reverse("request_page", args=[returned.token])).content.decode()
    assert "La banque a renvoyé l’argent" in page and url in page
    same = browser.post(url, {"act": "account", "iban": factories.IBAN, "holder": "Zélie Q"}).content.decode()
    assert "vient de refuser ce compte" in same
    page = browser.post(
        url, {"act": "account", "iban": factories.OTHER_IBAN, "holder": "Zélie Q"}, follow=True
    ).content.decode()
    assert "DE89 ••••" in page and "Recevoir mon code" in page
    data = dict.fromkeys(re.findall(r'name="(fact-[a-z_]+)"', page), "on")
    data["content_hash"] = re.findall(r'name="content_hash" value="([0-9a-f]{64})"', page)[0]
    data |= {"place": "Lyon", "act": "code"}
    assert 'name="code"' in browser.post(url, data, follow=True).content.decode()
    data |= {"act": "sign", "code": sent_code(student)}
    page = browser.post(url, data, follow=True).content.decode()
    assert "Votre aide est accordée" in page and "•••• 3000" in page
    assert browser.get(url).status_code == 409
    assert browser.post(url, data).status_code == 409


# The page of a request --------------------------------------------------------------------------------------------


def test_the_page_tells_roles_never_names_and_until_when_to_contest(returned, student, people, client_of):
    page = client_of(student).get(reverse("request_page", args=[returned.token])).content.decode()
    for words in (
        "Demande signée et reçue",
        "Par une personne référente",
        "Par le comité",
        "L’argent est revenu",
    ):
        assert words in page
    assert "Contester jusqu’au" in page and "15 juillet 2020" in page
    for person in (people.member1, people.member2, people.referent, people.treasurer):
        assert person.display_name not in page and person.email not in page


def test_the_papers_are_the_frozen_ones(returned, student, client_of):
    browser = client_of(student)
    declaration, decision = returned.declarations.get(), returned.decisions.get()
    for name, row in (("declaration_file", declaration), ("decision_file", decision)):
        response = browser.get(reverse(name, args=[returned.token, row.pk]))
        assert response.content.startswith(b"%PDF-") and response["Cache-Control"] == "no-store"
        assert returned.reference in response["Content-Disposition"]
        assert browser.get(reverse(name, args=[returned.token, row.pk + 999])).status_code == 404


def test_the_day_announced_is_shown_while_it_is_ahead(foundation, student, client_of):
    request = factories.submitted(student)
    url = reverse("request_page", args=[request.token])
    assert "21 mai 2020" in client_of(student).get(url).content.decode()
    with clock.at(clock.DEMO_START.replace(day=22)):
        assert "21 mai 2020" not in client_of(student).get(url).content.decode()
