"""What communication types for a publication: the page and the paper must be able to say the same."""

import pytest

from fund.plain_text import without_hidden
from reports.charts import typeface
from reports.forms import PublicationForm

SENT = {"title": "Un titre", "intro": "Une introduction.", "up_to": "2020-05-15"}
WORDS = ("title", "intro", "title_en", "intro_en")


def form_of(**values: str) -> PublicationForm:
    return PublicationForm({**SENT, **values})


@pytest.mark.parametrize("field", WORDS)
@pytest.mark.parametrize(
    "hidden", ["\u202e", "\u2066", "\u200b", "\u200f", "\ufeff", "\x07", "\ue000", "\u3164"]
)
def test_what_nobody_sees_is_taken_out(field, hidden):
    form = form_of(**{field: f"{hidden}L’e\u0301té{hidden} à 20\u202f%{hidden}"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data[field] == "L’été à 20\u202f%"


@pytest.mark.parametrize("field", ["title", "intro"])
def test_words_that_nobody_sees_are_no_words(field):
    form = form_of(**{field: "\u200b\u202e"})
    assert list(form.errors) == [field]


@pytest.mark.parametrize("field", WORDS)
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("Ici 漢 et 漢", "Ce signe ne peut pas être imprimé\u00a0: 漢"),
        ("Ici 漢 et 字", "Ces signes ne peuvent pas être imprimés\u00a0: 漢 字"),
        ("Ici שלום", "Ces signes ne peuvent pas être imprimés\u00a0: ש ל ו ם"),
        ("Ici \U0001fae8", "Ce signe ne peut pas être imprimé\u00a0: \U0001fae8"),
    ],
)
def test_what_the_paper_cannot_say_is_refused_by_name(field, typed, sentence):
    assert form_of(**{field: typed}).errors == {field: [sentence]}


def test_what_french_and_its_neighbours_write_can_be_printed():
    typed = "« L’été »\u202f: œuvre, Łódź, Ærø, 12\u00a0500\u00a0€ — 3\u202f% … № → ½ “so”"
    form = form_of(title=typed, intro=f"{typed}\r\n\r\nEt\tpuis.")
    assert form.is_valid(), form.errors
    assert form.wording().intro == f"{typed}\n\nEt puis."
    assert typeface.undrawable(typed) == []


def test_both_faces_must_have_the_sign():
    """The title is printed in the bold face, which has fewer signs."""
    plain, bold = (
        typeface.pdfmetrics.getFont(name).face.charToGlyph for name in (typeface.PLAIN, typeface.BOLD)
    )
    only_plain = [chr(code) for code in sorted(plain.keys() - bold.keys())]
    left_to_right = [sign for sign in only_plain if sign.isprintable() and not sign.isspace()]
    assert left_to_right and typeface.undrawable("".join(left_to_right)) == left_to_right


def test_line_ends_are_kept_and_written_one_way():
    assert without_hidden("a\r\nb\rc\nd\te") == "a\nb\nc\nd e"
