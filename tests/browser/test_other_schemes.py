"""Schemes that no line of code knows, on a small telephone: from the simulator or an invitation to the signature."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from fund import money
from tests.browser.conftest import Site
from tests.browser.phone import Phone
from tests.browser.student_steps import (
    answer_all,
    give_account,
    go_on,
    say_who,
    send_photos,
    sign,
    sign_in,
    text_of,
)
from tests.stories.scheme_cases import FILES, PROJECT, STAY, TIERS, Case

pytestmark = pytest.mark.browser

PAGE_BYTES = 100_000
STORY = {
    "fr": "Je pars en juin, la gratification arrive en août.",
    "en": "I leave in June, the pay comes in August.",
}
# Opens a scheme for who is invited, and sends its link to one address of the school it belongs to.
INVITE = """
import sys, uuid
from datetime import date
from aid_requests import actions
from aid_requests.actions import invitations
from fund.models import RoleGrant, School
from fund.roles import Role
text, email = open({path!r}, encoding="utf-8").read(), {email!r}
version = actions.load_scheme(by=None, text=text.replace("\\ncaps:\\n", "\\naccess: invited\\ncaps:\\n")).version
by = RoleGrant.objects.live().filter(role=Role.ADMINISTRATOR)[0].user
school = next(one for one in School.objects.all() if email.partition("@")[2] in one.email_domains)
wanted = invitations.Wanted(version.scheme, school, "2019-2020", date(2020, 6, 1), addresses=email)
row = invitations.make_invitations(by=by, wanted=wanted, form_token=uuid.uuid4())
invitations.send_invitations(by=by, invitation_list=row)
"""


@dataclass(frozen=True)
class Person:
    """Invented; `email` is of a school of the demo."""

    first_name: str
    last_name: str
    email: str

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


def tier(scheme: str, name: str) -> Case:
    return next(case for case in TIERS if (case.scheme, case.name) == (scheme, name))


def from_the_simulator(phone: Phone, case: Case, person: Person) -> None:
    """Answers without an account; the result leads to the code and to the first step."""
    page, language = phone.page, phone.language[:2]
    page.goto(f"{phone.address}/aide/{case.scheme}/")
    phone.look("simulator")
    answer_all(phone, case.answers)
    amount = money.format_euros(case.cents, language, cents_shown=False)
    expect(page.locator(".register")).to_contain_text(amount)
    phone.look("result")
    phone.tap(page.locator("#result a.btn.wide"))
    page.wait_for_selector("main [name=email]")
    sign_in(phone, person.email)
    page.wait_for_selector("#result button.btn.wide")
    phone.look("result-signed-in")
    phone.tap(page.locator("#result button.btn.wide"))


def from_the_invitation(phone: Phone, link: str, person: Person) -> None:
    """The link of the mail leads to the code and, once more, to the first step."""
    phone.page.goto(link)
    phone.look("invitation")
    go_on(phone)
    phone.page.wait_for_selector("main [name=email]")
    sign_in(phone, person.email)
    phone.page.wait_for_selector("main form[method=post] button.btn[type=submit]:not([name=act])")
    phone.look("invitation-signed-in")
    go_on(phone)


def to_the_signature(phone: Phone, case: Case, person: Person) -> None:
    """The five steps, with whatever this scheme still asks."""
    say_who(phone, person.first_name, person.last_name)
    phone.page.wait_for_selector("main [name=q-shown]", state="attached")
    phone.look("situation")
    answer_all(phone, {**case.answers, "story": STORY[phone.language[:2]]})
    phone.look("situation-answered")
    go_on(phone)
    send_photos(phone)
    give_account(phone, person.full_name)
    sign(phone, person.email, "Lyon")
    assert money.format_euros(case.cents, phone.language[:2]) in text_of(phone.page)


def is_whole(phone: Phone) -> None:
    """`look` failed already where a screen was wider than the telephone."""
    assert phone.complaints == [], phone.complaints
    assert max(screen.size for screen in phone.screens) < PAGE_BYTES


def test_a_project_is_signed_for_in_french_from_the_simulator(
    browser: Browser, site: Site, tmp_path: Path, told: list[str]
) -> None:
    loaded = site.manage("load_scheme", str(FILES[PROJECT]))
    assert loaded.returncode == 0, loaded.stderr
    person = Person("Lou", "D’Exemple-Essai", "lou.project@lyon.polytech.example")
    case = tier(PROJECT, "internship_middle")
    phone = Phone(browser, site.address, "fr-FR", tmp_path, has_axe=True)
    start = phone.now()
    from_the_simulator(phone, case, person)
    to_the_signature(phone, case, person)
    told.append(phone.told(phone.now() - start))
    is_whole(phone)


def test_a_stay_is_signed_for_in_english_from_an_invitation(
    browser: Browser, site: Site, tmp_path: Path, told: list[str]
) -> None:
    person = Person("Robin", "Elsewhere", "robin.stay@nantes.polytech.example")
    case = tier(STAY, "interrupted")
    phone = Phone(browser, site.address, "en-GB", tmp_path, has_axe=True)
    link = invited(site, phone, person.email)
    start = phone.now()
    from_the_invitation(phone, link, person)
    to_the_signature(phone, case, person)
    told.append(phone.told(phone.now() - start))
    is_whole(phone)


def invited(site: Site, phone: Phone, email: str) -> str:
    """The link that this person finds in the demo's mailbox."""
    done = site.manage("shell", "-v0", "-c", INVITE.format(path=str(FILES[STAY]), email=email))
    assert done.returncode == 0, done.stderr
    return phone.address + phone.letter(email, r"/invitation/[\w-]+/")
