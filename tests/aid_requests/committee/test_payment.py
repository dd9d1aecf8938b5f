"""From the second vote to the account, with the bank in between: each aid is paid once, to who was decided on."""

import pytest
from django.db import transaction
from django.urls import reverse

from aid_requests import returns
from aid_requests.committee import actions
from aid_requests.models import AidRequest, BankDetails
from aid_requests.reference import KIND, PAYEE_KIND
from aid_requests.workflow import REQUEST
from config.demo import bank
from fund import balances, chart, vault, workflow
from fund.models import OutgoingMail, PaymentOrder
from fund.models.people import Role
from fund.roles import Refused
from fund.treasury import batches
from fund.treasury.orders import create_order
from fund.treasury.statements import import_statement
from tests.aid_requests.committee import factories
from tests.conftest import grant

pytestmark = pytest.mark.usefixtures("proved")
OTHER_IBAN = "DE89370400440532013000"


@pytest.fixture
def granted(committee, file_of):
    """`granted(3)` is the granted request of student 3."""

    def decide(number: int) -> AidRequest:
        request = file_of(number)
        for voter in (committee.member1, committee.chair):
            actions.cast_vote(by=voter, request=request, choice="grant", revision=1)
        request.refresh_from_db()
        return request

    return decide


def send_all(committee):
    ids = PaymentOrder.objects.filter(state="due").values_list("pk", flat=True)
    batch = batches.prepare_batch(by=committee.treasurer, order_ids=ids)
    return batches.sign_batch(by=committee.signatory, batch=batch)


def other_account(request: AidRequest) -> PaymentOrder:
    """What a signed change of account does after a return."""
    with transaction.atomic():
        request = workflow.lock(AidRequest, request.pk)
        details = factories.make_account(request.applicant, OTHER_IBAN)
        workflow.move(REQUEST, request, "give_other_account", by=None, fields={"bank_details": details})
        return create_order(
            reference_kind=KIND,
            reference_id=str(request.pk),
            payee_kind=PAYEE_KIND,
            payee_id=str(request.applicant_id),
            label=request.reference,
            amount_cents=request.amount_cents or 0,
            subject_key=request.applicant.subject_key,
            iban=OTHER_IBAN,
            holder="Zélie Quintefeuille",
            pocket=PaymentOrder.objects.get(reference_id=str(request.pk)).pocket,
            scheme="emergency-aid",
            school=request.school,
        )


def states() -> dict[str, str]:
    return dict(AidRequest.objects.values_list("reference", "state"))


def test_three_aids_are_paid_one_returns_and_is_paid_once_to_another_account(committee, granted):
    first, second = granted(1), granted(2)
    granted(3)
    batch = send_all(committee)
    returned = PaymentOrder.objects.get(reference_id=str(second.pk))
    answer = bank.answer(batch.message_id, returned.end_to_end_id)
    assert import_statement(by=committee.treasurer, data=bytes(answer.file)).parked == 0
    assert states() == {"U-2020-0001": "paid", "U-2020-0002": "returned", "U-2020-0003": "paid"}
    assert balances.balance_cents(chart.BANK) == 70_000 and balances.left_cents() == 55_000

    again = other_account(second)
    assert again.end_to_end_id == returned.end_to_end_id[:-1] + "2"
    answer = bank.answer(send_all(committee).message_id, None)
    import_statement(by=committee.treasurer, data=bytes(answer.file))
    assert set(states().values()) == {"paid"}
    assert balances.balance_cents(chart.BANK) == 55_000 and balances.balance_cents(chart.AIDS_OWED) == 0
    told = [
        key.split(":")[2]
        for key in OutgoingMail.objects.filter(key__startswith=f"request:{first.pk}:").values_list(
            "key", flat=True
        )
    ]
    assert sorted(told) == ["decided", "paid"]


def test_an_account_changed_after_the_decision_is_not_paid(committee, granted):
    """Failure 17, in both directions: neither the new nor the old account is paid without a signature for it."""
    request = granted(1)
    details = factories.make_account(request.applicant, OTHER_IBAN)
    AidRequest.objects.filter(pk=request.pk).update(bank_details=details)
    with pytest.raises(Refused) as refused:
        send_all(committee)
    assert str(refused.value.refusal) == (
        "U-2020-0001\u00a0: Le compte a changé depuis la décision. Retirez ce virement du lot."
    )
    AidRequest.objects.filter(pk=request.pk).update(bank_details=request.bank_details)


