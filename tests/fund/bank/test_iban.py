"""fund.bank.iban"""

import csv
import warnings

import pytest

from fund.bank.iban import SEPA_COUNTRIES, IbanError, check_iban, compact_iban
from tests.fund.bank.shared_data import SHARED, needs_shared

FRENCH = "FR1420041010050500013M02606"
JOINED_AFTER_2024 = {"AL", "ME", "MD", "MK", "RS"}


def rows(name):
    with (SHARED / "iban" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def refusal(text, **options):
    with pytest.raises(IbanError) as caught:
        check_iban(text, **options)
    return caught.value


def test_there_are_forty_one_sepa_countries():
    assert len(SEPA_COUNTRIES) == 41


@pytest.mark.parametrize(
    "written",
    [
        FRENCH,
        "fr14 2004 1010 0505 0001 3m02 606",
        "IBAN FR14 2004 1010 0505 0001 3M02 606",
        "IBAN: FR14-2004-1010-0505-0001-3M02-606",
        "FR14\u00a02004\u202f1010\u20090505\t0001 3M02\n606",
        "\ufeffFR14\u200b2004101005050001 3M02 606",
    ],
)
def test_an_iban_is_read_however_it_was_copied(written):
    """Failure 37: lower case and spaces lost letters elsewhere."""
    assert check_iban(written).compact == FRENCH


def test_the_bank_is_named_and_the_number_grouped_and_masked():
    iban = check_iban(FRENCH)
    assert (iban.country, iban.bank_name, iban.bic) == ("FR", "LA BANQUE POSTALE", "PSSTFRPP")
    assert iban.grouped == "FR14 2004 1010 0505 0001 3M02 606"
    assert iban.masked == "FR14 •••• •••• •••• •••• •••2 606"
    assert iban.masked_short == "FR14 •••• 2606"


def test_neither_the_value_nor_its_error_shows_the_number():
    assert "20041" not in repr(check_iban(FRENCH))
    error = refusal("FR1420041010050500013M02607")
    assert "20041" not in f"{error!r}{error}{error.message}"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "empty"),
        (" \u00a0 ", "empty"),
        ("IBAN", "empty"),
        ("FR", "too_short"),
        ("FR14 2004", "length"),
        ("FR1420041010050500013M026061", "length"),
        ("FR1420041010050500013M02607", "typing_error"),
        ("FRAA20041010050500013M02606", "typing_error"),
        ("XX1420041010050500013M02606", "country"),
        ("1420041010050500013M02606", "country"),
        ("FR14É0041010050500013M02606", "characters"),
        ("TN5910006035183598478831", "outside_sepa"),
        ("RE4220041010050500013M02606", "overseas_prefix"),
        ("NC8420041010050500013M02606", "outside_sepa"),
    ],
)
def test_each_mistake_has_its_own_sentence(written, code):
    error = refusal(written)
    assert error.code == code
    assert error.message.endswith((".", "RIB."))


def test_a_wrong_length_says_how_many_characters_are_needed():
    message = refusal("FR14 2004").message
    assert " 8 " in message and " 27 " in message


def test_a_wrong_national_key_is_a_typing_error_even_with_right_check_digits():
    account = "20041010050500013M02607"
    number = int("".join(str(int(char, 36)) for char in account + "FR00"))
    assert refusal(f"FR{98 - number % 97:02d}{account}").code == "typing_error"


def french(bank):
    """A French account of ``bank`` with right national key and check digits."""
    branch, account = "00001", "00000012345"
    key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
    bban = f"{bank}{branch}{account}{key:02d}"
    return f"FR{98 - int(f'{bban}152700') % 97:02d}{bban}"


@pytest.mark.parametrize("bank", ["17499", "18319", "14158", "17469", "12149", "12239", "14168"])
def test_a_bank_of_the_pacific_is_outside_sepa_although_its_iban_begins_with_fr(bank):
    assert refusal(french(bank)).code == "outside_sepa"


@pytest.mark.parametrize("bank", ["18719", "19906", "19806", "14006", "20041", "30004"])
def test_a_bank_of_reunion_or_martinique_is_inside(bank):
    assert check_iban(french(bank)).country == "FR"


def test_the_bic_the_person_gives_decides_for_a_bank_we_do_not_know():
    unknown = french("99998")
    assert check_iban(unknown).bank_name is None
    assert refusal(unknown, bic="bnpa nc nx").code == "outside_sepa"
    assert check_iban(unknown, bic="BNPAFRPP").country == "FR"


def test_no_country_makes_the_check_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for iban in ("HU42117730161111101800000000", "SE4550000000058398257466", "DE89370400440532013000"):
            assert compact_iban(iban) == iban


@needs_shared
def test_every_registry_example_is_accepted_in_sepa_and_refused_outside():
    for row in rows("valid.csv"):
        in_sepa = row["sepa"] == "yes" or row["country"] in JOINED_AFTER_2024
        if in_sepa:
            assert check_iban(row["printed"]).compact == row["iban"]
        else:
            assert refusal(row["printed"]).code == "outside_sepa", row["country"]


@needs_shared
def test_every_wrong_example_is_refused():
    for row in rows("invalid.csv"):
        assert refusal(row["iban"]).code != "outside_sepa", row["reason"]


@needs_shared
def test_an_overseas_prefix_is_refused_with_the_advice_or_as_outside_sepa():
    for row in rows("fr_overseas.csv"):
        outside = row["country"] in {"NC", "PF", "WF", "TF"}
        assert refusal(row["iban"]).code == ("outside_sepa" if outside else "overseas_prefix")


@pytest.mark.parametrize(
    ("iban", "name"),
    [
        (
            "FR7630003005405260181590815",
            "SOCIETE GENERALE SA",
        ),  # three entries of the registry, one head office
        ("FR7630004008238246281948245", "BNP PARIBAS"),
    ],
)
def test_the_banks_name_is_that_of_the_head_office(iban, name):
    assert check_iban(iban).bank_name == name


def test_where_the_lists_disagree_no_name_is_better_than_a_wrong_one():
    """Code 17515 stands for two savings banks: naming the wrong one would make a right number look wrong."""
    bank, branch, account = "17515", "90000", "08012345678"
    key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
    bban = f"{bank}{branch}{account}{key:02d}"
    digits = 98 - int(f"{bban}152700") % 97
    assert check_iban(f"FR{digits:02d}{bban}").bank_name is None
