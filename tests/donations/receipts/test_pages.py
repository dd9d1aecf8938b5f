"""The pages of receipts: the donor's, the public check, the treasurer's desk, the attestation."""

import re
from datetime import datetime
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from donations.givers import Giver
from donations.models import Receipt, ReceiptRun
from donations.receipts import copies, voiding
from fund import clock, vault
from fund.models import AuditEvent
from tests.donations.factories import dispute_of, event, make_gift, post_event, refund_of
from tests.donations.receipts.factories import ZOE, received, received_month, run_worker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation")]
NAMES = ("Zoé", "Essai</", "Œillets", "Lyon")
FISCAL = re.compile(r"fisca|impôt|réduction|déduc|CGI|tax", re.IGNORECASE)


@pytest.fixture
def receipt(basis, pocket) -> Receipt:
    received(pocket)
    run_worker()
    return Receipt.objects.select_related("void").get()


def page(name: str, **kwargs) -> str:
    answer = Client().get(reverse(name, kwargs=kwargs))
    assert answer.status_code == 200
    return answer.content.decode()


def told(html: str) -> str:
    """The words of the page's middle, where the frame (its navigation and its feet) says nothing."""
    middle = html.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", middle).replace("\u00a0", " ").replace("\u202f", " ").split())


def test_the_donor_reads_and_downloads_the_receipt_without_an_account(receipt):
    said = told(page("receipt_page", token=receipt.token))
    for words in (
        "nº 2020-000001",
        "Zoé Essai",
        "12 rue des Œillets",
        "50,00 €",
        "cinquante euros",
        "le 15 mai 2020",
    ):
        assert words in said, words
    answer = Client().get(reverse("receipt_file", args=[receipt.token]))
    assert answer.content == copies.frozen_pdf_of(receipt)
    assert answer["Content-Disposition"] == 'attachment; filename="recu-2020-000001.pdf"'
    assert answer["Content-Type"] == "application/pdf" and "no-store" in answer["Cache-Control"]


def test_the_same_download_gives_the_same_bytes(receipt):
    address = reverse("receipt_file", args=[receipt.token])
    assert Client().get(address).content == Client().get(address).content


def test_a_void_one_says_so_first_and_leads_to_its_replacement(receipt, people):
    voiding.correct_receipt(by=people.treasurer, receipt=receipt, giver=ZOE)
    run_worker()
    said = page("receipt_page", token=receipt.token)
    second = Receipt.objects.latest("pk")
    assert "est annulé" in said and "2020-000002" in said and second.token in said
    copy = Client().get(reverse("receipt_file", args=[receipt.token])).content
    assert "ANNULÉ" in PdfReader(BytesIO(copy)).pages[0].extract_text()


@pytest.mark.parametrize("name", ["receipt_page", "receipt_file"])
def test_neither_a_guess_nor_the_public_token_opens_a_receipt(receipt, name):
    for token in ("x", receipt.check_token, receipt.reference):
        assert Client().get(reverse(name, args=[token])).status_code == 404


@pytest.mark.parametrize("name", ["receipt_page", "receipt_file"])
def test_once_its_keeping_ended_a_receipt_says_nothing(receipt, name):
    vault.erase_subject(receipt.key)
    assert Client().get(reverse(name, args=[receipt.token])).status_code == 404


def test_a_token_holds_more_than_128_bits(receipt):
    assert len(receipt.token) == len(receipt.check_token) == 43 and receipt.token != receipt.check_token


def test_the_public_check_tells_number_date_and_amount_and_nobodys_name(receipt):
    html = page("check_receipt", token=receipt.check_token)
    said = told(html)
    for words in ("authentique", "2020-000001", "50,00 €", "2020"):
        assert words in said, words
    assert [name for name in (*NAMES, receipt.token) if name in html] == []


def test_the_public_check_of_a_void_one_tells_only_that(receipt, people):
    voiding.void_receipt(by=people.treasurer, receipt=receipt, reason="asked")
    said = told(page("check_receipt", token=receipt.check_token))
    assert "annulé" in said and "2020-000001" in said and "50,00" not in said and "authentique" not in said


def test_the_public_check_knows_no_other_token(receipt):
    for token in ("x", receipt.token, receipt.reference):
        answer = Client().get(reverse("check_receipt", args=[token]))
        assert answer.status_code == 404 and "50,00" not in told(answer.content.decode())


