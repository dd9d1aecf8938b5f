"""Two browsers at the same step: nobody's typing is overwritten unseen."""

import re
from html import unescape

import pytest
from django.http import QueryDict
from django.urls import reverse

from aid_requests import sealed
from aid_requests.forms import two_tabs
from aid_requests.forms.questions import SimulatorForm
from tests.aid_requests import factories
from tests.aid_requests.factories import fresh
from tests.aid_requests.test_group_rows import OTHER, SCHEME
from tests.aid_requests.test_steps import YOU, found, identity, shown, text, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020")]

CHANGED = "Cette étape a été changée dans un autre onglet\u00a0: relisez, puis continuez."


def mark(html: str) -> str:
    return found(r'name="seen" value="([0-9a-f]{16})"', html)


def test_two_browsers_at_who_you_are_do_not_overwrite_each_other(browser, draft, student, client_of):
    address = url("you", draft)
    seen = mark(text(browser.get(address)))
    client_of(student).post(address, {**YOU, "seen": seen})
    mine = {**YOU, "birth_place": "Voiron"}
    slip = text(browser.post(address, {**mine, "birth_date": "31/02/1999", "seen": seen}))
    page = text(browser.post(address, {**mine, "seen": mark(slip)}))
    assert CHANGED in page and 'value="Voiron"' in page
    kept = identity(draft)
    assert kept is not None and kept.birth_place == "Grenoble"
    assert browser.post(address, {**mine, "seen": mark(page)}).status_code == 302
    kept = identity(draft)
    assert kept is not None and kept.birth_place == "Voiron"


def test_the_same_values_twice_are_no_change(browser, draft):
    seen = mark(text(browser.get(url("you", draft))))
    for _click in range(2):
        assert browser.post(url("you", draft), {**YOU, "seen": seen}).status_code == 302


def test_two_browsers_at_the_situation_do_not_overwrite_each_other(browser, draft, student, client_of):
    address = url("situation", draft)
    first = text(browser.get(address))
    data = {f"q-{name}": value for name, value in factories.ANSWERS.items()}
    data |= {"q-shown": shown(first), "seen": mark(first)}
    client_of(student).post(address, {**data, "q-story": "Celui-ci."})
    page = text(browser.post(address, {**data, "q-story": "Celui-là.", "q-amount_due": "99"}))
    assert CHANGED in page and "Celui-là." in page and 'value="99"' in page
    assert sealed.story_of(fresh(draft)) == "Celui-ci."
    again = {**data, "q-story": "Celui-là.", "seen": mark(page)}
    assert browser.post(address, again).status_code == 302
    assert sealed.story_of(fresh(draft)) == "Celui-là."


def test_two_browsers_at_the_account_do_not_overwrite_each_other(browser, draft, student, client_of):
    address = url("account", draft)
    seen = mark(text(browser.get(address)))
    client_of(student).post(address, {"iban": factories.IBAN, "holder": "Inès", "seen": seen})
    mine = {"iban": factories.OTHER_IBAN, "holder": "Inès"}
    page = text(browser.post(address, {**mine, "seen": seen}))
    assert CHANGED in page and factories.OTHER_IBAN in page and "FR76 ••••" in page
    kept = fresh(draft).bank_details
    assert kept is not None and kept.iban_tail == "0189"
    browser.post(address, {**mine, "seen": mark(page)})
    kept = fresh(draft).bank_details
    assert kept is not None and kept.iban_tail == "3000"


def own(html: str) -> dict[str, str]:
    return {"seen": mark(html), "base": found(r'name="base" value="([^"]*)"', html)}


def noted(kind: str, name: str, html: str) -> str:
    return unescape(found(rf'name="{kind}-{name}" value="([^"]*)"', html))


