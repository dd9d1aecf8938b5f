"""Receipts made one by one: what they say, their numbers, and that nothing comes twice."""

import hashlib
from dataclasses import replace
from datetime import datetime
from io import BytesIO

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from pypdf import PdfReader

from donations.givers import Address, Giver
from donations.models import Gift, Receipt, ReceiptCounter, ReceiptLine
from donations.receipts import copies, issuing, queries
from donations.receipts.numbering import next_number
from fund import clock, vault
from fund.models import AuditEvent, OutgoingMail
from tests.donations.receipts.factories import COMPANY, HOME, ZOE, received, received_month, run_worker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation", "proved")]
PARIS = clock.PARIS


def text_of(pdf: bytes) -> str:
    return " ".join("\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_a_received_gift_with_an_address_has_its_receipt_and_one_mail(basis, pocket):
    gift = received(pocket)
    assert run_worker() == ["thanked", "issued"]
    receipt = queries.live_receipt_of(gift)
    assert (receipt.reference, receipt.form, receipt.amount_cents) == ("2020-000001", "11580", 5_000)
    assert (receipt.issuer, receipt.basis, receipt.donor) == ("732829320", basis, gift.donor)
    assert list(queries.receipts_of(gift.donor)) == [receipt]
    mail = OutgoingMail.objects.get(key=f"receipt:{receipt.pk}:ready")
    text = vault.open_text(mail.text_sealed)
    assert receipt.token in text and "Essai" not in text and "€" not in text
    assert AuditEvent.objects.filter(action="receipt.issued", object_id=str(receipt.pk)).count() == 1


def test_asking_again_gives_nothing_more(basis, pocket):
    gift = received(pocket)
    run_worker()
    assert issuing.give_receipt.func(gift.pk) == "nothing to certify"
    assert Receipt.objects.count() == OutgoingMail.objects.filter(key__startswith="receipt:").count() == 1


def test_without_a_text_that_allows_it_there_is_no_receipt(pocket):
    gift = received(pocket)
    assert run_worker() == ["thanked"]
    assert issuing.give_receipt.func(gift.pk) == "off"


@pytest.mark.parametrize(
    ("giver", "why"),
    [
        (Giver("Zoé", "Essai"), "no_address"),
        (replace(COMPANY, siren=""), "no_address"),
        (replace(ZOE, last_name="", first_name="Zoé"), "no_address"),
        (replace(ZOE, last_name="יעל"), "unwritable"),
    ],
)
def test_an_identity_that_no_paper_can_carry_gets_none_and_takes_no_number(basis, pocket, giver, why):
    received(pocket, giver=giver)
    assert run_worker() == ["thanked", why]
    assert not ReceiptCounter.objects.exists()


def test_a_month_of_a_monthly_gift_waits_for_the_receipt_of_the_year(basis, pocket):
    gift = received_month(pocket, datetime(2020, 3, 5, tzinfo=PARIS))
    assert issuing.give_receipt.func(gift.pk) == "with the year"


def test_a_gift_of_31_december_at_half_past_eleven_in_paris_is_of_that_year(basis, pocket):
    """Failure 30: 23:30 in Paris is 22:30 UTC the same day, and half past midnight is 23:30 UTC of the day before."""
    before = received(pocket, on=datetime(2020, 12, 31, 23, 30, tzinfo=PARIS), email="a@example.org")
    after = received(pocket, on=datetime(2021, 1, 1, 0, 30, tzinfo=PARIS), email="b@example.org")
    run_worker()
    found = [queries.live_receipt_of(gift) for gift in (before, after)]
    assert [receipt.reference for receipt in found] == ["2020-000001", "2021-000001"]
    assert [receipt.first_on.isoformat() for receipt in found] == ["2020-12-31", "2021-01-01"]
    assert list(queries.gifts_to_certify(2020)) == []


def test_every_mention_of_form_11580_is_on_the_paper(basis, pocket):
    gift = received(pocket, amount_cents=20_120)
    run_worker()
    said = text_of(copies.frozen_pdf_of(queries.live_receipt_of(gift)))
    for mention in (
        "Numéro d’ordre du reçu : 2020-000001",
        "Fondation partenariale d’essai",
        "732 829 320",
        "1 rue de l’Essai, 75001 Paris",
        "Aider les élèves d’écoles d’ingénieurs en difficulté",
        "☒ Fondation universitaire ou fondation partenariale",
        "Nom Essai",
        "Prénoms Zoé",
        "12 rue des Œillets, 69003 Lyon",
        "***201,20 €***",
        "deux cent un euros et vingt centimes",
        "Date du versement 15 mai 2020",
        "certifie sur l’honneur que les dons et versements qu’il reçoit ouvrent droit à la réduction d’impôt prévue à",
        "☒ 200 du CGI",
        "☐ 978 du CGI",
        "☒ Déclaration de don manuel",
        "☒ Numéraire",
        "☐ Chèque",
        "☒ Virement, prélèvement, carte bancaire",
        "Fait à Paris, le",
        "La trésorière",
        "Sam Essai",
    ):
        assert mention in said.replace("\u202f", " ").replace("\u00a0", " "), mention


def test_every_mention_of_form_16216_is_on_a_companys_paper(basis, pocket):
    gift = received(pocket, giver=COMPANY)
    run_worker()
    receipt = queries.live_receipt_of(gift)
    said = text_of(copies.frozen_pdf_of(receipt))
    assert receipt.form == "16216"
    for mention in (
        "Essais réunis",
        "Forme juridique SAS",
        "☒ 238 bis du CGI",
        "2041-MEC-SD",
        "12 rue des Œillets",
    ):
        assert mention in said.replace("\u00a0", " "), mention
    assert "Inès" not in said and "978" not in said


def test_the_paper_is_small_french_and_the_same_each_time(basis, pocket):
    gift = received(pocket)
    run_worker()
    receipt = queries.live_receipt_of(gift)
    pdf = copies.frozen_pdf_of(receipt)
    reader = PdfReader(BytesIO(pdf))
    assert len(pdf) <= 25_000 and len(reader.pages) == 1
    assert reader.metadata.title == "Reçu fiscal nº\u00a02020-000001"
    assert str(reader.root_object["/Lang"]) == "fr-FR"
    assert hashlib.sha256(pdf).hexdigest() == receipt.pdf_sha256
    assert copies.handed_out_pdf_of(Receipt.objects.get()) == pdf
    assert b"Essai" not in bytes(receipt.pdf_sealed) and "Essai" not in receipt.facts_sealed


def test_a_donor_who_is_erased_keeps_the_receipt_that_the_law_keeps(basis, pocket):
    gift = received(pocket)
    run_worker()
    vault.erase_subject(gift.donor.subject_key)
    assert copies.facts_of(Receipt.objects.get()).giver == ZOE


def test_someone_taxed_abroad_has_a_receipt_too_with_the_country(basis, pocket):
    gift = received(pocket, giver=replace(ZOE, address=Address("Rue 1", "1000", "Bruxelles", "BE")))
    run_worker()
    assert "1000 Bruxelles (BE)" in text_of(copies.frozen_pdf_of(queries.live_receipt_of(gift)))


def test_a_gift_is_on_one_live_receipt_by_the_database_itself(basis, pocket):
    gift = received(pocket)
    run_worker()
    first = ReceiptLine.objects.get()
    issuer = issuing.issuer_now()
    with pytest.raises(IntegrityError), transaction.atomic():
        issuing.issue(issuer, ZOE, [gift])
    assert list(ReceiptLine.objects.all()) == [first]
    assert ReceiptCounter.objects.get().last == 1, "the number went back with the rest"


@pytest.mark.parametrize(
    "change",
    [
        {"amount_cents": 1},
        {"number": 7},
        {"pdf_sha256": ""},
        {"token": "x"},
    ],
)
def test_a_receipt_never_changes(basis, pocket, change):
    received(pocket)
    run_worker()
    with pytest.raises(DatabaseError), transaction.atomic():
        Receipt.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Receipt.objects.all().delete()


@pytest.mark.parametrize("change", [{"amount_cents": 1}, {"received_on": "2020-01-01"}])
def test_a_line_of_a_receipt_only_ends(basis, pocket, change):
    received(pocket)
    run_worker()
    with pytest.raises(DatabaseError), transaction.atomic():
        ReceiptLine.objects.update(**change)


def test_a_number_is_taken_inside_a_transaction_only(monkeypatch, transactional_db):
    with pytest.raises(RuntimeError, match="transaction"):
        next_number("732829320", 2020)


def test_gifts_under_one_name_at_two_addresses_are_one_donors(basis, pocket):
    """The address told last is the one on the paper."""
    first = received(pocket)
    second = received(pocket, giver=replace(ZOE, address=Address("3 quai Neuf", "13002", "Marseille")))
    with transaction.atomic():
        gifts = issuing.lock_gifts([first.pk, second.pk])
        receipt = issuing.issue(issuing.issuer_now(), issuing.checked_giver(gifts), gifts)
    assert copies.facts_of(receipt).giver.address.town == "Marseille"
    assert receipt.amount_cents == 10_000 == sum(Gift.objects.values_list("amount_cents", flat=True))
    assert first.donor == second.donor and HOME.town == "Lyon"
    run_worker()
