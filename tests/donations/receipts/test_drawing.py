"""The paper itself: pure, deterministic, and whole however long the names and the year."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from donations.givers import Address, Giver
from donations.receipts import drawing, facts, pen, typeface
from donations.receipts.facts import Body, Facts, Payment

ONE = Payment(date(2020, 5, 15), 15_000, "D-2020-000001", "card")
PAPER = Facts(
    reference="2020-000001",
    form="11580",
    body=Body("Fondation d’essai", "732829320", "1 rue de l’Essai", "75001", "Paris", "Aider"),
    giver=Giver("Zoé", "Essai", address=Address("12 rue des Œillets", "69003", "Lyon")),
    payments=(ONE,),
    issued_on=date(2020, 5, 15),
    signer_name="Sam Essai",
    signer_quality="La trésorière",
    check_url="https://fonds.example/verifier/abc/",
)


def pages_of(pdf: bytes) -> list[str]:
    pages = PdfReader(BytesIO(pdf)).pages
    return [
        " ".join(page.extract_text().replace("\u00a0", " ").replace("\u202f", " ").split()) for page in pages
    ]


def test_the_same_facts_give_the_same_bytes_and_others_do_not():
    first = drawing.draw_receipt(PAPER)
    drawing.draw_receipt(replace(PAPER, giver=Giver("Łukasz", "Ždanov", address=PAPER.giver.address)))
    assert (
        drawing.draw_receipt(PAPER) == first != drawing.draw_receipt(replace(PAPER, reference="2020-000002"))
    )


def test_nothing_of_one_receipt_stands_on_the_next():
    """Failure 29: the giver of one paper leaked into the next of the batch."""
    drawing.draw_receipt(replace(PAPER, giver=replace(PAPER.giver, last_name="Marqueur")))
    assert "Marqueur" not in pages_of(drawing.draw_receipt(PAPER))[0]


def test_facts_survive_being_kept_as_text():
    assert facts.from_json(facts.to_json(PAPER)) == PAPER


@pytest.mark.parametrize(
    ("means", "ticked"),
    [
        ("card", "☒ Virement, prélèvement, carte bancaire"),
        ("debit", "☒ Virement, prélèvement, carte bancaire"),
        ("transfer", "☒ Virement, prélèvement, carte bancaire"),
        ("cheque", "☒ Chèque"),
    ],
)
def test_the_box_of_the_means_is_ticked(means, ticked):
    (said,) = pages_of(drawing.draw_receipt(replace(PAPER, payments=(replace(ONE, means=means),))))
    assert ticked in said and "☐ Remise d’espèces" in said


def test_a_written_deed_is_ticked_instead_of_a_gift_from_hand_to_hand():
    (said,) = pages_of(drawing.draw_receipt(replace(PAPER, is_written_deed=True)))
    assert "☒ Acte sous seing privé" in said and "☐ Déclaration de don manuel" in said


@pytest.mark.parametrize(("count", "pages"), [(2, 2), (12, 2), (47, 2), (120, 4)])
def test_each_payment_of_a_year_is_on_the_paper(count, pages):
    payments = tuple(
        Payment(
            date(2020, 1, 1) + timedelta(days=number * 3), 1_000 + number, f"D-2020-{number:06d}", "debit"
        )
        for number in range(count)
    )
    said = pages_of(drawing.draw_receipt(replace(PAPER, payments=payments)))
    assert len(said) == pages
    whole = " ".join(said)
    assert [payment.reference for payment in payments if payment.reference not in whole] == []
    assert "du 1er janvier 2020 au" in said[0] and f"page 1 sur {pages}" in said[0]
    assert (
        drawing.framed(sum(payment.amount_cents for payment in payments))
        .replace("\u202f", " ")
        .replace("\u00a0", " ")
        in said[-1]
    )


def test_the_longest_names_stay_on_the_page():
    long = Giver(
        "Prénom " * 11, "N" * 80, company_name="", address=Address("Rue très longue " * 8, "69003", "V" * 80)
    )
    paper = drawing.draw_receipt(
        replace(PAPER, giver=long, body=replace(PAPER.body, object_text="Aider " * 50))
    )
    (said,) = pages_of(paper)
    assert "N" * 40 in said and "Sam Essai" in said and "Vérifier ce reçu" in said


def test_the_name_of_the_foundation_is_not_written_over_the_number(monkeypatch):
    first_row = []
    write = pen.Page.at

    def at(page, x, text, **how):
        if page.y == pen.TOP:
            first_row.append(x + typeface.width_of(text, how["size"], how["font"]))
        write(page, x, text, **how)

    monkeypatch.setattr(pen.Page, "at", at)
    body = replace(PAPER.body, name="Fondation partenariale de quinze écoles (démonstration)")
    paper = drawing.draw_receipt(replace(PAPER, body=body))
    number = typeface.width_of("Numéro d’ordre du reçu\u00a0: 2020-000001", 10, pen.BOLD)
    assert len(first_row) == 1 and first_row[0] < pen.RIGHT - number
    assert "Fondation partenariale de quinze écoles (démonstration)" in pages_of(paper)[0]


def test_no_line_is_wider_than_its_room():
    for text in ("mot " * 60, "M" * 300, "court", ""):
        lines = pen.wrapped(text.strip(), 200, 9)
        assert all(typeface.width_of(line, 9) <= 200 for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_void_copy_is_stamped_on_every_page():
    said = pages_of(drawing.draw_void_copy(replace(PAPER, payments=(ONE, ONE))))
    assert len(said) == 2 and all("ANNULÉ" in page for page in said)
    assert "ANNULÉ" not in pages_of(drawing.draw_receipt(PAPER))[0]


def test_a_replacement_names_the_void_one():
    (said,) = pages_of(drawing.draw_receipt(replace(PAPER, replaces="2020-000004")))
    assert "Ce reçu annule et remplace le reçu nº 2020-000004." in said


@pytest.mark.parametrize(
    ("text", "is_written"),
    [("Zoé Ñandú Łukasz Ždanov", True), ("Ελένη Иван", True), ("יעל", False), ("山田", False)],
)
def test_what_the_typeface_can_write(text, is_written):
    assert typeface.can_write(text) is is_written
