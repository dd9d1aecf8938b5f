"""The publication on paper: every figure of the snapshot to the cent, the same bytes each time, both languages."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from reports.pdf import publication_pdf
from reports.snapshot import Snapshot
from tests.reports.factories import AID, SNAPSHOT

ADDRESS = "https://fund.example/comptes/publications/1/"
HASH = "0123456789abcdef" * 4


def render(snapshot: Snapshot, language: str = "fr", **words: str) -> bytes:
    told = {"title": "Un titre", "intro": "Une introduction.", **words}
    return publication_pdf(
        snapshot,
        language=language,
        released_on=date(2020, 5, 13),
        payload_sha256=HASH,
        address=ADDRESS,
        **told,
    )


def text_of(data: bytes) -> str:
    pages = PdfReader(BytesIO(data)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_same_publication_gives_the_same_bytes(language):
    data = render(SNAPSHOT, language)
    assert data == render(SNAPSHOT, language)
    assert len(data) < 150_000
    assert PdfReader(BytesIO(data)).metadata.title.endswith("Un titre")


def test_every_figure_is_there_to_the_cent():
    text = text_of(render(SNAPSHOT))
    for figure in ("11 240", "6 000,00", "1 050,00", "168,40", "4 021,60", "174", "40"):
        assert figure in text, figure
    assert "nº 1" in text
    assert "13 mai 2020" in text


def test_it_says_how_to_check_with_links():
    data = render(SNAPSHOT)
    text = text_of(data)
    assert HASH in text
    assert ADDRESS in text
    links = [
        annotation.get_object()["/A"]["/URI"]
        for page in PdfReader(BytesIO(data)).pages
        for annotation in page.get("/Annots", [])
    ]
    assert links == [ADDRESS, ADDRESS.rstrip("/") + ".json"]


def test_promised_that_is_withheld_stands_nowhere():
    text = text_of(render(replace(SNAPSHOT, aid=replace(AID, promised_cents=None, left_cents=None))))
    assert "1 050" not in text
    assert "4 021" not in text
    assert "trop peu d’élèves" in text


def test_without_aid_it_says_so_and_draws_gifts_only():
    text = text_of(render(replace(SNAPSHOT, aid=None, aid_steps=())))
    assert "Les aides ne sont pas encore publiées" in text
    assert "Versé 6" not in text


@pytest.mark.parametrize(
    "changed",
    [
        {"days": (), "raised_cents": 0, "gifts": 0, "donors": 0, "aid": None, "aid_steps": ()},
        {"goal_cents": 0},
        {"raised_cents": 1_000_000_000},
    ],
)
def test_extreme_figures_still_make_a_document(changed):
    assert render(replace(SNAPSHOT, **changed)).startswith(b"%PDF-")


def test_what_a_person_typed_is_never_markup():
    assert "<b>gras</b> & co" in text_of(render(SNAPSHOT, title="<b>gras</b> & co", intro="a < b\n\nc"))