def test_the_file_names_the_fund_and_the_reference_and_no_aid(committee, granted):
    granted(1)
    batch = send_all(committee)
    (transfer,) = bank.transfers_of(batch.message_id).transfers
    assert transfer.remittance == "Fondation d'essai U-2020-0001"
    assert transfer.iban == factories.IBAN and "aide" not in transfer.remittance.lower()


def test_a_payee_who_became_a_signatory_does_not_sign_the_own_payment(committee, granted):
    """Invariant 5: nobody acts on the own file."""
    request = granted(1)
    payee = request.applicant.user
    grant(payee, Role.SIGNATORY, by=committee.administrator, consent=committee.auditor)
    order = PaymentOrder.objects.get()
    batch = batches.prepare_batch(by=committee.treasurer, order_ids=[order.pk])
    with pytest.raises(Refused) as refused:
        batches.sign_batch(by=payee, batch=batch)
    assert refused.value.refusal.code == "tie"


def test_a_former_member_who_voted_does_not_sign_that_payment(committee, granted):
    granted(1)
    order = PaymentOrder.objects.get()
    for role in committee.chair.role_grants.all():
        role.revoked_at = role.granted_at
        role.save()
    grant(committee.chair, Role.SIGNATORY, by=committee.administrator, consent=committee.auditor)
    batch = batches.prepare_batch(by=committee.treasurer, order_ids=[order.pk])
    with pytest.raises(Refused) as refused:
        batches.sign_batch(by=committee.chair, batch=batch)
    assert refused.value.refusal.code == "tie"


def test_an_erased_person_is_named_by_reference_only(committee, granted):
    request = granted(1)
    vault.erase_subject(request.applicant.subject_key)
    with pytest.raises(Refused) as refused:
        send_all(committee)
    assert str(refused.value.refusal).startswith("U-2020-0001")


def come_back(committee, granted, code: str) -> AidRequest:
    """A granted request whose transfer was debited and came back with this ISO 20022 reason."""
    request = granted(1)
    batch = send_all(committee)
    answer = bank.answer(batch.message_id, PaymentOrder.objects.get().end_to_end_id)
    data = bytes(answer.file).replace(b"<Cd>AC04</Cd>", f"<Cd>{code}</Cd>".encode())
    import_statement(by=committee.treasurer, data=data)
    request.refresh_from_db()
    assert request.state == "returned"
    return request


def mails_about(request: AidRequest, event: str) -> int:
    return OutgoingMail.objects.filter(key__startswith=f"request:{request.pk}:{event}").count()


def test_a_closed_account_is_said_in_plain_words(committee, granted, client_of):
    request = come_back(committee, granted, "AC04")
    page = (
        client_of(request.applicant.user).get(reverse("request_page", args=[request.token])).content.decode()
    )
    assert "ce compte est fermé" in page
    assert mails_about(request, "returned") == 1


@pytest.mark.parametrize("code", sorted(returns.HUMAN_ONLY))
def test_after_a_death_or_a_legal_doubt_nothing_goes_out_by_itself(committee, granted, client_of, code):
    """ISO 20022 MD07, RR04, AM05, DUPL, FOCR, CUST: no mail, no other account, before somebody has looked."""
    request = come_back(committee, granted, code)
    student = client_of(request.applicant.user)
    assert mails_about(request, "returned") == 0
    assert (
        "L’équipe regarde pourquoi"
        in student.get(reverse("request_page", args=[request.token])).content.decode()
    )
    address = reverse("request_other_account", args=[request.token])
    typed = {"act": "account", "iban": OTHER_IBAN, "holder": "Zélie Quintefeuille"}
    assert "L’équipe regarde d’abord" in student.post(address, typed).content.decode()
    assert BankDetails.objects.count() == 1
    assert PaymentOrder.objects.count() == 1
    treasury = client_of(committee.treasurer).get(reverse("treasury_desk")).content.decode()
    assert code in treasury, "the treasurer sees why"
