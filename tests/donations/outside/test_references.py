"""References are found as banks spell them, and never by a typing error."""

import pytest

from donations.outside.references import ALPHABET, DEPOSIT, TRANSFER, draw_reference, read_reference, written
from donations.outside.references import references_in as found_in

REFERENCE = written(TRANSFER, "7K4Q")


def test_a_reference_looks_like_a_reference():
    assert REFERENCE.startswith("DON-7K4Q-") and len(REFERENCE) == 11
    assert len({draw_reference(TRANSFER) for _one in range(50)}) > 45


@pytest.mark.parametrize("lookalikes", ["0O", "1IL", "2Z", "5S", "8B"])
def test_no_two_characters_of_the_alphabet_look_alike(lookalikes):
    assert len(set(lookalikes) & set(ALPHABET)) <= 1


@pytest.mark.parametrize(
    "words",
    [
        REFERENCE,
        REFERENCE.lower(),
        REFERENCE.replace("-", ""),
        REFERENCE.replace("-", " "),
        f"VIR SEPA DE ZOE ESSAI {REFERENCE.replace('-', '')} MERCI",
        f"DON SOLIDARITE{REFERENCE.replace('-', '/')}2020",
        " ".join(REFERENCE),
    ],
)
def test_a_bank_may_drop_dashes_add_spaces_and_change_the_case(words):
    assert found_in([words], TRANSFER) == {REFERENCE}
    assert found_in([words], DEPOSIT) == set()


def test_no_typing_error_is_read_as_a_reference():
    """Every wrong character, and every swap of two neighbours, in the body and in the check digits (failure 20)."""
    bare = REFERENCE.replace("-", "")
    signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    wrong = {
        bare[:place] + sign + bare[place + 1 :]
        for place in range(3, len(bare))
        for sign in signs
        if sign != bare[place]
    }
    wrong |= {
        bare[:place] + bare[place + 1] + bare[place] + bare[place + 2 :]
        for place in range(3, len(bare) - 1)
        if bare[place] != bare[place + 1]
    }
    assert len(wrong) > 200
    assert [words for words in sorted(wrong) if found_in([words], TRANSFER)] == []


def test_a_line_that_names_two_references_gives_both():
    other = written(TRANSFER, "2222")
    assert found_in([f"{REFERENCE} {other}"], TRANSFER) == {REFERENCE, other}


def test_a_typed_reference_is_read_alone_and_whole():
    assert read_reference(f" {REFERENCE.lower()} ", TRANSFER) == REFERENCE
    assert read_reference(f"{REFERENCE} et plus", TRANSFER) == ""
