"""A file as it comes from a school's software: encodings, separators, titles, and what is no list at all."""

from datetime import date
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid_requests.identity import Identity
from aid_requests.register import columns, files
from aid_requests.register.files import Layout, SealingWriter, private_storage, records
from aid_requests.register.people import (
    Person,
    as_text,
    differences,
    fold,
    from_text,
    identity_hash,
    is_same_person,
    read_person,
)
from aid_requests.register.reasons import FILE, FileFault, LineFault
from tests.aid_requests.register.factories import APOGEE, OTHER, STUDENT, sealed, text

TODAY = date(2020, 5, 15)
COLUMNS = columns.guess(APOGEE.split(";"), {})


def table_of(content: bytes, name: str = "registers/test", encoding: str = "") -> list[list[str]]:
    file = sealed(content)
    file.keep(name)
    try:
        layout = Layout(name, encoding or file.encoding, file.delimiter)
        return [cells for _number, cells in records(layout)]
    finally:
        private_storage().delete(name)


def person(line: str, domains: tuple[str, ...] = ("nord.example",)) -> Person:
    return read_person(line.split(";"), COLUMNS, len(APOGEE.split(";")), domains, TODAY)


def fault_of(line: str) -> str:
    with pytest.raises(LineFault) as caught:
        person(line)
    return caught.value.code


# Bytes ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_every_usual_way_to_write_a_list_is_recognised(encoding, mark):
    content = f"COD_ETU{mark}NOM\r\n1{mark}Léœ\r\n".encode(encoding)
    assert table_of(content) == [["COD_ETU", "NOM"], ["1", "Léœ"]]


def test_bytes_that_windows_does_not_use_are_latin_1():
    assert sealed(b"a;b\r\n\xe9;\x81\r\n").encoding == "latin-1"


def test_a_letter_cut_between_two_pieces_is_read_whole(monkeypatch):
    monkeypatch.setattr(files, "PIECE", 3)
    assert table_of("a;b\né;ée\nç;œ\n".encode()) == [["a", "b"], ["é", "ée"], ["ç", "œ"]]


def test_quoted_separators_line_ends_and_blank_lines():
    content = b'a;b\n"x;y";"two\nlines"\n\n;\nz;"q""q"'
    assert table_of(content) == [["a", "b"], ["x;y", "two\nlines"], ["z", 'q"q']]


def test_line_numbers_are_those_of_the_file():
    sealed(b"a;b\n\nc;d\n\ne;f\n").keep("registers/n")
    found = records(Layout("registers/n", "utf-8-sig", ";"))
    assert [number for number, _cells in found] == [1, 3, 5]
    private_storage().delete("registers/n")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"%PDF-1.7 ...", "pdf"),
        (b"PK\x03\x04xl/workbook.xml", "workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "workbook"),
        (b"\x7fELF\x02\x01\x00\x00;;;", "binary"),
        (b"only one column\nvalue\n", "one_column"),
    ],
)
def test_what_is_no_list_is_refused_by_a_sentence(content, code):
    with pytest.raises(FileFault) as caught:
        sealed(content)
    assert caught.value.code == code and caught.value.message == str(FILE[code])


def test_a_quote_that_is_never_closed_is_told_and_does_not_fill_the_memory():
    content = b'a;b\n"' + b"x;y\n" * 60_000
    with pytest.raises(FileFault) as caught:
        table_of(content)
    assert caught.value.code == "long_line"


def test_a_line_without_end_is_told():
    with pytest.raises(FileFault) as caught:
        table_of(b"a;b\n" + b"x" * (files.LONGEST_LINE + files.PIECE))
    assert caught.value.code == "long_line"


def test_the_wrong_encoding_chosen_by_hand_is_told():
    with pytest.raises(FileFault) as caught:
        table_of("a;b\né;f\n".encode("cp1252"), encoding="utf-8-sig")
    assert caught.value.code == "not_decoded"


