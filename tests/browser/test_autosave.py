"""What is typed is saved by itself: told in words, again after a cut line, one request at a time, two tabs apart."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.conftest import Site
from tests.browser.phone import Phone
from tests.browser.student_steps import sign_in

pytestmark = pytest.mark.browser

KEPT, UNSENT = "Enregistré.", re.compile("Pas encore enregistré")
TOLD = "[data-saved]"


def field(page: Page, name: str):
    return page.locator(f"[name={name}]")


def walk(context: BrowserContext, address: str) -> None:
    """On the step « Vous » of a draft whose first tab is signed in."""
    page, second = context.new_page(), context.new_page()
    running, most = [], [0]

    def slowly(route: Route) -> None:
        running.append(route)
        most[0] = max(most[0], len(running))
        response = route.fetch()
        page.wait_for_timeout(700)
        running.remove(route)
        route.fulfill(response=response)

    page.goto(address)
    second.goto(address)
    page.route("**/garder/**", slowly)
    field(page, "first_name").press_sequentially("Zélie", delay=40)
    field(page, "birth_date").press_sequentially("31/0", delay=600)
    expect(page.locator(TOLD)).to_have_text(KEPT, timeout=15_000)
    page.wait_for_timeout(3000)
    assert most[0] == 1
    page.unroute("**/garder/**")
    # Another tab of the same draft is told, and its words go nowhere.
    field(second, "first_name").fill("Autre")
    expect(second.locator(TOLD)).to_contain_text("dans un autre onglet", timeout=15_000)
    # The line is cut: it says so, and sends the last state once it is back.
    context.set_offline(True)
    field(page, "birth_place").fill("Saint-Étienne")
    expect(page.locator(TOLD)).to_have_text(UNSENT, timeout=15_000)
    context.set_offline(False)
    expect(page.locator(TOLD)).to_have_text(KEPT, timeout=15_000)
    assert page.locator(".error").count() == 0
    page.close()
    again = context.new_page()
    again.goto(address)
    expect(field(again, "first_name")).to_have_value("Zélie")
    expect(field(again, "birth_date")).to_have_value("31/0")
    expect(field(again, "birth_place")).to_have_value("Saint-Étienne")
    expect(again.locator(TOLD)).to_contain_text("Voici ce que vous aviez écrit")


def test_a_draft_is_saved_as_one_types(site: Site, browser: Browser, tmp_path: Path):
    phone = Phone(browser, site.address, "fr-FR", tmp_path, is_phone=False)
    phone.page.goto(f"{site.address}/compte/connexion/")
    email = f"typing.student@{school_domain(site)}"
    sign_in(phone, email)
    expect(phone.page.get_by_role("button", name="Quitter")).to_be_visible(timeout=60_000)
    walk(phone.page.context, begun_draft(site, email))


def school_domain(site: Site) -> str:
    program = "from fund.models import School; print(School.objects.filter(is_open=True)[0].email_domains[0])"
    return site.manage("shell", "-v0", "-c", program).stdout.split()[-1]


def begun_draft(site: Site, email: str) -> str:
    """The address of the first step of a new draft of this person."""
    program = (
        "from aid_requests import actions; from fund.models import User;"
        f"r = actions.start_request(by=User.objects.get(email={email!r}), slug='emergency-aid', raw_answers={{}});"
        "print(r.token)"
    )
    token = site.manage("shell", "-v0", "-c", program).stdout.split()[-1]
    return f"{site.address}/demandes/{token}/vous/"
