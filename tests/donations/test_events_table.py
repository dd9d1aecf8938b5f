"""`docs/payment-events.md` and the code name the same types of events and the same reasons, in both directions."""

import re
from datetime import UTC, datetime

import pytest
from django.conf import settings

from donations.actions.handling import HANDLERS
from donations.actions.receiving import INFORMATION
from donations.event_words import event_words
from donations.models import ProviderEvent
from donations.reasons import REASONS
from tests.donations.factories import event, take_event

PAGE = (settings.BASE_DIR / "docs" / "payment-events.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([a-z_.]+)` \|(.*)\|(.*)\|(.*)\|$", re.MULTILINE)
CODE = re.compile(r"`([a-z_.]+)`")


def noted_types() -> list[str]:
    section = PAGE.partition("## Noted as information")[2].partition("\n\n")[2].partition("\n\n")[0]
    return CODE.findall(section)


def test_each_type_that_is_acted_on_has_one_row_and_no_other_has():
    told = [row[0] for row in ROW.findall(PAGE)]
    assert sorted(told) == sorted(HANDLERS)


def test_each_type_that_is_only_noted_is_listed_and_no_other_is():
    assert sorted(noted_types()) == sorted(INFORMATION)
    assert not INFORMATION & set(HANDLERS)


def test_no_cell_is_empty_and_each_reason_is_a_known_one():
    for event_type, done, written, parked in ROW.findall(PAGE):
        assert done.strip() and written.strip() and parked.strip(), event_type
        assert {code for code in CODE.findall(parked) if "." not in code} <= set(REASONS), event_type


def test_every_type_has_words_for_people():
    nothing = event_words("of.no.family")
    assert [one for one in (*HANDLERS, *INFORMATION) if event_words(one) == nothing] == [
        one for one in (*HANDLERS, *INFORMATION) if one.startswith(("balance.", "customer."))
        and not one.startswith("customer.subscription.")
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("event_type", sorted(INFORMATION))
def test_what_is_noted_is_acted_on_with_nothing_done(event_type):
    row = take_event(event(event_type, {"id": "obj_1", "object": event_type.rpartition(".")[0]}))
    assert (row.state, row.note, row.gift_id) == ("acted", "information", None)


@pytest.mark.django_db
@pytest.mark.parametrize("event_type", sorted(HANDLERS))
def test_an_object_that_says_nothing_moves_nothing_and_breaks_nothing(event_type):
    """Parked with a reason, or noted: never an unexpected error, never a movement."""
    made = datetime(2020, 4, 3, tzinfo=UTC)
    sent = event(event_type, {"id": "obj_1", "object": "thing"}, created=int(made.timestamp()))
    row = take_event(sent)
    assert (row.state, row.gift_id) in {("parked", None), ("acted", None)}
    assert not row.reason.startswith("unexpected")
    assert row.reason in REASONS if row.state == "parked" else row.note
    assert ProviderEvent.objects.count() == 1