def test_nothing_readable_is_written_anywhere():
    file = sealed(text(STUDENT))
    file.content.seek(0)
    assert b"Quartzmarker" not in file.content.read()
    file.keep("registers/x")
    with private_storage().open("registers/x") as kept:
        assert b"Quartzmarker" not in kept.read()
    private_storage().delete("registers/x")


def test_what_was_written_piece_by_piece_is_read_back(monkeypatch):
    monkeypatch.setattr(files, "PIECE", 1000)
    writer, plain = SealingWriter(), BytesIO()
    for number in range(2000):
        piece = f"{number};é{number}\n".encode()
        plain.write(piece)
        writer.write(piece)
    file = writer.finish()
    assert (file.size, file.lines) == (len(plain.getvalue()), 2000)
    assert table_of(plain.getvalue()) == [[str(n), f"é{n}"] for n in range(2000)]


# Titles --------------------------------------------------------------------------------------------------------------


def test_the_titles_of_apogee_are_known():
    found = {name: APOGEE.split(";")[place] for name, place in COLUMNS.items()}
    assert found == {
        "number": "COD_ETU", "last_name": "LIB_NOM_PAT_IND", "first_name": "LIB_PR1_IND",
        "birth_date": "DATE_NAI_IND", "email": "ADR_MAIL", "level": "NIVEAU", "year_of_study": "ANNEE_ETUDES",
        "curriculum": "COD_ETP", "scholarship": "BOURSIER",
    }  # fmt: skip


def test_other_titles_are_guessed_whatever_their_case_and_accents():
    titles = ["N° Étudiant", "NOM", "Nom d’usage", "Prénom", "Courriel", "Née le", "Filière"]
    assert columns.guess(titles, {}) == {
        "number": 0, "last_name": 1, "usual_name": 2, "first_name": 3, "email": 4, "birth_date": 5, "curriculum": 6,
    }  # fmt: skip


def test_what_the_school_chose_last_time_wins_over_the_guess():
    titles = ["NOM", "Nom officiel", "Prénom"]
    assert columns.guess(titles, {"last_name": "nom officiel"})["last_name"] == 1


# Lines ---------------------------------------------------------------------------------------------------------------


def test_a_whole_line_is_read():
    read = person(STUDENT)
    assert (read.number, read.level, read.year_of_study, read.scholarship) == ("21800001", "M1", 4, True)
    assert read.birth_date == date(1999, 9, 9)


@pytest.mark.parametrize(
    ("written", "year"), [("3", 3), ("3A", 3), ("1re année", 1), ("2ème", 2), ("5e année", 5), ("", None)]
)
def test_years_of_study_as_schools_write_them(written, year):
    assert person(f"1;N;P;;a@nord.example;;{written};;").year_of_study == year


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("09/09/1999", date(1999, 9, 9)),
        ("9-9-99", date(1999, 9, 9)),
        ("01/02/03", date(2003, 2, 1)),
        ("1999-09-09 00:00:00", date(1999, 9, 9)),
        ("19990909", date(1999, 9, 9)),
        ("", None),
    ],
)
def test_birth_dates_as_schools_write_them(written, day):
    assert person(f"1;N;P;{written};a@nord.example;;;;").birth_date == day


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (";N;P;;a@nord.example;;;;", "number"),
        ("2,18E+07;N;P;;a@nord.example;;;;", "number"),
        ("1;;;;a@nord.example;;;;", "name"),
        ("1;" + "N" * 101 + ";P;;a@nord.example;;;;", "name"),
        ("1;N\ufffde;P;;a@nord.example;;;;", "letters"),
        ("1;N\u200b;P;;a@nord.example;;;;", "letters"),
        ("1;N;P;;;;;;", "email"),
        ("1;N;P;;a b@nord.example;;;;", "email"),
        ("1;N;P;;a@gmail.example;;;;", "email_domain"),
        ("1;N;P;;a@evilnord.example;;;;", "email_domain"),
        ("1;N;P;31/02/2000;a@nord.example;;;;", "birth_date"),
        ("1;N;P;15/05/2020;a@nord.example;;;;", "birth_date"),
        ("1;N;P;01/01/1900;a@nord.example;;;;", "birth_date"),
        ("1;N;P;;a@nord.example;;douze;;", "year_of_study"),
        ("1;N;P;;a@nord.example;;;;peut-être", "scholarship"),
        ("1;N;P;;a@nord.example;" + "x" * 41 + ";;;", "long_words"),
        ("1;N;P", "columns"),
        ("1;N;P;;a@nord.example;;;;;shifted", "columns"),
    ],
)
def test_a_line_that_cannot_be_taken_says_why(line, code):
    assert fault_of(line) == code