def test_the_code_on_the_paper_leads_to_the_check(receipt):
    facts = copies.facts_of(receipt)
    assert facts.check_url.endswith(reverse("check_receipt", args=[receipt.check_token]))


# The attestation ----------------------------------------------------------------------------------------------


def test_without_a_text_a_gift_has_an_attestation_without_a_fiscal_word(pocket):
    gift = received(pocket)
    html = page("attestation_page", token=gift.token)
    pdf = Client().get(reverse("attestation_file", args=[gift.token])).content
    paper = " ".join(PdfReader(BytesIO(pdf)).pages[0].extract_text().replace("\u00a0", " ").split())
    for said in (told(html), paper):
        assert "Zoé Essai" in said and "50,00 €" in said and "15 mai 2020" in said
        assert FISCAL.search(said) is None
    assert len(pdf) <= 25_000


def test_the_same_attestation_of_the_same_day_is_the_same_bytes(pocket):
    gift = received(pocket)
    with clock.at(clock.DEMO_START):
        first, second = (
            Client().get(reverse("attestation_file", args=[gift.token])).content for _ in range(2)
        )
    assert first == second


def test_a_gift_with_a_receipt_leads_there_instead(receipt):
    gift = receipt.lines.get().gift
    answer = Client().get(reverse("attestation_page", args=[gift.token]))
    assert answer["Location"] == reverse("receipt_page", args=[receipt.token])


def test_after_a_partial_refund_the_attestation_says_what_is_left(pocket):
    gift = received(pocket, giver=Giver("Zoé", "Essai"))
    post_event(event("refund.created", refund_of(gift, "re_1", 2_000)))
    assert "aujourd’hui de 30,00 €" in told(page("attestation_page", token=gift.token))


@pytest.mark.parametrize("fate", ["promised", "refunded", "contested", "erased"])
def test_nothing_is_attested_of_what_is_not_there(pocket, fate):
    gift = make_gift(pocket) if fate == "promised" else received(pocket)
    if fate == "refunded":
        post_event(event("refund.created", refund_of(gift)))
    if fate == "contested":
        post_event(event("charge.dispute.created", dispute_of(gift)))
    if fate == "erased":
        vault.erase_subject(gift.donor.subject_key)
    for name in ("attestation_page", "attestation_file"):
        assert Client().get(reverse(name, args=[gift.token])).status_code == 404


# The desk -----------------------------------------------------------------------------------------------------


def test_the_treasurer_starts_a_run_and_sees_how_far_it_is(basis, pocket, people, client_of):
    received_month(pocket, datetime(2020, 3, 5, tzinfo=clock.PARIS))
    received_month(
        pocket, datetime(2020, 3, 6, tzinfo=clock.PARIS), email="b@example.org", giver=Giver("A", "B")
    )
    client = client_of(people.treasurer)
    with clock.at(clock.DEMO_START):
        answer = client.post(reverse("start_receipt_run"), {"year": "2020"})
        run = ReceiptRun.objects.get()
        assert answer["Location"] == reverse("receipt_run", args=[run.pk])
        waiting = client.get(answer["Location"]).content.decode()
        assert 'hx-trigger="every 2s"' in waiting and "0 donateur vu sur 2" in waiting
        assert client.post(reverse("start_receipt_run"), {"year": "2020"}).status_code == 302
        assert ReceiptRun.objects.count() == 1
        run_worker()
    done = client.get(reverse("receipt_run_state", args=[run.pk])).content.decode()
    assert (
        "hx-trigger" not in done
        and "2 donateurs vus sur 2" in done
        and "1 reçu émis" in told(f"<main>{done}</main>")
    )
    assert "Nom ou adresse incomplets" in done


def test_a_year_that_is_none_starts_nothing(basis, people, client_of):
    client = client_of(people.treasurer)
    for year in ("", "20", "abcd", "٢٠٢٠"):
        assert client.post(reverse("start_receipt_run"), {"year": year})["Location"] == reverse(
            "receipt_list"
        )
    assert client.post(reverse("start_receipt_run"), {"year": "9999"}).status_code == 403
    assert not ReceiptRun.objects.exists()


def test_the_list_tells_what_is_declared_and_names_nobody(receipt, people, client_of):
    with clock.at(clock.DEMO_START):
        html = client_of(people.auditor).get(reverse("receipt_list")).content.decode()
    assert "Reçus fiscaux 2020" in html and "2020-000001" in html and "50,00\u00a0€" in html
    assert "Zoé" not in html and reverse("start_receipt_run") not in html


