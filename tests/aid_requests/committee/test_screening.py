"""What is taken out of a text before members read it, and what is not (C2)."""

import unicodedata
from datetime import date
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
    cities=("Lille", "Lyon", "Clermont-Ferrand", "Agen", "Nice"),
    initials=("ZL", "LZ", "ZMLG"),
    born=date(1997, 6, 8),
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


@pytest.mark.parametrize(
    "written",
    [
        "8 juin 1997",
        "08/06/1997",
        "8/6/97",
        "8.6.1997",
        "08-06-97",
        "08 06 1997",
        "1997-06-08",
        "8 JUIN 97",
        "June 8th, 1997",
        "8 June 1997",
        "6/8/1997",
        "08061997",
    ],
)
def test_the_day_of_birth_becomes_a_plate_in_the_forms_people_write(written):
    assert mask(f"Je suis d’ici, {written}, depuis 12.", PERSON) == f"Je suis d’ici, {PLATE}, depuis 12."
    assert mask(f"12 {written}", PERSON) == f"12 {PLATE}"


@pytest.mark.parametrize(
    "before", ["née le", "Né le dimanche", "né·e le", "mon anniversaire est le", "NÉE LE"]
)
def test_a_day_without_its_year_counts_after_words_of_birth(before):
    for written in ("8 juin", "8/6"):
        assert mask(f"{before} {written}, ici.", PERSON) == f"{before} {PLATE}, ici."
        assert mask(f"{before} 9{written[1:]}", PERSON) == f"{before} 9{written[1:]}"


@pytest.mark.parametrize(
    "text",
    [
        "Le 8 juin, le 8 juin 2020, le 08/06/2020, le 8 mai 1997, en 1997, juin 97.",
        "95,50 € en 2020, 1 500 000 €, 1500000 €, 12345 pas.",
        "J’ai à y aller : il y a à l a b c.",
        "L’agence et son agent à l’agenda, niche, lycée, limite.",
        "P.S. : S.A. et c.-à-d. la z.l. d’ici.",
        "Λόγος, слово.",
    ],
)
def test_what_only_looks_like_it_stays(text):
    assert mask(text, PERSON) == text


@pytest.mark.parametrize(
    "written",
    [
        "lyonnaise",
        "LYONNAIS",
        "lillois",
        "clermontoise",
        "Z é l i e",
        "Z.E.L.I.E",
        "G-o-f-f",
        "L i l l e",
        "\u0396\u00e9lie",  # a Greek zeta
        "G\u043eff",  # a Cyrillic o
        "Z\u0435\u0301lie",  # a Cyrillic e under its accent
        "\u041carqueur",  # a Cyrillic em
        "zelielegoff",
        "zeliegoff",
        "goffmarqueur",
        "jesuiszeliegoff",
        "Z.L.",
        "Z. L.",
        "L.Z",
        "Z.-M. L. G.",
        "11912345",
        "1191234",
    ],
)
def test_other_writings_of_the_same_become_a_plate(written):
    assert mask(f"Voici {written} !", PERSON) == f"Voici {PLATE} !"


def test_the_kinds_are_told_once_each_for_a_warning():
    assert kinds("Zélie, de Lille : zelie@nord.example, Lille", PERSON) == ["name", "school", "contact"]
    assert kinds("Le 8/6/97, 11912345.", PERSON) == ["birth", "number"]
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


@given(name=LETTERS, gap=st.sampled_from([" ", ".", "-", " - ", "\u00a0"]), before=SPOKEN)
def test_a_rare_name_never_stays_letter_by_letter(name, gap, before):
    name = f"xq{name}"
    assert mask(f"{before}, {gap.join(name)}", Told(names=(name,))).endswith(PLATE)


@given(born=st.dates(date(1940, 1, 1), date(2009, 12, 31)), before=SPOKEN, after=SPOKEN, data=st.data())
def test_a_day_of_birth_never_stays(born, before, after, data):
    form = data.draw(st.sampled_from(["%d/%m/%Y", "%d.%m.%y", "%Y-%m-%d", "%d-%m-%Y"]))
    written = born.strftime(form)
    assert written not in mask(f"{before} ({written}) {after}", Told(born=born))


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