def test_empty_cells_after_the_last_title_are_nothing():
    assert person("1;N;P;;a@sub.nord.example;;;;;;;").email == "a@sub.nord.example"


def test_what_is_kept_is_read_back_and_says_nothing_by_itself():
    one = person(STUDENT)
    assert from_text(as_text(one)) == one and "Quartzmarker" not in repr(one)
    assert differences(one, person(STUDENT.replace("M1", "M2"))) == ["level"]


# The same person -----------------------------------------------------------------------------------------------------


def declared(first: str, last: str, born: date = date(1999, 9, 9)) -> Identity:
    return Identity(first, last, born, birth_place="", address="")


def listed(first: str, last: str, **others: object) -> Person:
    return Person(number="1", email="a@nord.example", last_name=last, first_name=first, **others)


@pytest.mark.parametrize(
    ("on_the_list", "first", "last"),
    [
        (listed("ZELIE-MARIE", "D'ALENCON"), "Zélie-Marie", "d’Alençon"),
        (listed("Anne Sophie", "DUPONT"), "Anne-Sophie", "Dupont"),
        (listed("Anne", "DUPONT"), "Anne Marie Louise", "Dupont"),
        (listed("Anne", "DUPONT", other_names="Marie"), "Anne Marie", "Dupont"),
        (listed("Anne", "DUPONT", usual_name="MARTIN"), "Anne", "Martin"),
        (listed("", "Sukarno"), "Sukarno", ""),
        (listed("Иван", "Пётров"), "ИВАН", "Петров"),
        (listed("Cœur", "Œuvrard"), "Coeur", "Oeuvrard"),
    ],
)
def test_one_person_in_two_spellings(on_the_list, first, last):
    assert is_same_person(on_the_list, declared(first, last))


@pytest.mark.parametrize(
    ("on_the_list", "first", "last"),
    [
        (listed("Anne", "Dupont"), "Anna", "Dupont"),
        (listed("Anne", "Dupont"), "", "Dupont"),
        (listed("Anne", "Dupont"), "Anne", ""),
        (listed("Anne", "Dupont", birth_date=date(1999, 9, 8)), "Anne", "Dupont"),
        (listed("-", "’"), "-", "’"),
    ],
)
def test_two_persons(on_the_list, first, last):
    assert not is_same_person(on_the_list, declared(first, last))


def test_a_listed_identity_has_the_hash_of_the_declared_one():
    born = date(1999, 9, 9)
    assert identity_hash(listed("Zélie", "d’Alençon", birth_date=born)) == identity_hash(
        listed("ZELIE", "D'ALENCON", birth_date=born)
    )
    assert identity_hash(listed("Zélie", "d’Alençon")) == ""


@given(st.text(), st.text())
def test_folding_is_stable_and_never_fails(first, last):
    assert fold(fold(first)) == fold(first)
    assert is_same_person(listed(first, last), declared(first, last)) == bool(fold(last + first))


def test_other_lines_are_read_too():
    assert person(OTHER).last_name == "Nguyễn"
