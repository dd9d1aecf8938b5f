"""Each scheme from the simulator to a signed and certified request, on real pages, in both languages, every tier."""

from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import yaml
from django.core import mail
from django.core.mail import EmailMessage
from django.urls import reverse

from aid_requests import actions, schemes, verification
from aid_requests.actions import invitations
from aid_requests.models import AidRequest
from fund import clock, money
from fund.models import School
from tests.aid_requests.register import factories as lists
from tests.stories.scheme_cases import BOUNDS, DAYS, FILES, REFUSED, TIERS, Case
from tests.stories.students import Student, languages_of
from tests.stories.world import World, found, run_queue

pytestmark = [pytest.mark.django_db, pytest.mark.pages]
IBAN = "FR76 3000 6000 0112 3456 7890 189"
STORY = "Trois phrases, sans nom."
LANGUAGES = ("fr", "en")
ONE_DAY = timedelta(days=1)


def on(day: date, hour: int = 10, minute: int = 0) -> AbstractContextManager[None]:
    return clock.at(datetime.combine(day, time(hour, minute), tzinfo=clock.PARIS))


def plain(slug: str) -> Any:
    return yaml.safe_load(FILES[slug].read_text(encoding="utf-8"))


@pytest.fixture
def fund_of(world: World) -> World:
    """The fund with every scheme open."""
    for slug, path in FILES.items():
        assert actions.load_scheme(by=None, text=path.read_text(encoding="utf-8")).version.scheme.slug == slug
    return world


def student(language: str = "fr", name: str = "noe") -> Student:
    return Student(f"{name}@nord.example", language)


def speaks_only(one: Student, slug: str) -> list[str]:
    """The texts of the scheme that the page shows in the language that was not asked for."""
    pairs = [(french, english) for french, english in languages_of(plain(slug)) if french != english]
    others = [french if one.language == "en" else english for french, english in pairs]
    text = one.page.seen()
    return [words for words in others if len(words) > 12 and words in text]


def euros(cents: int, language: str) -> str:
    return money.format_euros(cents, language, cents_shown=False)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", TIERS, ids=str)
def test_every_tier_goes_from_the_simulator_to_a_certified_request(
    case: Case, language: str, fund_of: World
) -> None:
    one = student(language)
    with on(case.on):
        one.simulate(case.scheme, case.answers)
        assert one.errors() == []
        assert euros(case.cents, language) in one.page.seen()
        assert speaks_only(one, case.scheme) == []
        one.sign_in()
        one.start(case.scheme)
        one.identify()
        one.answer(case.answers, **{"q-story": STORY})
        assert one.page.address.endswith("/pieces/"), one.page.seen()
        assert speaks_only(one, case.scheme) == []
        one.add_papers()
        one.give_account(IBAN, "Noe D Haene")
        help_in_english = one.page.root.xpath("//section[@aria-labelledby='aide']//li")
        sentences = one.declare()
        assert len(sentences) >= 3
        assert len(help_in_english) == (len(sentences) if language == "en" else 0)
        is_submitted(one, case)
        certify(fund_of)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", FILES)
def test_an_invitation_leads_to_the_signature_where_nobody_else_may_ask(
    slug: str, language: str, fund_of: World, school: School
) -> None:
    """The scheme is for who was invited: the simulator alone begins nothing, the link of the mail does."""
    case = next(case for case in TIERS if case.scheme == slug)
    text = FILES[slug].read_text(encoding="utf-8").replace("\ncaps:\n", "\naccess: invited\ncaps:\n")
    version = actions.load_scheme(by=None, text=text).version
    one, other = student(language), student(language, "intruse")
    with on(case.on):
        row = lists.made(fund_of.people.referent, school, one.email, scheme=version.scheme)
        invitations.send_invitations(by=fund_of.people.referent, invitation_list=row)
        other.simulate(slug, case.answers)
        assert not starts(other, slug)
        run_queue()
        link = found(r"(/invitation/[\w-]+/)", str(letters_to(one.email)[-1].body))
        one.accept(link)
        one.identify()
        one.answer(case.answers, **{"q-story": STORY})
        one.add_papers()
        one.give_account(IBAN, "Noe D Haene")
        one.declare()
        is_submitted(one, case)


def starts(one: Student, slug: str) -> bool:
    """Whether the page that the simulator leads to begins a request once one is signed in."""
    if not one.page.root.xpath(f"//a[contains(@href, '{reverse('account_login')}?next=')]"):
        return False
    one.sign_in()
    one.client.post(reverse("start_request", args=[slug]))
    return AidRequest.objects.exists()


