"""The pages of the treasury and of the donor: each act on its page, nothing shown to whom it is not for."""

import uuid
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from donations.models import Agreement, Cheque, Deposit, ExpectedTransfer, Gift, TransferTie
from donations.outside import agreements, cheques
from fund.models import BankLine, OutgoingMail
from tests.donations.outside import factories
from tests.donations.outside.factories import SLIP, bank_says

PERSON = {
    "giver_kind": "person",
    "first_name": "Zoé",
    "last_name": "Marquise",
    "email": "",
    "country": "FR",
    "pocket": "general",
}


def page(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


# The donor --------------------------------------------------------------------------------------------------------


def announce(client: Client, **values: str) -> Any:
    """The form as a browser sends it, after the page was seen."""
    client.get(reverse("announce_transfer"))
    sent = {**PERSON, "email": "zoe@example.org", "amount": "250", "form_token": str(uuid.uuid4()), **values}
    return client.post(reverse("announce_transfer"), sent)


def test_a_donor_announces_a_transfer_and_reads_what_to_copy(house, client):
    answer = announce(client)
    expected = ExpectedTransfer.objects.get()
    assert answer.status_code == 302 and expected.gift.amount_cents == 25_000
    text = client.get(answer["Location"]).content.decode()
    assert expected.reference in text and "FR14 2004" in text and "Fondation partenariale" in text
    assert OutgoingMail.objects.count() == 1


def test_a_large_gift_is_announced_where_a_card_would_refuse_it(house, client):
    announce(client, amount="50 000")
    assert Gift.objects.get().amount_cents == 5_000_000 > settings.GIFT_MAX_CENTS


@pytest.mark.parametrize(
    ("field", "typed"),
    [("amount", "0,50"), ("amount", "beaucoup"), ("amount", ""), ("email", ""), ("pocket", "x")],
)
def test_a_wrong_form_is_given_back_and_nothing_is_made(house, client, field, typed):
    assert announce(client, **{field: typed}).status_code == 422
    assert not Gift.objects.exists() and not OutgoingMail.objects.exists()


def test_a_robot_announces_nothing(house, client):
    assert announce(client, web_page="https://example.org").status_code == 422
    sent = {**PERSON, "email": "zoe@example.org", "amount": "250"}
    assert Client().post(reverse("announce_transfer"), sent).status_code == 422
    assert not Gift.objects.exists()


def test_the_donors_page_tells_what_came(house, client):
    expected = factories.announce(house.pocket)
    bank_says(house.treasurer, (6_000, expected.reference))
    text = page(client, "transfer_page", expected.token)
    assert "60\u00a0€" in text and "est arrivé" in text
    assert client.get(reverse("transfer_page", args=[uuid.uuid4()])).status_code == 404


def test_the_gifts_own_page_leads_to_its_transfer(house, client):
    expected = factories.announce(house.pocket)
    answer = client.get(reverse("gift_page", args=[expected.gift.token]))
    assert answer["Location"] == reverse("transfer_page", args=[expected.token])


def test_without_an_account_no_transfer_can_be_announced(client, db):
    assert client.get(reverse("announce_transfer")).status_code == 503


# Cheques ----------------------------------------------------------------------------------------------------------


def test_the_treasurer_types_closes_and_another_confirms(house, client_of):
    treasurer, second = client_of(house.treasurer), client_of(house.signatory)
    assert "Aucune remise" in page(treasurer, "deposit_list")
    number = Deposit.objects.count() + 1
    assert treasurer.post(reverse("open_deposit"))["Location"] == reverse("deposit_page", args=[number])
    cheque = {**PERSON, "amount": "50", "number": "1234567", "bank_name": "Nordbank"}
    sent = {**cheque, "form_token": str(uuid.uuid4())}
    for _click in range(2):
        assert treasurer.post(reverse("add_cheque", args=[number]), sent).status_code == 302
    refused = treasurer.post(
        reverse("add_cheque", args=[number]), {**cheque, "form_token": str(uuid.uuid4())}
    )
    assert refused.status_code == 409 and Cheque.objects.count() == 1
    treasurer.post(reverse("move_deposit", args=[number, "fermer"]), {"slip_number": SLIP})
    assert "Marquise" in page(second, "deposit_page", number)
    assert treasurer.post(reverse("move_deposit", args=[number, "confirmer"])).status_code == 403
    for _click in range(2):
        assert second.post(reverse("move_deposit", args=[number, "confirmer"])).status_code == 302
    assert Gift.objects.get().state == "succeeded"


@pytest.mark.parametrize(
    ("field", "typed"), [("amount", "-5"), ("number", "12A4"), ("bank_name", ""), ("last_name", " ")]
)
def test_a_cheque_typed_wrong_is_given_back(house, client_of, field, typed):
    number = cheques.open_deposit(by=house.treasurer).number
    sent = {**PERSON, "amount": "50", "number": "1234567", "bank_name": "Banque", field: typed}
    assert client_of(house.treasurer).post(reverse("add_cheque", args=[number]), sent).status_code == 422
    assert not Cheque.objects.exists()


def test_the_slip_lists_the_cheques_without_their_donors(house, client_of):
    deposit = factories.closed_deposit(house.treasurer, house.pocket, 5_000, 12_000)
    text = page(client_of(house.treasurer), "deposit_slip", deposit.number)
    assert "170,00" in text and "Nordbank" in text and deposit.reference in text and "Zoé" not in text


def test_an_empty_deposit_is_told_on_the_page(house, client_of):
    number = cheques.open_deposit(by=house.treasurer).number
    client = client_of(house.treasurer)
    assert client.post(reverse("move_deposit", args=[number, "fermer"])).status_code == 302
    assert "est vide" in page(client, "deposit_page", number)
    assert client.post(reverse("move_deposit", args=[number, "autre"])).status_code == 404


def test_an_unpaid_cheque_takes_two_persons_on_the_page_too(house, client_of):
    deposit = factories.closed_deposit(house.treasurer, house.pocket, 5_000)
    bank_says(house.treasurer, (5_000, SLIP))
    cheque = deposit.cheques.get()
    treasurer, second = client_of(house.treasurer), client_of(house.signatory)
    assert "Signaler un impayé" in page(treasurer, "deposit_page", deposit.number)
    treasurer.post(reverse("move_cheque", args=[cheque.pk, "impaye"]))
    assert treasurer.post(reverse("move_cheque", args=[cheque.pk, "defaire"])).status_code == 403
    assert "Confirmer l’impayé" in page(second, "deposit_page", deposit.number)
    second.post(reverse("move_cheque", args=[cheque.pk, "defaire"]))
    assert Gift.objects.get().state == "undone"


# Transfers --------------------------------------------------------------------------------------------------------


def test_a_credit_of_nobody_is_tied_and_confirmed_on_the_pages(house, client_of):
    bank_says(house.treasurer, (8_000, "VIREMENT DE MADAME MARQUISE"))
    line = BankLine.objects.get()
    treasurer, second = client_of(house.treasurer), client_of(house.signatory)
    assert "MADAME MARQUISE" in page(treasurer, "transfer_list")
    assert "MADAME MARQUISE" in page(treasurer, "tie_line", line.pk)
    address = reverse("tie_line", args=[line.pk])
    assert treasurer.post(address, {"how": "expected", "reference": "DON-AAAA-11"}).status_code == 422
    assert treasurer.post(address, {**PERSON, "how": "donor"}).status_code == 302
    assert treasurer.get(address).status_code == 404
    tie = TransferTie.objects.get()
    assert treasurer.post(reverse("decide_tie", args=[tie.pk, "confirmer"])).status_code == 403
    assert "Zoé Marquise" in page(second, "transfer_list")
    for _click in range(2):
        assert second.post(reverse("decide_tie", args=[tie.pk, "confirmer"])).status_code == 302
    assert Gift.objects.get().state == "succeeded"


def test_an_announced_transfer_is_chosen_by_its_reference(house, client_of):
    expected = factories.announce(house.pocket)
    bank_says(house.treasurer, (5_000, "DON"))
    address = reverse("tie_line", args=[BankLine.objects.get().pk])
    sent = {"how": "expected", "reference": expected.reference.lower().replace("-", " ")}
    assert client_of(house.treasurer).post(address, sent).status_code == 302
    assert TransferTie.objects.get().expected == expected


def test_the_list_shows_each_kind_of_announced_transfer(house, client_of):
    waiting, came = factories.announce(house.pocket), factories.announce(house.pocket)
    bank_says(house.treasurer, (5_000, came.reference))
    client = client_of(house.treasurer)
    for view, shown, hidden in (("attendus", waiting, came), ("recus", came, waiting)):
        text = client.get(reverse("transfer_list"), {"voir": view}).content.decode()
        assert shown.reference in text and hidden.reference not in text
    empty = client.get(reverse("transfer_list"), {"voir": "sans-nouvelles"}).content.decode()
    assert "Aucun virement ici" in empty
    assert waiting.reference in client.get(reverse("transfer_list"), {"voir": "x"}).content.decode()


# Agreements -------------------------------------------------------------------------------------------------------

AGREEMENT = {
    "giver_kind": "company",
    "company_name": "Fonderie Essai",
    "legal_form": "SAS",
    "siren": "732 829 320",
    "country": "FR",
    "pocket": "general",
    "total": "1000",
    "signed_on": "2020-05-04",
    "due_1": "2020-05-10",
    "amount_1": "400",
    "due_2": "2020-11-30",
    "amount_2": "600",
}


def test_an_agreement_is_recorded_confirmed_and_its_letter_printed(house, client_of):
    treasurer, second = client_of(house.treasurer), client_of(house.signatory)
    assert "Aucune convention" in page(treasurer, "agreement_list")
    sent = {**AGREEMENT, "form_token": str(uuid.uuid4())}
    for _click in range(2):
        address = treasurer.post(reverse("record_agreement"), sent)["Location"]
    reference = Agreement.objects.get().reference
    assert address == reverse("agreement_page", args=[reference])
    assert treasurer.get(reverse("agreement_letter", args=[reference])).status_code == 404
    assert treasurer.post(reverse("move_agreement", args=[reference, "confirmer"])).status_code == 403
    second.post(reverse("move_agreement", args=[reference, "confirmer"]))
    text = page(second, "agreement_letter", reference)
    assert all(row.reference in text for row in ExpectedTransfer.objects.all()) and "FR14 2004" in text
    listed = page(treasurer, "agreement_list")
    assert "1 échéance en retard" in listed and "Fonderie Essai" in listed


@pytest.mark.parametrize(
    ("field", "typed"),
    [("total", "1001"), ("due_2", ""), ("amount_2", ""), ("siren", "732829321"), ("giver_kind", "person"),
     ("signed_on", "2020-06-01")],
)  # fmt: skip
def test_an_agreement_that_does_not_add_up_is_given_back(house, client_of, field, typed):
    answer = client_of(house.treasurer).post(reverse("record_agreement"), {**AGREEMENT, field: typed})
    assert answer.status_code == 422 and not Agreement.objects.exists()


def test_a_part_that_came_is_told_with_what_is_missing(house, client_of):
    agreement = factories.make_agreement(house.treasurer, house.pocket)
    agreements.confirm_agreement(by=house.signatory, agreement=agreement)
    first = agreement.instalments.order_by("position")[0]
    bank_says(house.treasurer, (100_000, first.expected.reference))
    text = page(client_of(house.treasurer), "agreement_page", agreement.reference)
    assert "il manque 3\u202f000,00\u00a0€" in text


# Who reads --------------------------------------------------------------------------------------------------------


def test_the_auditor_reads_everything_and_no_name(house, client_of):
    deposit = factories.closed_deposit(house.treasurer, house.pocket, 5_000)
    factories.announce(house.pocket)
    bank_says(house.treasurer, (8_000, "VIREMENT DE MADAME MARQUISE"))
    client = client_of(house.auditor)
    for name, args in (("deposit_list", ()), ("deposit_page", (deposit.number,)), ("transfer_list", ())):
        text = page(client, name, *args)
        assert (
            "Zoé" not in text and "MARQUISE" not in text and '<form method="post" action="/dons' not in text
        )


def test_the_desk_asks_only_who_may(house, client_of):
    deposit = factories.closed_deposit(house.treasurer, house.pocket, 5_000)
    words = f"La remise de chèques nº\u00a0{deposit.number} attend un second regard"
    assert words in page(client_of(house.signatory), "desk")
    assert words in page(client_of(house.treasurer2), "desk")
    assert words not in page(client_of(house.treasurer), "desk")
