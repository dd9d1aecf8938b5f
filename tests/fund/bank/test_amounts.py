"""fund.bank.amounts"""

import pytest

from fund.bank.amounts import AmountError, cents_from_decimal, cents_from_overpunch, readable


@pytest.mark.parametrize(
    ("text", "currency", "units"),
    [
        ("150.00", "EUR", 15000),
        ("36847", "EUR", 3684700),
        ("24045029.5", "EUR", 2404502950),
        ("0.01", "EUR", 1),
        ("1.50000", "EUR", 150),
        (" 8.85\n", "EUR", 885),
        ("120", "JPY", 120),
        ("1.234", "TND", 1234),
    ],
)
def test_an_iso_amount_is_read_to_the_cent(text, currency, units):
    assert cents_from_decimal(text, currency) == units


@pytest.mark.parametrize(
    "text", ["12..34", "", "1,50", "-5.00", "1 000", "1.005", "1e3", "٣", ".5", "5.", "NaN"]
)
def test_what_is_not_plainly_an_amount_is_refused_and_never_zero(text):
    """Failure 20: an amount imported as 0.00."""
    with pytest.raises(AmountError) as caught:
        cents_from_decimal(text, "EUR")
    assert caught.value.code == "amount"


@pytest.mark.parametrize("currency", ["", "ZZZ", "eur"])
def test_an_unknown_currency_is_refused_because_its_decimals_are_unknown(currency):
    with pytest.raises(AmountError) as caught:
        cents_from_decimal("1.00", currency)
    assert caught.value.code == "currency"


@pytest.mark.parametrize(
    ("text", "decimals", "cents"),
    [
        ("0000000000322J", 2, -3221),
        ("0000000000107}", 2, -1070),
        ("0000166956500E", 2, 16695650_05),
        ("0000000 00974I", 2, 9749),
        ("           12{", 2, 120),
        ("             A", 2, 1),
        ("0000000000012C", 0, 12300),
        ("000000000012é", 2, 120),
        ("000000000012è", 2, -120),
        ("0000000000123{", 3, 123),
    ],
)
def test_an_overpunched_amount_carries_its_sign_in_its_last_character(text, decimals, cents):
    assert cents_from_overpunch(text, decimals, "EUR") == cents


@pytest.mark.parametrize("text", ["00000000003221", "000000000 12 4A", "0000000000X22J", "", "ABC"])
def test_an_overpunched_amount_that_could_be_read_two_ways_is_refused(text):
    with pytest.raises(AmountError):
        cents_from_overpunch(text, 2, "EUR")


def test_a_fraction_of_a_cent_is_refused():
    with pytest.raises(AmountError):
        cents_from_overpunch("0000000000123A", 3, "EUR")


def test_an_amount_is_shown_with_its_currency():
    assert readable(-123456, "EUR") == "\u22121\u202f234,56\u00a0€"
    assert readable(123456, "CHF") == "1\u202f234,56\u00a0CHF"
    assert readable(-500, "JPY") == "\u2212500\u00a0JPY"
