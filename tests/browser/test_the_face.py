"""Every kind of page that each person of the demo can reach by its links: readable, light, and whole on a phone.

Axe in both colour schemes, no scroll sideways at 320 pixels, nothing refused by the content policy, focus that shows;
and what a first visit transfers, with an empty cache. A page built of the same pieces as one that was looked at is
opened and laid out, but axe is not asked again: most people share their desk, their account and their lists.
"""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

pytestmark = pytest.mark.browser

FIRST_VISIT_BYTES = 100_000
VISITOR = "visitor"
# What the dark scheme changes is colours: the other rules would say the same of the same page twice.
SCHEMES = {
    "light": {"resultTypes": ["violations"]},
    "dark": {"resultTypes": ["violations"], "runOnly": ["color-contrast"]},
}
# Who looks, and where their way begins; what they can reach by links from there is looked at too.
STARTS = {
    VISITOR: (
        "/",
        "/comptes/",
        "/comptes/publications/1/",
        "/don/",
        "/aide/",
        "/aide/emergency-aid/",
        "/demo/",
    ),
    "Célestin": ("/demandes/",),
    "Adama": ("/demandes/",),
    "Marius": ("/demandes/",),
    "Victoire": ("/demandes/",),
    "Mathilde": ("/bureau/",),
    "Jeanne": ("/bureau/",),
    "Aïssatou": ("/bureau/",),
    "Olivier": ("/bureau/",),
    "Nadia": ("/bureau/",),
    "Théo": ("/bureau/",),
    "Bérénice": ("/bureau/",),
    "Camille": ("/bureau/",),
    "Sami": ("/bureau/",),
}
# The same for everyone: the visitor looks at them.
PUBLIC = re.compile(r"^/($|aide/|comptes/|don/|demo/)")
# Files and drawings are no pages; the pay page and the mailbox are the demo's own.
NO_PAGE = re.compile(r"\.(pdf|csv|json|svg|xml)$|^/(demo/courrier|demo/banque|api|pieces|compte/deconnexion)")
# Numbers, references (D-2020-000180), tokens, and the numbered parts of a scheme (cases.1.facts.3).
NUMBERS = re.compile(r"(?<=/)(?:(?:[A-Z]-)?[0-9-]+|[A-Za-z0-9_-]{16,})(?=/|$)|(?<=[.])[0-9]+")
OF_A_KIND = 3  # a gift that was paid, one that was paid back…: more would be the same again


# What a page is built of: every tag with its classes, its role and its state, under that of its parent; no words.
PIECES = """() => {
    const name = one => [
        one.tagName, ...[...one.classList].sort(), one.getAttribute("role"), one.type,
        ...["disabled", "hidden", "open", "checked", "aria-invalid", "aria-current"].filter(a => one.hasAttribute(a)),
    ].join(".");
    const all = [...document.querySelectorAll("body, body *")];
    return [...new Set(all.map(one => name(one.parentElement) + ">" + name(one)))].sort().join("\\n");
}"""


