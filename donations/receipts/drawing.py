"""The receipt on paper: every mention of the forms 11580 (2041-RD) and 16216 (2041-MEC-SD), on a layout of our own.

Own layouts are allowed where all the mentions are there (BOI-IR-RICI-250-40). In French only, the law's language
(loi 94-665, art. 2). Pure: facts in, bytes out, no database; the same facts give the same bytes.
"""

from datetime import date

from donations.receipts import typeface
from donations.receipts.facts import ACCOUNT, CASH, CHEQUE, MEANS_WORDS, Facts, Payment
from donations.receipts.pen import BOLD, BOTTOM, RIGHT, SIDE, SOFT, TOP, WIDTH, Page, wrapped
from donations.receipts.words import amount_in_words
from fund.money import format_euros

VOID_STAMP = "ANNULÉ"
_QR_SIDE = 70
_NAME_GAP = 12
_ROW = 13.5
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip


def draw_receipt(facts: Facts) -> bytes:
    """The receipt as it is given, once, and kept."""
    return _draw(facts, "")


def draw_void_copy(facts: Facts) -> bytes:
    """The same under « ANNULÉ »: what is shown of a void receipt, whose own bytes stay as they were given."""
    return _draw(facts, VOID_STAMP)


def long_date(day: date) -> str:
    """« 1er mai 2020 »."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}\u00a0{_MONTHS[day.month - 1]}\u00a0{day.year}"


def grouped(siren: str) -> str:
    """« 732 829 320 »."""
    return "\u202f".join((siren[:3], siren[3:6], siren[6:]))


def framed(cents: int) -> str:
    """« ***150,00 €*** »: stars on both sides, so that no figure can be added."""
    return f"***{format_euros(cents, 'fr')}***"


def _draw(facts: Facts, stamp: str) -> bytes:
    page = Page(
        title=f"Reçu fiscal nº {facts.reference}",
        author=facts.body.name,
        subject="Reçu au titre des dons",
        stamp=stamp,
    )
    _head(page, facts)
    _body(page, facts)
    _giver(page, facts)
    _amount(page, facts)
    _certificate(page, facts)
    _signature(page, facts)
    _foot(page, facts)
    if len(facts.payments) > 1:
        _list_of_payments(page, facts)
    return page.finish()


def _head(page: Page, facts: Facts) -> None:
    number = f"Numéro d’ordre du reçu\u00a0: {facts.reference}"
    page.at_right(number, size=10, font=BOLD)
    room = WIDTH - typeface.width_of(number, 10, BOLD) - _NAME_GAP
    for row, part in enumerate(wrapped(facts.body.name, room, 11, BOLD)):
        page.down(14 if row else 0)
        page.at(SIDE, part, size=11, font=BOLD)
    page.rule(9)
    page.down(8)
    if facts.is_of_a_company:
        title = "Reçu des dons et versements effectués par les entreprises"
        under = "Article 238 bis du code général des impôts (CGI). Mentions du formulaire 2041-MEC-SD, Cerfa nº 16216."
    else:
        title = "Reçu au titre des dons à certains organismes d’intérêt général"
        under = "Articles 200 et 978 du code général des impôts (CGI). Mentions du formulaire 2041-RD, Cerfa nº 11580."
    page.line(title, size=13, font=BOLD)
    page.down(2)
    page.line(under, size=8, colour=SOFT)
    if facts.replaces:
        page.line(f"Ce reçu annule et remplace le reçu nº {facts.replaces}.", size=9, font=BOLD)


def _body(page: Page, facts: Facts) -> None:
    body = facts.body
    page.heading("Bénéficiaire des versements")
    page.pair("Dénomination", body.name, font=BOLD)
    page.pair("SIREN", grouped(body.siren))
    page.pair("Adresse", f"{body.street}, {body.postcode} {body.town}")
    page.pair("Objet", body.object_text)
    page.boxes(
        "Qualité",
        (
            (
                "Fondation universitaire ou fondation partenariale mentionnées respectivement aux articles"
                " L.\u00a0719-12 et L.\u00a0719-13 du code de l’éducation (ici, fondation partenariale)",
                True,
            ),
        ),
    )


def _giver(page: Page, facts: Facts) -> None:
    giver = facts.giver
    if facts.is_of_a_company:
        page.heading("Entreprise donatrice")
        page.pair("Dénomination", giver.company_name, font=BOLD)
        page.pair("Forme juridique", giver.legal_form)
        page.pair("SIREN", grouped(giver.siren))
    else:
        page.heading("Donateur")
        page.pair("Nom", giver.last_name, font=BOLD)
        page.pair("Prénoms", giver.first_name or "non indiqué")
    address = giver.address
    place = f"{address.postcode} {address.town}".strip()
    country = "" if address.country == "FR" else f" ({address.country})"
    page.pair("Adresse", f"{address.street}, {place}{country}")


def _amount(page: Page, facts: Facts) -> None:
    page.heading("Versement" if len(facts.payments) == 1 else f"Versements ({len(facts.payments)})")
    page.down(2)
    page.line(
        "Le bénéficiaire reconnaît avoir reçu au titre des dons et versements ouvrant droit à réduction d’impôt"
        " la somme de\u00a0:"
    )
    page.down(8)
    page.line(framed(facts.amount_cents), size=17, font=BOLD)
    page.down(2)
    page.pair("En toutes lettres", amount_in_words(facts.amount_cents))
    if facts.first_on == facts.last_on:
        page.pair("Date du versement", long_date(facts.first_on))
    else:
        page.pair(
            "Période",
            f"du {long_date(facts.first_on)} au {long_date(facts.last_on)}, versements détaillés en page 2",
        )


def _certificate(page: Page, facts: Facts) -> None:
    page.down(8)
    page.line(
        "Le bénéficiaire certifie sur l’honneur que les dons et versements qu’il reçoit ouvrent droit à la réduction"
        " d’impôt prévue à l’article\u00a0:"
    )
    if facts.is_of_a_company:
        page.boxes("Article du CGI", (("238 bis du CGI", True),))
    else:
        page.boxes("Article du CGI", (("200 du CGI", True), ("978 du CGI", False)))
    page.boxes(
        "Forme du don",
        (
            ("Acte authentique", False),
            ("Acte sous seing privé", facts.is_written_deed),
            ("Déclaration de don manuel", not facts.is_written_deed),
            ("Autres", False),
        ),
    )
    page.boxes(
        "Nature du don",
        (
            ("Numéraire", True),
            ("Titres de sociétés cotés", False),
            ("Abandon exprès de revenus ou de produits, frais", False),
            ("Autres", False),
        ),
    )
    page.boxes(
        "Mode de versement",
        (
            ("Remise d’espèces", CASH in facts.means),
            ("Chèque", CHEQUE in facts.means),
            ("Virement, prélèvement, carte bancaire", ACCOUNT in facts.means),
        ),
    )


def _signature(page: Page, facts: Facts) -> None:
    page.down(14)
    start = page.y
    page.line(f"Fait à {facts.body.town}, le {long_date(facts.issued_on)}")
    page.down(2)
    page.line(f"{facts.signer_quality}\u00a0:", colour=SOFT)
    page.line(facts.signer_name, size=11, font=BOLD)
    page.line("Signature imprimée du représentant habilité du bénéficiaire", size=7.5, colour=SOFT)
    page.code(facts.check_url, x=RIGHT - _QR_SIDE, y=start - _QR_SIDE - 2, side=_QR_SIDE)
    page.y = min(page.y, start - _QR_SIDE - 2)


def _foot(page: Page, facts: Facts) -> None:
    pages = 1 + -(-len(facts.payments) // _rows_per_page()) if len(facts.payments) > 1 else 1
    page.y = min(page.y - 12, BOTTOM + 26)
    page.line(f"Vérifier ce reçu\u00a0: {facts.check_url}", size=7.5, colour=SOFT)
    page.line(
        f"Reçu nº {facts.reference}, page 1 sur {pages}. Le code et l’adresse disent seulement s’il est authentique,"
        " son numéro, sa date et son montant.",
        size=7.5,
        colour=SOFT,
    )


def _rows_per_page() -> int:
    return int((TOP - 70 - BOTTOM) // _ROW)


def _list_of_payments(page: Page, facts: Facts) -> None:
    """The payments, one a row, on as many pages as they need."""
    rows, most = facts.payments, _rows_per_page()
    pages = -(-len(rows) // most)
    for number in range(pages):
        page.next_page()
        page.at(SIDE, "Détail des versements", size=12, font=BOLD)
        page.at_right(f"Reçu nº {facts.reference}, page {number + 2} sur {pages + 1}", size=8, colour=SOFT)
        page.rule(9)
        for payment in rows[number * most : (number + 1) * most]:
            _row(page, payment)
    page.rule(6)
    page.down(14)
    page.at(SIDE, "Total", size=9.5, font=BOLD)
    page.at_right(framed(facts.amount_cents), size=9.5, font=BOLD)


def _row(page: Page, payment: Payment) -> None:
    page.down(_ROW)
    page.at(SIDE, long_date(payment.received_on))
    page.at(SIDE + 120, MEANS_WORDS[payment.means])
    page.at(SIDE + 250, f"don {payment.reference}")
    page.at_right(format_euros(payment.amount_cents, "fr"))
