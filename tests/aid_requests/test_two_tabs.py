"""Two browsers at the same step: nobody's typing is overwritten unseen."""

import pytest

from aid_requests import sealed
from tests.aid_requests import factories
from tests.aid_requests.factories import fresh
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
