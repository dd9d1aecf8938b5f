"""What is taken out of a text before members read it, and what is not (C2)."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid_requests.committee.screening import PLATE, Told, bare, find, kinds, mask

PERSON = Told(
    names=("Zélie-Marqueur", "Le Goff", "Grand"),
    schools=("École du Nord", "nord", "Lille", "nord.example", "Polytech Clermont"),
    towns=("Brest",),
    lines=("9 allée du Marqueur",),
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Je suis zelie.", f"Je suis {PLATE}."),
        ("ZÉLIE MARQUEUR a écrit", f"{PLATE} a écrit"),
        ("Ze\u0301\u200blie, ou Zé\u00adlie", PLATE + ", ou " + PLATE),
        ("zelie_legoff99 sur Instagram", f"{PLATE}99 sur Instagram"),
        ("le goff, Goff Zélie", PLATE),
        ("écrivez à zoe@nord.example ou au 06 12 34 59 87", f"écrivez à {PLATE} ou au {PLATE}"),
        ("+33 (0)6.12.34.59.87 puis 0033612345987", f"{PLATE} puis {PLATE}"),
        ("FR76 3000 6000 0112 3456 7890 189 est mon compte", f"{PLATE} est mon compte"),
        ("à l’école du nord de lille", f"à l’{PLATE} de {PLATE}"),
        ("à Polytech-Clermont", f"à {PLATE}"),
        ("rentré à Brest, au 9, Allée du marqueur", f"rentré à {PLATE}, au 9, {PLATE}"),
    ],
)
def test_what_tells_who_it_is_about_becomes_a_plate(text, shown):
    assert mask(text, PERSON) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Le loyer de mars, 410 €, n’est pas payé depuis le 15/03/2020.",
        "Le 01.02.2020 à 10 h, puis le 01-02-2020 10 h.",
        "Un grand froid. Grand froid au nord, le nord de la ville.",  # everyday words, written as such
        "Mon école est fermée, l’université aussi.",
        "Les goûts et les couleurs de ma goffe.",
        "Réf. 2020-000123, BP12 dans cette rue, 1 200 € par mois, dossier U-2020-0052.",
        "",
    ],
)
def test_ordinary_words_stay(text):
    assert mask(text, PERSON) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Un Grand m’attend.", f"Un {PLATE} m’attend."),
        ("GRAND", PLATE),
        ("grand zélie", PLATE),  # beside another word of the same person
        ("Voilà. Grand soleil.", "Voilà. Grand soleil."),  # where a sentence begins it is a word
    ],
)
def test_an_everyday_word_counts_where_it_is_written_as_a_name(text, shown):
    assert mask(text, PERSON) == shown


def test_a_short_name_counts_only_as_a_whole():
    person = Told(names=("Li", "Wu"))
    assert mask("Li Wu et Wu-Li lisent au lit.", person) == f"{PLATE} et {PLATE} lisent au lit."
    assert mask("Li lit.", person) == "Li lit."


def test_the_kinds_are_told_once_each_for_a_warning():
    assert kinds("Zélie, de Lille : zelie@nord.example, Lille", PERSON) == ["name", "school", "contact"]
    assert kinds("Rien ici.", PERSON) == []


def test_nothing_known_hides_only_contacts():
    assert mask("Zélie, zoe@nord.example", Told()) == f"Zélie, {PLATE}"
    assert mask("Zélie", Told(names=("", " ", "-"))) == "Zélie"


LETTERS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzéèêàçôïœÉÈÀ", min_size=3, max_size=12)
SPOKEN = st.text(alphabet="abcdefghijklmnopqrstuvwxyz éà.,!\n-’0123456789@", max_size=80)


@given(name=LETTERS, before=SPOKEN, after=SPOKEN, data=st.data())
def test_a_rare_name_never_stays_whatever_its_writing(name, before, after, data):
    """Rare: no everyday word. In any case, composed or not, with or without its accents."""
    name = f"xq{name}"
    written = data.draw(
        st.sampled_from(
            [name, name.upper(), name.title(), unicodedata.normalize("NFD", name), bare(name).upper()]
        )
    )
    masked = mask(f"{before} {written} {after}", Told(names=(name,)))
    assert bare(name) not in bare(masked) and PLATE in masked


@given(text=SPOKEN)
def test_screening_twice_changes_nothing_more_and_pieces_never_overlap(text):
    found = find(text, PERSON)
    assert all(one.end <= other.start for one, other in pairwise(found))
    once = mask(text, PERSON)
    assert mask(once, PERSON) == once


@given(text=st.text(alphabet="aeioultrsn .,", max_size=200))
def test_a_text_without_any_of_its_words_stays_as_it_is(text):
    person = Told(names=("Zykwob",), schools=("Institut Xyzkaa",), towns=("Vwxzk",))
    assert mask(text, person) == text
