"""A student with only a telephone and ten minutes: 360 pixels wide, slow 3G, from the simulator to the signature."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from PIL.ExifTags import Base
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.phone import Phone

pytestmark = pytest.mark.browser

TEN_MINUTES = 600
PAGE_BYTES = 100_000
CAMILLE, ROBIN = "camille.telephone@lyon.polytech.example", "robin.abroad@nantes.polytech.example"
IBAN = "FR76 3000 3005 4052 6018 1590 815"


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return tmp_path


def photo(width: int = 1600, height: int = 1200) -> bytes:
    """A photo as a telephone takes it, some hundred thousand bytes, that says where."""
    image = Image.effect_noise((width, height), 12).convert("RGB")
    exif = Image.Exif()
    exif[Base.Make], exif[Base.GPSInfo] = "Telephone", {1: "N", 2: (50.0, 37.0, 45.0)}
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=60, exif=exif)
    return buffer.getvalue()


def go_on(phone: Phone, words: str = "^(Continuer|Continue)$") -> None:
    phone.tap(phone.page.locator("main").get_by_role("button", name=re.compile(words)).first)


def answer(phone: Phone, answers: dict[str, str]) -> None:
    """Taps one answer after the other as soon as it stands there, without waiting for the slow line; all must stay."""
    for name, value in answers.items():
        phone.tap(phone.page.locator(f"label.choice:has([name='q-{name}'][value='{value}'])"))
    phone.page.wait_for_load_state("networkidle")
    for name, value in answers.items():
        expect(phone.page.locator(f"[name='q-{name}'][value='{value}']")).to_be_checked()


def sign_in(phone: Phone, email: str) -> None:
    phone.look("sign-in")
    phone.write(phone.page.locator("main [name=email]"), email)
    phone.tap(phone.page.locator("main form button[type=submit]"))
    phone.page.wait_for_selector("[name=code]")
    phone.look("code")
    phone.write(phone.page.locator("[name=code]"), phone.code(email))
    go_on(phone)


def say_who(phone: Phone, first_name: str, last_name: str) -> None:
    phone.page.wait_for_selector("[name=birth_date]")
    phone.look("you")
    values = {
        "first_name": first_name,
        "last_name": last_name,
        "birth_date": "09/09/1999",
        "birth_place": "Grenoble",
        "address": "27 rue de l’Essai, 69003 Lyon",
    }
    for name, value in values.items():
        phone.write(phone.page.locator(f"[name={name}]"), value)
    go_on(phone)


def send_photos(phone: Phone) -> None:
    phone.page.wait_for_selector("input[type=file]")
    phone.look("papers")
    fields = phone.page.locator("input[type=file]")
    for number in range(fields.count()):
        phone.photograph(fields.nth(number), photo())
    go_on(phone)


def give_account(phone: Phone, holder: str) -> None:
    phone.page.wait_for_selector("[name=iban]")
    phone.look("account")
    phone.write(phone.page.locator("[name=iban]"), IBAN)
    if phone.page.locator("[name=holder]").input_value() == "":
        phone.write(phone.page.locator("[name=holder]"), holder)
    go_on(phone, "Vérifier ce compte|Check this account")
    phone.page.wait_for_selector("#compte")
    phone.look("account-checked")
    phone.tap(phone.page.locator("section.card a.btn[href*='/declarer/']"))


def sign(phone: Phone, email: str, town: str) -> None:
    phone.page.wait_for_selector(".swear")
    phone.look("declaration")
    boxes = phone.page.locator(".swear input[type=checkbox]")
    for number in range(boxes.count()):
        assert not boxes.nth(number).is_checked(), "nothing is ticked in advance"
        phone.tap(boxes.nth(number))
    phone.write(phone.page.locator("[name=place]"), town)
    phone.tap(phone.page.locator("button[name=act][value=code]"))
    phone.page.wait_for_selector("[name=code]")
    phone.look("signature-code")
    phone.write(phone.page.locator("[name=code]"), phone.code(email))
    phone.tap(phone.page.locator("button[name=act][value=sign]"))
    phone.page.wait_for_selector(".swear", state="detached")
    phone.look("signed")


def text_of(page: Page) -> str:
    return page.locator("main").inner_text()


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Iterator[list[str]]:
    """What was counted is shown at the end, passed or not."""
    lines: list[str] = []
    yield lines
    with capsys.disabled():
        print("\n" + "\n".join(lines))


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
    give_account(phone, "Camille Téléphone")
    sign(phone, CAMILLE, "Lyon")
    seconds = phone.now() - start
    told.append(phone.told(seconds))
    assert "150,00\u00a0€" in text_of(page)
    assert phone.complaints == [], phone.complaints
    assert seconds + phone.hand_seconds() < TEN_MINUTES
    assert max(screen.size for screen in phone.screens) < PAGE_BYTES
    assert len(phone.screens) == 13


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
    assert seconds + phone.hand_seconds() + desk.hand_seconds() < TEN_MINUTES
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
