"""A small telephone on a slow line, and the person who holds it: every tap, letter and word is counted."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page

# What slow 3G is in the browsers' own tools: 400 ms there and back, 400 kbit/s.
SLOW_3G: dict[str, Any] = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 50_000,
    "uploadThroughput": 50_000,
}
# An unhurried hand: seconds a tap, seconds a letter; words read a second (238 a minute is the mean of silent reading).
A_TAP, A_LETTER, WORDS_A_SECOND = 1.5, 0.4, 238 / 60
LINES = """() => {
  const offered = new Set([...document.querySelectorAll('main option')].map(one => one.textContent.trim()));
  return document.querySelector('main').innerText.split('\\n')
    .filter(line => line.trim() && !offered.has(line.trim()));
}"""


@dataclass
class Screen:
    """One page as it arrived: `words` are those not read before, `size` all bytes that came over the line for it, and
    `sent` those of the forms that went before it."""

    path: str
    words: int
    size: int
    sent: int


@dataclass
class Phone:
    """`language` is the browser's. Screens are counted when the person looks at them (`look`), by axe too if asked."""

    browser: Browser
    address: str
    language: str
    folder: Path
    is_phone: bool = True
    has_axe: bool = False
    taps: int = 0
    letters: int = 0
    screens: list[Screen] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    bytes_now: int = 0
    sent_now: int = 0
    requests: int = 0

    def __post_init__(self) -> None:
        context = self._context()
        self.page: Page = context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.on("console", lambda one: self._note(one.type, f"{one.text} {one.location.get('url', '')}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        line = context.new_cdp_session(self.page)
        line.send("Network.enable")
        if self.is_phone:
            line.send("Network.emulateNetworkConditions", SLOW_3G)
        line.on("Network.loadingFinished", self._count)
        line.on("Network.requestWillBeSentExtraInfo", self._count_sent)
        self.mailbox = self.browser.new_context(locale="fr-FR").new_page()
        self.used: set[str] = set()

    def _context(self) -> BrowserContext:
        if not self.is_phone:
            return self.browser.new_context(locale=self.language, viewport={"width": 1280, "height": 800})
        return self.browser.new_context(
            locale=self.language,
            reduced_motion="reduce",  # axe would measure colours half-way
            viewport={"width": 360, "height": 740},
            has_touch=True,
            is_mobile=True,
            device_scale_factor=2,
        )

    def _note(self, kind: str, text: str) -> None:
        # 4xx pages are part of a walk; and a request that a quicker tap replaced is logged as an error by htmx.
        expected = "the server responded with a status of 4", "htmx:sendAbort", "htmx:afterRequest"
        if kind == "error" and not any(words in text for words in expected):
            self.complaints.append(text)

    def _count(self, event: dict[str, float]) -> None:
        self.requests += 1
        self.bytes_now += int(event["encodedDataLength"])

    def _count_sent(self, event: dict[str, Any]) -> None:
        self.sent_now += int(event["headers"].get("Content-Length", 0))

    # What a person does ------------------------------------------------------------------------------------------

    def look(self, name: str) -> None:
        """Reads the screen: it must fit the width, and is kept as a picture."""
        self.page.wait_for_load_state("networkidle")
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{name}: {wide} pixels wider than the screen"
        path = re.sub(r"[0-9a-f-]{36}", "…", self.page.evaluate("location.pathname"))
        self.screens.append(Screen(path, self._new_words(), self.bytes_now, self.sent_now))
        self.bytes_now = self.sent_now = 0
        if self.has_axe:
            self.complaints += self._axe(name)
        # caret: else the tool puts a style of its own into the page, which the page's policy refuses.
        device = f"{self.language[:2]}-{'phone' if self.is_phone else 'desk'}"
        path_of_picture = self.folder / f"{device}-{len(self.screens):02}-{name}.png"
        self.page.screenshot(path=path_of_picture, full_page=True, caret="initial")

    def _axe(self, name: str) -> list[str]:
        found = Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
        return [f"{name}: {one['id']} {[node['html'][:120] for node in one['nodes'][:2]]}" for one in found]

    def _new_words(self) -> int:
        lines = set(self.page.evaluate(LINES)) - self.read
        self.read |= lines
        return sum(len(line.split()) for line in lines)

    def tap(self, place: Locator) -> None:
        self.taps += 1
        place.tap() if self.is_phone else place.click()

    def write(self, place: Locator, text: str) -> None:
        """A tap into the field, and the letters."""
        self.taps += 1
        self.letters += len(text)
        place.fill(text)

    def choose(self, place: Locator, value: str) -> None:
        """One tap opens the list, one chooses."""
        self.taps += 2
        place.select_option(value)

    def photograph(self, place: Locator, content: bytes) -> None:
        """Three taps: the field, the shutter, « OK »."""
        self.taps += 3
        place.set_input_files({"name": "IMG_4711.jpg", "mimeType": "image/jpeg", "buffer": content})

    def code(self, email: str) -> str:
        """The newest six digits in the demo's mailbox for this address that were not used yet."""
        return self.letter(email, r"(?<!\d)\d{6}(?!\d)")

    def letter(self, email: str, pattern: str) -> str:
        """What the newest mail for this address says by `pattern`, if it was not read yet; waits for it to come."""
        for _attempt in range(120):
            self.mailbox.goto(f"{self.address}/demo/courrier/")
            letter = self.mailbox.locator("article").filter(has_text=email).first
            found = re.search(pattern, letter.inner_text()) if letter.count() else None
            if found and found.group() not in self.used:
                self.used.add(found.group())
                return found.group()
            self.mailbox.wait_for_timeout(500)
        raise AssertionError(f"nothing new came for {email}")

    def now(self) -> float:
        """Seconds on the page's own clock."""
        return float(self.page.evaluate("Date.now()")) / 1000

    def line_seconds(self) -> float:
        """What the slow line takes for all that went over it, one request after the other. Not the clock's time, which
        also counts what else this machine does meanwhile."""
        carried = sum(screen.size + screen.sent for screen in self.screens)
        return carried / SLOW_3G["downloadThroughput"] + self.requests * SLOW_3G["latency"] / 1000

    def hand_seconds(self) -> float:
        """What an unhurried person takes for these taps, letters and words."""
        words = sum(screen.words for screen in self.screens)
        return self.taps * A_TAP + self.letters * A_LETTER + words / WORDS_A_SECOND

    def told(self, seconds: float) -> str:
        lines = [
            f"{one.path:42}{one.words:>6} words{one.size:>9} bytes{one.sent:>9} sent" for one in self.screens
        ]
        total, sent = sum(one.size for one in self.screens), sum(one.sent for one in self.screens)
        return "\n".join(
            [
                *lines,
                f"{len(self.screens)} screens, {self.taps} taps, {self.letters} letters, {total} bytes,"
                f" {sent} sent;"
                f" {seconds:.0f} s of the page's clock, {self.line_seconds():.0f} s of the line,"
                f" {self.hand_seconds():.0f} s of reading and typing",
            ]
        )
