"""fund.bank.charset"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.bank.charset import fold, fold_reference, is_reference

ALLOWED = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Zoé Lefèvre", "Zoe Lefevre"),
        ("Cœur & Œuvre", "Coeur + OEuvre"),
        ("Straße", "Strasse"),
        ("Łukasz Ørsted", "Lukasz Orsted"),
        ("L’Haÿ–les–Roses", "L'Hay-les-Roses"),
        ("N\u00a0°\u202f12 @ fac", "N 12 fac"),
        ("\uff06", "+"),
        ("  deux   espaces ", "deux espaces"),
        ("Αθηνά", ""),
    ],
)
def test_a_name_is_folded_to_what_banks_accept(written, folded):
    """Failure 22: one accent refuses the whole file."""
    assert fold(written, 70) == folded


def test_folding_cuts_after_the_expansion_and_leaves_no_trailing_space():
    assert fold("Œœ" * 50, 7) == "OEoeOEo"
    assert fold("abc def", 4) == "abc"


@given(st.text(max_size=80), st.integers(min_value=1, max_value=40))
def test_a_folded_text_is_in_the_character_set_short_enough_and_folds_to_itself(text, limit):
    folded = fold(text, limit)
    assert set(folded) <= ALLOWED
    assert len(folded) <= limit
    assert "  " not in folded
    assert fold(folded, limit) == folded


@given(st.text(alphabet="/ abcé-", max_size=60))
def test_a_folded_reference_is_a_reference_or_nothing(text):
    reference = fold_reference(text)
    assert reference == "" or is_reference(reference)


@pytest.mark.parametrize("text", ["/CS-1", "CS-1/", "CS//1", "", "é", " CS", "CS ", "C" * 36, "CS\n"])
def test_what_banks_refuse_is_not_a_reference(text):
    assert not is_reference(text)


@pytest.mark.parametrize("text", ["CS-2026-000123-1", "a", "A/B", "C" * 35, "NOM PRENOM 1"])
def test_a_plain_reference_is_one(text):
    assert is_reference(text)
