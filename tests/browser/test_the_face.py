"""Every kind of page that each person of the demo can reach by its links: readable, light, and whole on a phone.

Axe in both colour schemes, no scroll sideways at 320 pixels, nothing refused by the content policy, focus that shows;
and what a first visit transfers, with an empty cache.
"""

import re
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
NUMBERS = re.compile(r"/[0-9]+(?=/|$)|/[A-Za-z0-9_-]{16,}(?=/|$)")


class Look:
    """One person's browser, and what was wrong with the pages it saw."""

    def __init__(self, browser: Browser, address: str, who: str, locale: str = "fr-FR") -> None:
        self.address, self.who = address, who
        self.faults: list[str] = []
        self.kinds: set[str] = set()
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
        """Breadth first over one page of each kind (numbers and tokens left out)."""
        waiting = list(starts)
        while waiting:
            path = waiting.pop(0)
            kind = NUMBERS.sub("/#", path)
            if kind in self.kinds:
                continue
            self.kinds.add(kind)
            if self._opens(path):
                waiting += self._links()
                self.look()

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

    def look(self) -> None:
        """At the page that is open: both schemes by axe, three widths, and where the keyboard stands."""
        for scheme, options in SCHEMES.items():
            self.page.emulate_media(color_scheme=scheme)
            for violation in Axe().run(self.page, options=options).response["violations"]:
                places = [node["html"][:120] for node in violation["nodes"][:2]]
                self._fault(f"axe, {scheme}: {violation['id']} {places}")
        for width in (320, 390, 1280):
            self.page.set_viewport_size({"width": width, "height": 844})
            over = self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if over > 0:
                self._fault(f"scrolls sideways by {over} px at {width}")
        self.page.set_viewport_size({"width": 390, "height": 844})
        self._focus_shows()

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


@pytest.mark.parametrize("who", STARTS)
def test_every_page_within_reach_is_readable_and_whole(browser: Browser, site, who: str) -> None:
    look = Look(browser, site.address, who)
    look.walk(STARTS[who])
    assert look.faults == []
    assert len(look.kinds) > 1, "a person who reaches nothing proves nothing"
    look.context.close()


def test_the_english_pages_are_whole_too(browser: Browser, site) -> None:
    look = Look(browser, site.address, VISITOR, locale="en-GB")
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
