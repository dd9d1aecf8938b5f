"""Makes the README's picture from a running demo: `python -m tests.pictures http://127.0.0.1:8000`."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"


def take(address: str) -> None:
    """The home page as a visitor sees it on a desktop, in light colours."""
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 860}, color_scheme="light", locale="fr-FR")
        page.goto(address)
        page.screenshot(path=PICTURES / "home.png")
        browser.close()


if __name__ == "__main__":
    take(sys.argv[1])
