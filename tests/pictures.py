"""Makes the pictures of the README and of the guides from a running demo, freshly loaded.

    python3 start.py demo-reset && python3 start.py          # in one terminal
    .venv/bin/python -m tests.pictures http://127.0.0.1:8000  # in another

Only looks: it becomes people with a click and opens their pages; the one form it sends is the public question whether
an aid may be asked for, which writes nothing. Exit status 1, with the picture's name, when a page is not as expected.
"""

import io
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
MAX_BYTES = 150_000
DESK, PHONE = (1280, 860), (390, 780)
COLOURS = 192


class NotAsExpected(RuntimeError):
    """A page is not there, or too heavy for its picture; the message names the picture."""


@dataclass(frozen=True)
class Picture:
    """`who` is part of what the demo's page says about a person, "" for a visitor; `reach` leads to the page."""

    name: str
    size: tuple[int, int]
    who: str
    reach: Callable[[Page], object]


def at(path: str, show: str = "") -> Callable[[Page], object]:
    """Opens an address; `show`, a selector, is then brought to the top."""

    def reach(page: Page) -> None:
        page.goto(path)
        if show:
            page.locator(show).first.evaluate("it => window.scrollTo(0, it.getBoundingClientRect().top - 24)")

    return reach


def first_link(path: str, within: str) -> Callable[[Page], object]:
    """Opens an address and follows the first link inside `within`."""

    def reach(page: Page) -> None:
        page.goto(path)
        page.locator(f"{within} a").first.click()

    return reach


def words_open(page: Page) -> None:
    page.goto("/don/")
    page.locator("details summary").first.click()
    page.locator("details").first.evaluate("it => window.scrollTo(0, it.getBoundingClientRect().top - 24)")


def may_i_ask(page: Page) -> None:
    """The emergency aid's questions, each answered by its first choice, and what they lead to."""
    page.goto("/aide/emergency-aid/")
    while (question := page.locator("main fieldset:not(:has(input:checked))")).count():
        question.first.locator("label").first.click()
        page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Continuer").click()
    page.locator("#result").evaluate("it => window.scrollTo(0, it.getBoundingClientRect().top - 24)")


def scheme_draft(page: Page) -> None:
    page.goto("/dispositifs/")
    page.locator("main a[href*='/brouillons/']").first.click()


def scheme_condition(page: Page) -> None:
    """The last refusal of the draft, from the sentence that says its condition."""
    scheme_draft(page)
    page.locator("main a[href*='/partie/refus/']").first.click()
    page.locator("#l-eligibility .q a").last.click()
    page.locator("main .clause").first.evaluate(
        "it => window.scrollTo(0, it.closest('fieldset').getBoundingClientRect().top - 24)"
    )


ALL = (
    Picture("home", DESK, "", at("/")),
    Picture("accounts", DESK, "", at("/comptes/")),
    Picture("publication", DESK, "", at("/comptes/publications/2/")),
    Picture("give", PHONE, "", at("/don/")),
    Picture("words-beside-a-gift", PHONE, "", words_open),
    Picture("may-i-ask", PHONE, "", may_i_ask),
    Picture("steps", PHONE, "Polytech Annecy-Chambéry", first_link("/demandes/", "main .row, main form")),
    Picture("request", PHONE, "Polytech Nice Sophia", at("/demandes/")),
    Picture("call-me-back", PHONE, "", at("/rappelez-moi/")),
    Picture("register", DESK, "Référente de Polytech Marseille", at("/inscrits/")),
    Picture("editor-draft", DESK, "Administratrice", scheme_draft),
    Picture("editor-condition", DESK, "Administratrice", scheme_condition),
    Picture("files", DESK, "Présidente du comité", at("/comite/")),
    Picture("vote", DESK, "Présidente du comité", first_link("/comite/", "main table tbody")),
    Picture("treasury", DESK, "Trésorier", at("/tresorerie/")),
    Picture("batch", DESK, "Signataire", first_link("/tresorerie/lots/", "main table tbody")),
    Picture("statement", DESK, "Trésorier", first_link("/tresorerie/releves/", "main table tbody")),
    Picture("gifts", DESK, "Trésorier", at("/dons/")),
    Picture("cheques", DESK, "Trésorier", first_link("/dons/cheques/", "main .lines, main table tbody")),
    Picture("words-to-read", DESK, "Communication. ", at("/dons/messages/")),
    Picture("draft", DESK, "Directrice de la communication", first_link("/communication/", "main .todo")),
)


def become(page: Page, who: str) -> None:
    """Takes the place of the first person of whom the demo says `who`."""
    page.goto("/demo/")
    page.locator("li", has_text=who).first.get_by_role("button").click()


def shoot(browser: Browser, address: str, picture: Picture) -> bytes:
    """The screen as one sees it first: light, in French, nothing moving."""
    width, height = picture.size
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        color_scheme="light",
        locale="fr-FR",
        reduced_motion="reduce",
    )
    context.set_default_timeout(20_000)
    try:
        page = context.new_page()
        if picture.who:
            become(page, picture.who)
        picture.reach(page)
        page.wait_for_load_state("networkidle")
        if page.locator("main h1").count() == 0:
            raise NotAsExpected(f"{picture.name}: {page.url} shows no page.")
        return page.screenshot()
    except BrowserError as error:
        raise NotAsExpected(f"{picture.name}: {error.message.splitlines()[0]}") from error
    finally:
        context.close()


def made_small(drawn: bytes) -> bytes:
    """The same picture with few colours: text and flat grounds lose nothing that the eye sees."""
    small = io.BytesIO()
    image = Image.open(io.BytesIO(drawn)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()


def take(address: str, names: list[str]) -> None:
    """Makes the named pictures, or all of them. Raises NotAsExpected."""
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for picture in ALL:
            if not names or picture.name in names:
                small = made_small(shoot(browser, address, picture))
                if len(small) > MAX_BYTES:
                    raise NotAsExpected(f"{picture.name}: {len(small)} bytes are too many.")
                (PICTURES / f"{picture.name}.png").write_bytes(small)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    try:
        take(sys.argv[1], sys.argv[2:])
    except NotAsExpected as error:
        sys.exit(str(error))
