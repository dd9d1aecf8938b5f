"""`follow_gift`: the way of one gift as the books have it."""

import io
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from tests.donations import factories
from tests.donations.allocating import APRIL, MAY, MOBILITY, URGENT, aid, close, give, give_back

pytestmark = pytest.mark.django_db


def told(*arguments: str) -> str:
    out = io.StringIO()
    call_command("follow_gift", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def gift(pocket):
    gift = give(pocket, 5_000, date(2020, 4, 11), fee_cents=124)
    give(pocket, 5_000, date(2020, 4, 12))
    aid(pocket, 4_000, date(2020, 4, 24))
    close(pocket, APRIL)
    aid(pocket, 500, date(2020, 5, 4), scheme=MOBILITY)
    give_back(gift, 1_000, date(2020, 5, 20))
    close(pocket, MAY)
    return gift


def test_it_tells_every_share_and_what_is_left(gift):
    account = json.loads(told(gift.reference, "--json"))
    assert account.pop("lines") == [
        {"month": "2020-04", "scheme": URGENT, "cause": "given", "cents": 4_000},
        {"month": "2020-05", "scheme": URGENT, "cause": "gift_fell", "cents": -124},
    ]
    assert account == {
        "reference": gift.reference,
        "state": "succeeded",
        "pocket": "general",
        "amount_cents": 5_000,
        "returned_cents": 1_000,
        "fees_cents": 124,
        "allocated_cents": 3_876,
        "unspent_cents": 0,
    }


def test_it_speaks_to_people_too(gift):
    lines = told(gift.reference).splitlines()
    assert lines[0] == f"{gift.reference} succeeded general"
    assert "unspent             0.00" in lines
    assert f"2020-05 gift_fell          -1.24  {URGENT}" in lines


def test_a_gift_that_was_not_paid_stands_for_nothing(pocket):
    gift = factories.make_gift(pocket)
    account = json.loads(told(gift.reference, "--json"))
    assert (account["returned_cents"], account["unspent_cents"], account["lines"]) == (0, 0, [])


@pytest.mark.parametrize("reference", ["D-2020-9999", "", "\udcff"])
def test_a_reference_that_no_gift_has_is_refused(pocket, reference):
    with pytest.raises(CommandError, match="Aucun don"):
        told(reference)