class Look:
    """One person's browser, and what was wrong with the pages it saw.

    `measured` is shared by all: the kinds of pages, with what they are built of, that axe has read.
    """

    def __init__(
        self, browser: Browser, address: str, who: str, measured: set[tuple[str, str]], locale: str = "fr-FR"
    ) -> None:
        self.address, self.who, self.measured = address, who, measured
        self.faults: list[str] = []
        self.kinds: Counter[str] = Counter()
        # Without motion: axe would measure colours half-way between the two schemes.
        self.context: BrowserContext = browser.new_context(
            locale=locale, viewport={"width": 390, "height": 844}, reduced_motion="reduce"
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self._fault(str(error)))
        if who != VISITOR:
            self.page.goto(f"{address}/demo/")
            self.page.get_by_role("button", name=f"Devenir {who}").click()
            expect(self.page.get_by_role("button", name="Quitter")).to_be_visible()

    def _note(self, kind: str, text: str) -> None:
        # A refusal is a page too, and is looked at; the browser logs its status.
        if kind == "error" and "status of 403" not in text:
            self._fault(text)

    def _fault(self, text: str) -> None:
        self.faults.append(f"{self.who}, {urlsplit(self.page.url).path}: {text}")

    def walk(self, starts: tuple[str, ...]) -> None:
        """Breadth first over a few pages of each kind (numbers and tokens left out)."""
        waiting, known = list(starts), set()
        while waiting:
            path = waiting.pop(0)
            kind = NUMBERS.sub("#", path)
            if path in known or self.kinds[kind] == OF_A_KIND:
                continue
            known.add(path)
            self.kinds[kind] += 1
            if self._opens(path):
                waiting += self._links()
                self._look_once(kind)

    def _opens(self, path: str) -> bool:
        """False for an address that gives a file."""
        try:
            self.page.goto(self.address + path)
        except Error as error:
            if "Download is starting" not in str(error):
                raise
            return False
        return True

    def _links(self) -> Iterator[str]:
        found = self.page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
        for link in found:
            parts = urlsplit(link)
            is_mine = self.who == VISITOR or not PUBLIC.search(parts.path)
            if link.startswith(self.address) and is_mine and not NO_PAGE.search(parts.path):
                yield parts.path

    def _look_once(self, kind: str) -> None:
        found = (kind, self.page.evaluate(PIECES))
        if found in self.measured:
            self._fits()
        else:
            self.measured.add(found)
            self.look()

    def look(self) -> None:
        """At the page that is open: both schemes by axe, three widths, and where the keyboard stands."""
        for scheme, options in SCHEMES.items():
            self.page.emulate_media(color_scheme=scheme)
            for violation in Axe().run(self.page, options=options).response["violations"]:
                places = [node["html"][:120] for node in violation["nodes"][:2]]
                self._fault(f"axe, {scheme}: {violation['id']} {places}")
        self._fits()
        self._focus_shows()

    def _fits(self) -> None:
        for width in (320, 390, 1280):
            self.page.set_viewport_size({"width": width, "height": 844})
            over = self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if over > 0:
                self._fault(f"scrolls sideways by {over} px at {width}")
        self.page.set_viewport_size({"width": 390, "height": 844})

    def _focus_shows(self) -> None:
        for _stop in range(4):
            self.page.keyboard.press("Tab")
            shown = self.page.evaluate(
                """() => {
                    const one = document.activeElement, style = getComputedStyle(one);
                    return one === document.body || parseFloat(style.outlineWidth) > 0
                        || style.boxShadow !== "none";
                }"""
            )
            if not shown:
                self._fault("the keyboard's focus does not show")


@pytest.fixture(scope="module")
def measured() -> set[tuple[str, str]]:
    return set()


@pytest.mark.parametrize("who", STARTS)
def test_every_page_within_reach_is_readable_and_whole(
    browser: Browser, site, measured: set[tuple[str, str]], who: str
) -> None:
    look = Look(browser, site.address, who, measured)
    look.walk(STARTS[who])
    assert look.faults == []
    assert len(look.kinds) > 1, "a person who reaches nothing proves nothing"
    look.context.close()


def test_the_english_pages_are_whole_too(browser: Browser, site) -> None:
    look = Look(browser, site.address, VISITOR, set(), locale="en-GB")
    for path in ("/", "/comptes/", "/comptes/publications/2/", "/don/", "/aide/emergency-aid/"):
        look.page.goto(site.address + path)
        assert look.page.locator("html").get_attribute("lang") == "en"
        look.look()
    assert look.faults == []
    look.context.close()


@pytest.mark.parametrize(
    "path", ["/", "/comptes/", "/comptes/publications/2/", "/don/", "/aide/", "/aide/emergency-aid/"]
)
def test_a_first_visit_transfers_less_than_100_kb(browser: Browser, site, path: str) -> None:
    """Every byte that the network brought: the page, styles, scripts, drawings, with their headers."""
    context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    transferred: list[float] = []
    session.on("Network.loadingFinished", lambda event: transferred.append(event["encodedDataLength"]))
    page.goto(site.address + path, wait_until="networkidle")
    assert 5_000 < sum(transferred) < FIRST_VISIT_BYTES, f"{sum(transferred):.0f} bytes in {len(transferred)}"
    context.close()
