"""Amounts in words, against an independent list and against the rules of French."""

import csv

import pytest

from donations.receipts.words import LIMIT, amount_in_words, number_in_words
from tests.conftest import shared_data


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (1, "un centime"),
        (80, "quatre-vingts centimes"),
        (100, "un euro"),
        (101, "un euro et un centime"),
        (2_100, "vingt et un euros"),
        (7_100, "soixante et onze euros"),
        (7_700, "soixante-dix-sept euros"),
        (8_000, "quatre-vingts euros"),
        (8_100, "quatre-vingt-un euros"),
        (9_100, "quatre-vingt-onze euros"),
        (20_000, "deux cents euros"),
        (20_120, "deux cent un euros et vingt centimes"),
        (100_000, "mille euros"),
        (8_000_000, "quatre-vingt mille euros"),
        (20_000_000, "deux cent mille euros"),
        (100_000_000, "un million d’euros"),
        (100_000_100, "un million un euros"),
        (8_000_000_000, "quatre-vingts millions d’euros"),
        (20_000_000_000, "deux cents millions d’euros"),
        (100_100_000_000, "un milliard un million d’euros"),
    ],
)
def test_an_amount_is_written_as_french_writes_it(cents, words):
    assert amount_in_words(cents) == words


@pytest.mark.parametrize("cents", [0, -1, LIMIT * 100])
def test_nothing_and_too_much_have_no_words(cents):
    with pytest.raises(ValueError, match="positive"):
        amount_in_words(cents)


@pytest.mark.shared
def test_every_amount_of_the_independent_list_agrees():
    with shared_data("words.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 70
    for row in rows:
        euros, _dot, decimals = row["amount"].partition(".")
        cents = int(euros) * 100 + int(decimals.ljust(2, "0") or 0)
        assert amount_in_words(cents).replace("’", "'") == row["words_traditional"], row["amount"]


def test_no_two_numbers_below_ten_thousand_share_their_words():
    assert len({number_in_words(number) for number in range(10_000)}) == 10_000
