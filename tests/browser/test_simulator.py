"""What is typed in the simulator stays under one's hands, and the amount beside it follows."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.stories.scheme_cases import FILES, OURS, PROJECT

pytestmark = pytest.mark.browser


def field(page: Page, name: str):
    return page.locator(f"[name=q-{name}]")


@pytest.fixture
def page(browser: Browser, site: Site):
    for path in (FILES[PROJECT], OURS / "meals.yaml"):
        loaded = site.manage("load_scheme", str(path))
        assert loaded.returncode == 0, loaded.stderr
    context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def answered(page: Page):
    """Whatever the next keys make the page ask of the server."""
    return page.expect_response(lambda one: one.request.method == "POST")


def test_what_is_typed_stays_and_the_amount_follows(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/aide/{PROJECT}/")
    with answered(page):
        page.locator("[name=q-kind][value=solidarity]").check()
    for name, typed in (("begins_on", "01/06/2020"), ("ends_on", "15/08/2020")):
        field(page, name).focus()
        with answered(page):
            page.keyboard.type(typed)
            page.keyboard.press("Tab")
        page.wait_for_timeout(300)
        for one in ("begins_on", "ends_on"):
            expect(field(page, one)).to_be_visible()
        expect(field(page, name)).to_have_value(typed)
    expect(page.locator("#result .money")).to_have_text("450\u00a0€")
    with answered(page):
        page.locator("[name=q-kind][value=observation]").check()
    expect(page.locator("#result")).to_contain_text("stages d’observation")
    expect(field(page, "ends_on")).to_have_value("15/08/2020")


def test_an_amount_and_a_date_are_typed_in_one_go(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/aide/meals/")
    field(page, "born_on").focus()
    with answered(page):
        page.keyboard.type("30/06/1999")
        page.keyboard.press("Tab")
    expect(field(page, "quotient")).to_be_focused()
    with answered(page):
        page.keyboard.type("0")
        page.keyboard.press("Tab")
    page.wait_for_timeout(300)
    expect(field(page, "quotient")).to_have_value("0")
    expect(field(page, "born_on")).to_have_value("30/06/1999")
    expect(page.locator("#result .money")).to_be_visible()
    assert page.locator(".error").count() == 0