@pytest.mark.parametrize(
    ("typed", "is_found"), [("1", True), ("2020-000001", True), ("2", False), ("x", False)]
)
def test_a_receipt_is_found_by_its_number(receipt, people, client_of, typed, is_found):
    with clock.at(clock.DEMO_START):
        html = client_of(people.treasurer).get(reverse("receipt_list"), {"numero": typed}).content.decode()
    assert (reverse("staff_receipt", args=[receipt.pk]) in html) == is_found


def test_without_a_text_the_list_says_what_is_missing(pocket, people, client_of):
    html = client_of(people.treasurer).get(reverse("receipt_list")).content.decode()
    assert "inscrire le texte" in html and reverse("start_receipt_run") not in html


def test_the_staff_download_is_the_original_and_is_written_down(receipt, people, client_of):
    before = copies.frozen_pdf_of(receipt)
    voiding.void_receipt(by=people.treasurer, receipt=receipt, reason="asked")
    answer = client_of(people.auditor).post(reverse("download_receipt", args=[receipt.pk]))
    assert answer.content == before
    assert AuditEvent.objects.filter(action="receipt.read", by=people.auditor).count() == 1


def test_the_treasurer_voids_from_the_page_once(receipt, people, client_of):
    client = client_of(people.treasurer)
    address = reverse("staff_receipt", args=[receipt.pk])
    assert "Annuler sans remplacer" in client.get(address).content.decode()
    for _ in range(2):
        answer = client.post(reverse("void_receipt", args=[receipt.pk]), {"reason": "asked"})
        assert answer["Location"] == address
    html = client.get(address).content.decode()
    assert "à la demande du donateur" in html and "Annuler sans remplacer" not in html


def test_the_treasurer_asks_anew_from_the_void_one_s_page_and_others_do_not_see_it(
    receipt, people, client_of
):
    address = reverse("staff_receipt", args=[receipt.pk])
    client, anew = client_of(people.treasurer), reverse("ask_receipt_anew", args=[receipt.pk])
    assert anew not in client.get(address).content.decode()
    refused = client.post(anew, follow=True).content.decode()
    assert "attendent aucun nouveau reçu" in refused
    voiding.void_receipt(by=people.treasurer, receipt=receipt, reason="asked")
    assert anew in client.get(address).content.decode()
    assert anew not in client_of(people.auditor).get(address).content.decode()
    assert "suit dans un instant" in client.post(anew, follow=True).content.decode()
    assert "issued" in run_worker()
    assert anew not in client.get(address).content.decode()


def looks_at(receipt: Receipt) -> int:
    """How often somebody's look at the receipt's donor was written down."""
    return AuditEvent.objects.filter(action="receipt.read", object_id=str(receipt.pk)).count()


def test_a_correction_from_the_page_makes_the_new_receipt(receipt, people, client_of):
    client, address = client_of(people.treasurer), reverse("correct_receipt", args=[receipt.pk])
    offered = client.get(address).content.decode()
    assert "Essai" not in offered.split("<main")[1].split("<footer")[0] and not looks_at(receipt)
    html = client.post(address, {"read": "1"}).content.decode()
    assert 'value="Essai"' in html and "siren" not in html and looks_at(receipt) == 1
    values = {"first_name": "Zoé", "last_name": "Essai-Martin", "street": "3 quai Neuf", "postcode": "13002"}
    wrong = client.post(address, {**values, "town": "Marseille", "country": "France"})
    assert wrong.status_code == 422 and not Receipt.objects.exclude(void=None).exists()
    right = client.post(address, {**values, "town": "Marseille", "country": "FR"})
    assert right["Location"] == reverse("staff_receipt", args=[receipt.pk])
    run_worker()
    assert copies.facts_of(Receipt.objects.latest("pk")).giver.last_name == "Essai-Martin"
    assert client.get(address).status_code == 302, "a void one is corrected no more"


def test_a_name_that_the_paper_cannot_show_is_refused_with_a_sentence(receipt, people, client_of):
    values = {
        "last_name": "יעל",
        "street": "3 quai Neuf",
        "postcode": "13002",
        "town": "Marseille",
        "country": "FR",
    }
    answer = client_of(people.treasurer).post(reverse("correct_receipt", args=[receipt.pk]), values)
    assert answer.status_code == 422 and "lettres latines" in answer.content.decode()
