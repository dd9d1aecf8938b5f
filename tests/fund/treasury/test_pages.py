"""The treasury's pages, walked by their people."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from fund.models import BankStatement, PaymentBatch
from fund.treasury import batches
from tests.fund.treasury.camt import camt, credit, debit
from tests.fund.treasury.factories import DEPOSIT, IBANS

pytestmark = pytest.mark.usefixtures("proved")


@pytest.fixture
def clients(treasury, client_of):
    return {name: client_of(person) for name, person in vars(treasury).items()}


def upload(client, data: bytes):
    return client.post(reverse("import_statement"), {"file": SimpleUploadedFile("anything.xml", data)})


def test_a_batch_goes_from_the_desk_to_the_bank_by_two_persons(clients, order_of):
    ids = [order_of(1).pk, order_of(2).pk]
    desk = clients["treasurer"].get(reverse("treasury_desk")).content.decode()
    assert "2 virements à préparer" in desk and "300,00\u00a0€" in desk
    made = clients["treasurer"].post(reverse("prepare_batch"), {"orders": ids})
    assert made.url == reverse("batch_page", args=[1])
    own = clients["treasurer"].get(made.url).content.decode()
    assert "Vous avez préparé ce lot\u00a0: une autre personne doit le signer." in own
    assert 'action="/tresorerie/lots/1/signer/"' not in own
    assert 'action="/tresorerie/lots/1/signer/"' in clients["signatory"].get(made.url).content.decode()
    refused = clients["treasurer"].post(reverse("sign_batch", args=[1]))
    assert refused.status_code == 403 and "une autre personne" in refused.content.decode()
    assert clients["signatory"].post(reverse("sign_batch", args=[1])).url == made.url
    file = clients["treasurer"].post(reverse("download_batch", args=[1]))
    assert file["Content-Disposition"] == 'attachment; filename="lot-000001.xml"'
    assert file["Cache-Control"] == "no-store" and b"CS-LOT-000001" in file.content
    assert clients["treasurer"].get(reverse("download_batch", args=[1])).status_code == 405


def test_pages_show_no_account_but_its_tail(clients, order_of, treasury):
    order = order_of(1)
    batches.prepare_batch(by=treasury.treasurer, order_ids=[order.pk])
    for address in (reverse("treasury_desk"), reverse("batch_list"), reverse("batch_page", args=[1])):
        text = clients["treasurer"].get(address).content.decode()
        assert IBANS[1] not in text and "Œuvrard" not in text
    assert (
        f"•••• {IBANS[1][-4:]}" in clients["treasurer"].get(reverse("batch_page", args=[1])).content.decode()
    )


def test_missing_cash_is_told_on_the_desk(clients, order_of):
    ids = [order_of(number, cents=30_000).pk for number in (1, 2, 3)]
    clients["treasurer"].post(reverse("prepare_batch"), {"orders": ids})
    order = order_of(4, cents=10_000)
    assert clients["treasurer"].post(reverse("prepare_batch"), {"orders": [order.pk]}).status_code == 302
    assert clients["treasurer"].post(reverse("prepare_batch"), {}).status_code == 422
    stale = clients["treasurer"].post(reverse("prepare_batch"), {"orders": ids[:1]})
    assert stale.status_code == 422 and "rechargez la page" in stale.content.decode()


def test_undoing_a_batch_is_a_post_of_the_treasury(clients, order_of):
    clients["treasurer"].post(reverse("prepare_batch"), {"orders": [order_of(1).pk]})
    assert clients["auditor"].post(reverse("cancel_batch", args=[1])).status_code == 403
    assert clients["treasurer"].post(reverse("cancel_batch", args=[1])).status_code == 302
    assert PaymentBatch.objects.get().state == "cancelled"
    assert clients["treasurer"].get(reverse("batch_page", args=[1])).status_code == 200
    assert clients["signatory"].post(reverse("sign_batch", args=[1])).status_code == 409


def test_a_statement_is_imported_shown_and_refused_the_second_time(clients):
    data = camt("A-2", 100_000, [credit(5_000, remittance=DEPOSIT), debit(900, "ELSEWHERE")])
    done = upload(clients["treasurer"], data)
    text = clients["treasurer"].get(done.url).content.decode()
    assert "1 ligne reconnue, 1 à rapprocher" in text
    assert "appelez la banque aujourd’hui" in text and "1\u202f041,00\u00a0€" in text
    again = upload(clients["treasurer"], data)
    assert again.status_code == 409
    assert "Ce relevé a déjà été lu le 15 mai. Rien n’a été ajouté." in again.content.decode()
    assert clients["treasurer"].post(reverse("match_lines")).url == reverse("statement_list")


@pytest.mark.parametrize("data", [b"", b"not a statement", b"<a/>"])
def test_a_file_that_is_no_statement_is_told_in_the_form(clients, data):
    response = upload(clients["treasurer"], data)
    assert response.status_code == 409 and "Ce fichier" in response.content.decode()
    assert BankStatement.objects.count() == 1


def test_a_huge_file_is_refused_before_it_is_read(clients, settings):
    settings.STATEMENT_MAX_BYTES = 1_000
    response = upload(clients["treasurer"], b"<" * 1_001)
    assert response.status_code == 422 and "20\u00a0Mo" in response.content.decode()


def test_the_auditor_reads_everything_and_changes_nothing(clients, order_of):
    clients["treasurer"].post(reverse("prepare_batch"), {"orders": [order_of(1).pk]})
    statement = BankStatement.objects.get()
    shown = [reverse(name) for name in ("treasury_desk", "batch_list", "statement_list")]
    shown += [reverse("batch_page", args=[1]), reverse("statement_page", args=[statement.pk])]
    for address in shown:
        response = clients["auditor"].get(address)
        assert response.status_code == 200
        assert 'action="/tresorerie' not in response.content.decode()
    acts = [reverse(name) for name in ("prepare_batch", "import_statement", "match_lines")]
    acts += [reverse(name, args=[1]) for name in ("sign_batch", "cancel_batch", "download_batch")]
    assert {clients["auditor"].post(address).status_code for address in acts} == {403}


@pytest.mark.parametrize("name", ["member1", "chair", "referent", "communication", "administrator"])
def test_other_roles_do_not_enter(clients, name):
    for address in ("treasury_desk", "batch_list", "statement_list"):
        assert clients[name].get(reverse(address)).status_code == 403
