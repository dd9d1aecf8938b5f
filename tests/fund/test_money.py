"""Amounts: typed by people, kept as cents, shown as a French reader expects."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund import money


@pytest.mark.parametrize(
    ("text", "cents"),
    [("20", 2000), ("12,50", 1250), ("12.5", 1250), ("1 234,50", 123450), ("1\u202f234,50\u00a0€", 123450),
     ("1'234.50", 123450), ("0,01", 1), (" 5 € ", 500), ("999999999,99", 99_999_999_999), ("7,", 700)],
)  # fmt: skip
def test_what_people_type_is_understood(text, cents):
    assert money.parse_euros(text) == cents


@pytest.mark.parametrize(
    ("text", "words"),
    [("0", "plus grand que zéro"), ("0,00", "plus grand que zéro"), ("-5", "plus grand que zéro"),
     ("\u22125", "plus grand que zéro"), ("1,234", "deux décimales"), ("1.234", "deux décimales"),
     ("vingt", "Écrivez un montant"), ("", "Écrivez un montant"), ("1e3", "Écrivez un montant"),
     ("1,2,3", "Écrivez un montant"), ("NaN", "Écrivez un montant"), ("1000000000", "trop grand"),
     ("99999999999999999999", "trop grand"), ("٣", "Écrivez un montant")],
)  # fmt: skip
def test_what_is_no_amount_is_refused_with_a_sentence(text, words):
    with pytest.raises(money.AmountError) as refusal:
        money.parse_euros(text)
    assert words in str(refusal.value)


@pytest.mark.parametrize(("text", "cents"), [("0", 0), ("0,00", 0), ("0 €", 0), ("0,01", 1), ("12,50", 1250)])
def test_nothing_is_an_answer_where_one_is_asked(text, cents):
    assert money.parse_euros_from_zero(text) == cents


@pytest.mark.parametrize(
    ("text", "words"),
    [("-5", "négatif"), ("\u22125", "négatif"), ("1,234", "deux décimales"), ("rien", "Écrivez")],
)
def test_less_than_nothing_has_a_sentence_of_its_own(text, words):
    with pytest.raises(money.AmountError) as refusal:
        money.parse_euros_from_zero(text)
    assert words in str(refusal.value)


def test_french_spaces_are_the_typographic_ones():
    assert money.format_euros(123456) == "1\u202f234,56\u00a0€"
    assert money.format_euros(-5) == "\u22120,05\u00a0€"
    assert money.format_euros(15000, cents_shown=False) == "150\u00a0€"
    assert money.format_euros(15050, cents_shown=False) == "150,50\u00a0€"
    assert money.format_euros(123456, "en") == "€1,234.56"


@given(st.integers(1, money.MAX_CENTS))
def test_what_is_shown_reads_back(cents):
    assert money.parse_euros(money.format_euros(cents)) == cents
    assert money.parse_euros(money.plain_euros(cents)) == cents


@given(st.integers(0, 10**9), st.integers(1, 500))
def test_a_split_loses_no_cent(total, parts):
    shares = money.split_cents(total, parts)
    assert sum(shares) == total
    assert max(shares) - min(shares) <= 1
