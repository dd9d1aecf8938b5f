"""A student with only a telephone and ten minutes: 360 pixels wide, slow 3G, from the simulator to the signature."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Site
from tests.browser.phone import Phone
from tests.browser.student_steps import (
    answer,
    give_account,
    go_on,
    kept_photos,
    photo,
    say_who,
    send_photos,
    sign,
    sign_in,
    text_of,
)

pytestmark = pytest.mark.browser

TEN_MINUTES = 600
PAGE_BYTES, LIGHT_BYTES = 100_000, 2_000_000
CAMILLE, ROBIN = "camille.telephone@lyon.polytech.example", "robin.abroad@nantes.polytech.example"


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return tmp_path


def test_ten_minutes_and_a_telephone_are_enough(
    browser: Browser, site: Site, pictures: Path, told: list[str]
) -> None:
    phone = Phone(browser, site.address, "fr-FR", pictures)
    page = phone.page
    page.goto(f"{site.address}/aide/emergency-aid/")
    start = phone.now()
    phone.look("simulator")
    answer(phone, {"enrolled": "yes", "lives_in_france": "yes", "cause": "internship", "need": "rent"})
    expect(page.locator(".register")).to_contain_text("150\u00a0€")
    phone.look("result")
    phone.tap(page.locator("#result a.btn.wide"))
    page.wait_for_selector("main [name=email]")
    sign_in(phone, CAMILLE)
    page.wait_for_selector("#result button.btn.wide")
    phone.look("result-signed-in")
    phone.tap(page.locator("#result button.btn.wide"))
    say_who(phone, "Camille", "Téléphone")
    page.wait_for_selector("[name=q-stopped_on]")
    phone.look("situation")
    phone.write(page.locator("[name=q-stopped_on]"), "17/03/2020")
    phone.write(page.locator("[name=q-amount_due]"), "410")
    phone.write(
        page.locator("textarea[name=q-story]"), "Mon stage s’est arrêté le 17 mars, le loyer est resté."
    )
    go_on(phone)
    send_photos(phone)
    photos_went_light_and_upright(phone)
    give_account(phone, "Camille Téléphone")
    sign(phone, CAMILLE, "Lyon")
    seconds = phone.now() - start
    told.append(phone.told(seconds))
    assert "150,00\u00a0€" in text_of(page)
    assert phone.complaints == [], phone.complaints
    assert phone.line_seconds() + phone.hand_seconds() < TEN_MINUTES
    assert max(screen.size for screen in phone.screens) < PAGE_BYTES
    assert len(phone.screens) == 13


def photos_went_light_and_upright(phone: Phone) -> None:
    """Two photos of 3 MB each; what is kept of them is upright and large enough for small print."""
    phone.page.wait_for_selector("[name=iban]")
    assert "Les pièces sont reçues." in text_of(phone.page)
    assert phone.sent_now < LIGHT_BYTES < 6_000_000 < 2 * len(photo())
    kept = kept_photos(phone)
    assert [one.size for one in kept] == [(1500, 2000)] * 2
    for one in kept:
        red, green, blue = one.convert("RGB").resize((1, 40)).tobytes()[:3]
        assert red > green + 80 and red > blue + 80, "the red band is at the top of the paper"


def test_a_draft_begun_on_a_telephone_is_signed_on_another_device_in_english(
    browser: Browser, site: Site, pictures: Path, told: list[str]
) -> None:
    phone = Phone(browser, site.address, "en-GB", pictures)
    page = phone.page
    page.goto(f"{site.address}/aide/mobility-aid/")
    start = phone.now()
    phone.look("simulator")
    answer(phone, {"enrolled": "yes", "situation": "early_return", "refunded": "no"})
    if page.locator("[name=q-country]").count():
        phone.choose(page.locator("[name=q-country]"), "FI")
    expect(page.locator(".register")).to_contain_text("€400")
    phone.look("result")
    phone.tap(page.locator("#result a.btn.wide"))
    page.wait_for_selector("main [name=email]")
    sign_in(phone, ROBIN)
    page.wait_for_selector("#result button.btn.wide")
    phone.tap(page.locator("#result button.btn.wide"))
    say_who(phone, "Robin", "Abroad")
    page.wait_for_selector("[name=q-departed_on]")
    phone.look("situation")
    if page.locator("[name=q-country]").input_value() == "":
        phone.choose(page.locator("[name=q-country]"), "FI")
    phone.write(page.locator("[name=q-departed_on]"), "02/02/2020")
    phone.write(page.locator("[name=q-returned_on]"), "18/03/2020")
    page.wait_for_timeout(4_000)  # the battery dies; what was typed is kept as one types
    seconds = phone.now() - start
    told.append(phone.told(seconds))
    page.close()
    desk = Phone(browser, site.address, "en-GB", pictures, is_phone=False)
    desk.used, desk.read = phone.used, phone.read
    finish_elsewhere(desk, ROBIN)
    told.append(desk.told(0))
    assert phone.complaints == desk.complaints == []
    assert phone.line_seconds() + phone.hand_seconds() + desk.hand_seconds() < TEN_MINUTES
    assert (len(phone.screens), len(desk.screens)) == (6, 10)
    assert max(screen.size for screen in phone.screens) < PAGE_BYTES


def finish_elsewhere(desk: Phone, email: str) -> None:
    """On another device: the draft is there, with what was typed last."""
    page = desk.page
    page.goto(f"{desk.address}/demandes/")
    sign_in(desk, email)
    page.wait_for_selector("main a.btn")
    desk.look("draft")
    desk.tap(page.locator("main a.btn[href*='/situation/']").first)
    page.wait_for_selector("[name=q-departed_on]")
    desk.look("situation-elsewhere")
    assert page.locator("[name=q-departed_on]").input_value() == "02/02/2020"
    assert page.locator("[name=q-returned_on]").input_value() == "18/03/2020"
    desk.write(page.locator("[name=q-paid_on]"), "17/03/2020")
    desk.write(page.locator("[name=q-amount_paid]"), "612")
    go_on(desk)
    send_photos(desk)
    give_account(desk, "Robin Abroad")
    sign(desk, email, "Nantes")
    assert "€400.00" in text_of(page)
