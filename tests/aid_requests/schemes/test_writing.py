"""Writing: reading it back gives the same scheme; the hash is one per scheme and does not drift."""

from dataclasses import replace

import pytest
from hypothesis import given

from aid_requests.schemes import Text, canonical_json, definition_hash, dump, load
from tests.aid_requests.schemes import strategies
from tests.aid_requests.schemes.examples import SMALL, small


@strategies.SLOW_MACHINE
@given(strategies.schemes())
def test_reading_what_was_written_gives_the_same_scheme(scheme):
    written = dump(scheme)
    assert load(written) == scheme
    assert dump(load(written)) == written


def test_the_small_scheme_survives_writing_and_reading():
    assert load(dump(small())) == small()


def test_writing_uses_bare_words_and_no_anchor():
    written = dump(small())
    assert "amount: 150.00\n" in written
    assert "opens_on: 2020-04-03\n" in written
    assert "- NO\n" in written
    assert "&id" not in written


def test_the_hash_does_not_depend_on_spacing_key_order_or_comments():
    moved = SMALL.replace("slug: project-fund\n", "").replace(
        "pocket:", "slug: project-fund\n\n# why\npocket:"
    )
    assert definition_hash(load(moved)) == definition_hash(small())


def test_an_amount_written_otherwise_is_the_same_definition():
    assert definition_hash(load(SMALL.replace("150.00", "150"))) == definition_hash(small())


@pytest.mark.parametrize(
    "changed",
    [
        {"title": Text("Autre", "Project fund")},
        {"reference_prefix": "Q"},
        {"cases": tuple(reversed(small().cases))},
        {"cases": (replace(small().cases[0], amount_cents=15001), *small().cases[1:])},
    ],
)
def test_any_change_of_words_amounts_or_order_changes_the_hash(changed):
    assert definition_hash(replace(small(), **changed)) != definition_hash(small())


def test_the_hash_of_a_known_scheme_never_drifts():
    """Open requests point at this hash: a change of the writer that moves it would break their proof."""
    assert definition_hash(small()) == "cfac69dac1676ab06c084c120d16b8c7600c35daf6165dc8250ffb2845aff5cc"


def test_canonical_json_is_compact_sorted_and_keeps_accents():
    text = canonical_json(small())
    assert text.startswith('{"bank_label":"FONDATION VERSEMENT","caps":[{"amount":"700.00"')
    assert "À l’étranger" in text