def test_what_the_other_tab_typed_is_taken_where_this_one_changed_nothing_and_both_are_shown(browser, draft):
    """The finding: CCCC, typed and saved in one tab, was overwritten by the AAAA that the other tab still showed."""
    address = url("you", draft)
    browser.post(address, YOU | {"address": "AAAA"})
    first, second = text(browser.get(address)), text(browser.get(address))
    page = found(r'name="page" value="([0-9a-f]{16})"', first)
    typing = {**own(first), "page": page, **YOU, "address": "CCCC"}
    assert browser.post(reverse("keep_step", args=[draft.token, "you"]), typing).status_code == 204
    mine = {**YOU, "address": "AAAA", "birth_place": "Voiron"}
    told = text(browser.post(address, {**mine, **own(second)}))
    assert CHANGED in told and "CCCC</textarea>" in told and 'value="Voiron"' in told
    assert noted("here", "address", told) == "AAAA" and "there-birth_place" not in told
    again = {**mine, **own(told), "address": "CCCC", "here-address": "AAAA"}
    assert browser.post(address, again).status_code == 302
    kept = identity(draft)
    assert kept is not None and (kept.address, kept.birth_place) == ("CCCC", "Voiron")


def test_what_both_tabs_changed_stays_as_typed_here_with_the_other_under_it_and_a_box_takes_that(
    browser, draft
):
    address = url("you", draft)
    page = text(browser.get(address))
    browser.post(address, {**YOU, "address": "CCCC", "not_through_school": "on"})
    told = text(browser.post(address, {**YOU, "address": "BBBB", **own(page)}))
    assert "BBBB</textarea>" in told and noted("there", "address", told) == "CCCC"
    assert re.search(r'name="not_through_school"[^>]* checked', told)
    taken = {**YOU, "address": "BBBB", "there-address": "CCCC", "take": "address", **own(told)}
    slip = text(browser.post(address, {**taken, "birth_date": "31/02/1999"}))
    assert "CCCC</textarea>" in slip and noted("here", "address", slip) == "BBBB"
    assert browser.post(address, taken).status_code == 302
    kept = identity(draft)
    assert kept is not None and kept.address == "CCCC"


def test_two_tabs_at_the_situation_keep_both_changes(browser, draft):
    address = url("situation", draft)
    first = text(browser.get(address))
    data = {f"q-{name}": value for name, value in factories.ANSWERS.items()}
    browser.post(address, {**data, "q-shown": shown(first), "q-story": "Un."})
    first = text(browser.get(address))
    data |= {"q-shown": shown(first), **own(first)}
    browser.post(address, {**data, "q-story": "Un, puis deux."})
    told = text(browser.post(address, {**data, "q-story": "Un.", "q-amount_due": "99"}))
    assert CHANGED in told and "Un, puis deux.</textarea>" in told and 'value="99"' in told
    assert noted("here", "story", told) == "Un." and "there-amount_due" not in told
    browser.post(address, {**data, "q-story": "Un, puis deux.", "q-amount_due": "99", **own(told)})
    assert sealed.story_of(fresh(draft)) == "Un, puis deux."
    assert sealed.answers_of(fresh(draft))["amount_due"] == 9_900


def test_a_slip_at_the_account_does_not_pass_for_having_read_what_another_tab_kept(browser, draft):
    address = url("account", draft)
    page = text(browser.get(address))
    browser.post(address, {"iban": factories.IBAN, "holder": "Inès", **own(page)})
    mine = {"iban": factories.OTHER_IBAN, "holder": "Inès"}
    slip = text(browser.post(address, {**mine, "iban": "FR76", **own(page)}))
    assert CHANGED in text(browser.post(address, {**mine, **own(slip)}))


def query(sent: dict[str, str]) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(sent)
    return data


def simulator(data: QueryDict) -> SimulatorForm:
    return SimulatorForm(SCHEME, data=data, given={}, known={})


def test_rows_of_a_group_are_met_and_taken_as_one_answer():
    answers = {**OTHER, "q-shown": "kind weeks tickets", "q-tickets-rows": "r1", "q-tickets-r1-price": "10"}
    sent, there = query(answers), query({**answers, "q-tickets-r1-price": "20"})
    told = two_tabs.merged(sent, form=simulator(sent), kept=two_tabs.texts_of(simulator(there)))
    assert told["q-tickets-r1-price"] == "10" and '"20"' in told["there-tickets"]
    told["take"] = "tickets"
    taken = two_tabs.with_taken(told, simulator(told))
    assert taken["q-tickets-r1-price"] == "20" and '"10"' in taken["here-tickets"]
    notes = two_tabs.notes_of(taken, simulator(taken))
    assert notes["tickets"].words == "10" and not notes["tickets"].is_there