def letters_to(email: str) -> list[EmailMessage]:
    return [one for one in mail.outbox if one.to == [email]]


def is_submitted(one: Student, case: Case) -> None:
    """The page says so and names the amount; the PDF that the student downloads was signed here."""
    request = AidRequest.objects.get()
    assert (request.state, request.amount_cents) == ("submitted", case.cents)
    assert one.page.address == reverse("request_page", args=[request.token])
    assert money.format_euros(case.cents, one.language) in one.page.seen()
    assert speaks_only(one, case.scheme) == []
    number = request.declarations.get().pk
    pdf = one.client.get(reverse("declaration_file", args=[request.token, number]))
    assert verification.verify(b"".join(pdf) if pdf.streaming else pdf.content).is_authentic


def certify(world: World) -> None:
    request = AidRequest.objects.get()
    form = {"act": "certify", "university_year": "2019-2020", "level": "year-4", "revision": request.revision}
    world.act("referent", "certify_request", request.token, data=form)
    assert AidRequest.objects.get().state == "in_review"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case.scheme}-{case.refusal}")
def test_what_a_scheme_does_not_pay_for_is_said_before_anybody_signs_in(
    case: Case, language: str, fund_of: World
) -> None:
    one = student(language)
    with on(case.on):
        one.simulate(case.scheme, case.answers)
    rules = {rule["code"]: rule["reason"] for rule in plain(case.scheme)["eligibility"]}
    assert rules[case.refusal][language] in one.page.seen()
    assert reverse("account_login") not in [
        str(link).split("?")[0] for link in one.page.root.xpath("//main//a/@href")
    ]
    assert speaks_only(one, case.scheme) == []


@pytest.mark.parametrize("case", DAYS, ids=str)
def test_a_day_more_or_less_changes_what_the_simulator_says(case: Case, fund_of: World) -> None:
    one = student("en")
    with on(case.on):
        one.simulate(case.scheme, case.answers)
    shown = [str(words).strip() for words in one.page.root.xpath("//p[contains(@class, 'money')]/text()")]
    if case.refusal:
        rules = {rule["code"]: rule["reason"]["en"] for rule in plain(case.scheme)["eligibility"]}
        assert (shown, rules[case.refusal] in one.page.seen()) == ([], True)
    else:
        assert shown == [euros(case.cents, "en")]


@pytest.mark.parametrize(("slug", "question", "taken", "refused"), BOUNDS)
def test_a_date_is_taken_up_to_its_last_day(
    slug: str, question: str, taken: str, refused: str, fund_of: World
) -> None:
    """The first step of the form asks for it, whether the simulator does or not; the sentence stands beside it."""
    case = next(case for case in TIERS if case.scheme == slug and question in asked_by(slug, case))
    one = student()
    with on(case.on):
        one.simulate(slug, case.answers)
        one.sign_in()
        one.start(slug)
        one.identify()
        here = one.page.address
        one.answer({**case.answers, question: refused})
        assert one.page.address == here and len(one.errors()) == 1
        assert f'name="q-{question}"' in one.page.text
        one.answer({**case.answers, "departed_on": "01/08/2019", question: taken})
        assert one.page.address.endswith("/pieces/"), one.errors()


def asked_by(slug: str, case: Case) -> set[str]:
    """The questions that these answers bring up."""
    scheme = schemes.load(FILES[slug].read_text(encoding="utf-8"))
    known: dict[str, schemes.Value] = {"date.requested_on": case.on}
    answers, _errors = schemes.clean_answers(scheme, case.answers, known)
    return {question.id for question in schemes.visible_questions(scheme, answers, known)}


@pytest.mark.parametrize("slug", FILES)
def test_a_scheme_opens_and_closes_with_the_day_of_paris(slug: str, fund_of: World) -> None:
    """The first minute of the first day and the last one of the last day count; a minute beside does not."""
    scheme = schemes.load(FILES[slug].read_text(encoding="utf-8"))
    case = next(case for case in TIERS if case.scheme == slug)
    first, last = scheme.opens_on, scheme.closes_on
    for day, hour, minute, is_open in (
        (first - ONE_DAY, 23, 59, False),
        (first, 0, 0, True),
        (last, 23, 59, True),
        (last + ONE_DAY, 0, 0, False),
    ):
        with on(day, hour, minute):
            page = student().simulate(slug, case.answers)
            offers = f"{reverse('account_login')}?next={reverse('eligibility', args=[slug])}" in page.text
        assert offers is is_open, (day, hour, minute)
