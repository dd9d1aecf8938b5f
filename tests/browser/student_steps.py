"""The screens between a worry and a signature, one function each, as a person with a telephone goes through them."""

import re
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from PIL.ExifTags import Base
from playwright.sync_api import Locator, Page, expect

from tests.browser.phone import Phone

IBAN = "FR76 3000 3005 4052 6018 1590 815"
FONT = Path(__file__).resolve().parent.parent.parent / "fund" / "fonts" / "DejaVuSans.ttf"
RED, MOST_TURNS = (190, 30, 30), 12
# The questions of the page that nobody answered yet, in order.
UNANSWERED = """() => [...new Set([...document.querySelectorAll("main [name^='q-']:not([type=hidden])")]
  .filter(one => one.type === "radio"
    ? !document.querySelector(`[name="${one.name}"]:checked`) : one.value === "").map(one => one.name))]"""


@cache
def photo(width: int = 3000, height: int = 4000) -> bytes:
    """A paper as a telephone takes it: held upright, kept lying with a word about it, some 3 MB, and it says where."""
    paper = Image.effect_noise((width, height), 10).point(lambda value: min(255, value + 80)).convert("RGB")
    pen = ImageDraw.Draw(paper)
    pen.rectangle((0, 0, width, height // 20), fill=RED)
    font = ImageFont.truetype(str(FONT), height // 90)
    for line in range(10, 85):
        pen.text(
            (width // 12, line * height // 90), "Quittance de loyer, 412,50 € : 0123456789", "#222", font
        )
    exif = Image.Exif()
    exif[Base.Make], exif[Base.GPSInfo] = "Telephone", {1: "N", 2: (50.0, 37.0, 45.0)}
    exif[Base.Orientation] = 6  # to be turned a quarter to the right
    buffer = BytesIO()
    paper.transpose(Image.Transpose.ROTATE_90).save(buffer, "JPEG", quality=80, exif=exif)
    return buffer.getvalue()


def go_on(phone: Phone, words: str = "^(Continuer|Continue)$") -> None:
    phone.tap(phone.page.locator("main").get_by_role("button", name=re.compile(words)).first)


def answer(phone: Phone, answers: Mapping[str, str]) -> None:
    """Taps one answer after the other as soon as it stands there, without waiting for the slow line; all must stay."""
    for name, value in answers.items():
        phone.tap(phone.page.locator(f"label.choice:has([name='q-{name}'][value='{value}'])"))
    phone.page.wait_for_load_state("networkidle")
    for name, value in answers.items():
        expect(phone.page.locator(f"[name='q-{name}'][value='{value}']")).to_be_checked()


def answer_all(phone: Phone, answers: Mapping[str, str]) -> None:
    """Answers each question as it comes up, whatever its kind, never waiting for the line while one stands there."""
    for _turn in range(MOST_TURNS):
        waiting = _unanswered(phone, answers)
        if not waiting:
            phone.page.wait_for_selector(".htmx-request", state="detached")
            waiting = _unanswered(phone, answers)
        if not waiting:
            return
        _give(
            phone, phone.page.locator(f"main [name='{waiting[0]}']"), answers[waiting[0].removeprefix("q-")]
        )
    raise AssertionError(f"{phone.page.url} asks without end")


def _unanswered(phone: Phone, answers: Mapping[str, str]) -> list[str]:
    return [name for name in phone.page.evaluate(UNANSWERED) if name.removeprefix("q-") in answers]


def _give(phone: Phone, fields: Locator, value: str) -> None:
    kind = fields.first.evaluate("one => one.type")
    if kind == "radio":
        name = fields.first.get_attribute("name")
        phone.tap(phone.page.locator(f"label.choice:has([name='{name}'][value='{value}'])"))
    elif kind == "select-one":
        phone.choose(fields, value)
    else:
        phone.write(fields, value)
        fields.blur()


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
        "birth_date": "09091999",  # the keys of some telephones are figures alone
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
    if phone.is_phone:  # elsewhere it is over before one could read it
        expect(phone.page.locator("[data-sending]")).to_contain_text("%")


def kept_photos(phone: Phone) -> list[Image.Image]:
    """What the person's own links of the step « Pièces » give, read beside the slow line."""
    address = re.sub(r"/[a-z]+/$", "/pieces/", phone.page.url)
    page = phone.page.request.get(address).text()
    links = re.findall(r'<span class="name"><a href="([^"]+)"', page)
    return [Image.open(BytesIO(phone.page.request.get(phone.address + link).body())) for link in links]


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
