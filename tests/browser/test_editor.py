"""On a slow line, what is typed while a form of the editor comes back is not lost."""

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Site
from tests.stories.scheme_cases import FILES, PROJECT

pytestmark = pytest.mark.browser

SLOW_MS = 400


def slowly(route: Route) -> None:
    """The answer of the server, as late as on a slow line."""
    if route.request.method != "POST":
        route.continue_()
        return
    response = route.fetch()
    route.request.frame.page.wait_for_timeout(SLOW_MS)
    route.fulfill(response=response)


@pytest.fixture
def page(browser: Browser, site: Site):
    """A new draft's second question, on a slow line."""
    context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{site.address}/demo/")
    page.get_by_role("button", name="Devenir Camille").click()
    page.goto(f"{site.address}/dispositifs/nouveau/")
    page.get_by_role("button", name="Commencer le brouillon").click()
    page.goto(f"{page.url.partition('#')[0]}fiche/questions.2/")
    page.route("**/fiche/**", slowly)
    yield page
    context.close()


def typed_text(page: Page, name: str):
    return page.locator(f'[name="{name}"]')


def test_a_label_typed_while_the_kind_is_asked_stays(page: Page) -> None:
    page.locator("[name=kind]").select_option("choice")
    typed_text(page, "label.fr").press_sequentially("Quel voyage faites-vous ?", delay=40)
    expect(typed_text(page, "options.1.value")).to_be_visible()
    page.wait_for_timeout(2 * SLOW_MS)
    expect(typed_text(page, "label.fr")).to_have_value("Quel voyage faites-vous ?")
    expect(typed_text(page, "label.fr")).to_be_focused()


def test_an_answer_typed_while_a_row_is_added_stays_in_its_row(page: Page) -> None:
    page.locator("[name=kind]").select_option("choice")
    expect(typed_text(page, "options.2.value")).to_be_visible()
    page.locator('button[value="option add"]').click()
    typed_text(page, "options.2.value").press_sequentially("train", delay=40)
    expect(typed_text(page, "options.3.value")).to_be_visible()
    page.wait_for_timeout(2 * SLOW_MS)
    expect(typed_text(page, "options.2.value")).to_have_value("train")
    expect(typed_text(page, "options.3.value")).to_have_value("")


def test_a_choice_made_while_another_is_asked_is_asked_too(page: Page) -> None:
    page.locator("[name=kind]").select_option("choice")
    page.locator("[name=kind]").select_option("number")
    expect(typed_text(page, "minimum")).to_be_visible()
    expect(page.locator("[name=kind]")).to_have_value("number")
    assert typed_text(page, "options.1.value").count() == 0


def test_what_is_typed_in_the_trial_stays(page: Page, site: Site) -> None:
    loaded = site.manage("load_scheme", str(FILES[PROJECT]))
    assert loaded.returncode == 0, loaded.stderr
    page.goto(f"{site.address}/dispositifs/{PROJECT}/1/")
    page.get_by_role("link", name="Copier dans un brouillon").click()
    page.get_by_role("button", name="Commencer le brouillon").click()
    page.get_by_role("link", name="Essayer le formulaire").click()
    page.locator("[name=q-kind][value=solidarity]").check()
    for name, typed in (("begins_on", "01/06/2020"), ("ends_on", "15/08/2020")):
        typed_text(page, f"q-{name}").focus()
        with page.expect_response(lambda one: one.request.method == "POST"):
            page.keyboard.type(typed)
            page.keyboard.press("Tab")
        page.wait_for_timeout(300)
        expect(typed_text(page, f"q-{name}")).to_have_value(typed)
    expect(typed_text(page, "q-begins_on")).to_have_value("01/06/2020")
    expect(page.locator("#result .money")).to_have_text("450\u00a0€")
