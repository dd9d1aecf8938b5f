"""A student in a browser without JavaScript: reads each page, answers what stands on it, follows what it leads to.

Only what a page offers can be sent: a form is filled from the page itself, hidden fields included, and a field that
is not there fails the walk. Every answer of the site is written down with its statements and bytes.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from lxml import html

from tests.aid_requests.factories import picture
from tests.stories.world import found, run_queue

MOST_TURNS = 8  # of one page of questions


@dataclass(frozen=True)
class Answer:
    """One answer of the site: `queries` are the statements it took, `size` its bytes before any compression."""

    method: str
    name: str
    status: int
    queries: int
    size: int

    @property
    def is_screen(self) -> bool:
        return self.status == 200


@dataclass(frozen=True)
class Page:
    """A screen as it came; its forms keep their hidden fields and what is chosen already."""

    address: str  # its path
    text: str
    query: str
    root: Any = field(repr=False)

    def names(self) -> set[str]:
        """The fields of all forms of the page."""
        return {str(one) for one in self.root.xpath("//form//@name")}

    def form_with(self, *names: str, button: tuple[str, str] | None = None) -> Any:
        """The first form that has all these fields, and this button."""
        for form in self.root.forms:
            has_button = button is None or form.xpath(
                ".//button[@name=$name and @value=$value]", name=button[0], value=button[1]
            )
            if has_button and set(names) <= {str(one) for one in form.xpath(".//@name")}:
                return form
        raise AssertionError(f"{self.address} has no form with {names}; it has {sorted(self.names())}.")

    def seen(self) -> str:
        """What one reads on it, without the words of no place: scripts, drawings."""
        words = self.root.xpath("//body//text()[not(ancestor::script or ancestor::style or ancestor::svg)]")
        return re.sub(r"[ \t\n]+", " ", " ".join(str(one) for one in words))


class Student:
    """`language` is what the telephone asks for; `answers` are all answers of the site so far."""

    def __init__(self, email: str, language: str = "fr") -> None:
        self.email, self.language = email, language
        self.client = Client(headers={"accept-language": language})
        self.answers: list[Answer] = []
        self.page = Page("", "", "", None)
        self.file_name = "IMG_4711.jpg"
        self.photo: Callable[[int], bytes] = photo

    @property
    def screens(self) -> list[Answer]:
        return [one for one in self.answers if one.is_screen]

    def request_page(self) -> Page:
        """The page of the only request there is."""
        return self.open(reverse("my_requests"))

    # One page ----------------------------------------------------------------------------------------------------

    def open(self, address: str) -> Page:
        """Reads a page that must be there, following where it leads."""
        return self._take("get", address)

    def follow(self, words: str) -> Page:
        """Opens the first link of the page whose address holds these words."""
        links = [str(one) for one in self.page.root.xpath("//a/@href") if words in str(one)]
        assert links, f"{self.page.address} leads to no {words}"
        return self.open(links[0])

    def send(
        self,
        values: Mapping[str, str],
        *,
        button: tuple[str, str] | None = None,
        action: str = "",
        **files: bytes,
    ) -> Page:
        """Fills the form that has these fields and sends it; `action`: the form that goes to this address."""
        if action:
            forms = [one for one in self.page.root.forms if (one.action or self.page.address) == action]
            assert forms, f"{self.page.address} has no form to {action}: {self.page.seen()}"
            form = forms[0]
        else:
            form = self.page.form_with(*values, *files, button=button)
        kept: dict[str, Any] = {}
        for name, value in form.form_values():
            kept.setdefault(name, []).append(value)
        kept |= {name: [value] for name, value in values.items()}
        if button is not None:
            kept[button[0]] = [button[1]]
        papers = {name: SimpleUploadedFile(self.file_name, content) for name, content in files.items()}
        here = f"{self.page.address}?{self.page.query}"
        return self._take("post", form.action or here, {**kept, **papers})

    def _take(self, method: str, address: str, data: Mapping[str, Any] | None = None) -> Page:
        response = self._ask(method, address, data)
        while response.status_code in (302, 303):
            address = response["Location"]
            response = self._ask("get", address)
        assert response.status_code == 200, f"{address}: {response.status_code}"
        text = response.content.decode()
        parts = urlsplit(address)
        self.page = Page(parts.path, text, parts.query, html.document_fromstring(text))
        return self.page

    def _ask(self, method: str, address: str, data: Mapping[str, Any] | None = None) -> Any:
        with CaptureQueriesContext(connection) as statements:
            response = getattr(self.client, method)(address, data)
        name = resolve(urlsplit(address).path).url_name or ""
        answer = Answer(method.upper(), name, response.status_code, len(statements), len(response.content))
        self.answers.append(answer)
        return response

    # From the worry to the signature -----------------------------------------------------------------------------

    def simulate(self, slug: str, answers: Mapping[str, str]) -> Page:
        """Answers the questions that decide, as they come up, until there is a result or an error."""
        self.open(reverse("eligibility", args=[slug]))
        self.answer(answers)
        return self.page

    def answer(self, answers: Mapping[str, str], **more: str) -> None:
        """Answers every question of the page by `answers`, again while new ones come up; `more` are other fields."""
        for _turn in range(MOST_TURNS):
            shown = self._questions()
            values = {f"q-{name}": answers[name] for name in shown if name in answers}
            values |= {name: value for name, value in more.items() if name in self.page.names()}
            before, address = len(self.answers), self.page.address
            self.send(values)
            if self.answers[before].status != 200:
                return
            if self._questions() == shown and self.page.address == address:
                return  # nothing new came up: the page says what is wrong
        raise AssertionError(f"{self.page.address} asks without end.")

    def _questions(self) -> list[str]:
        return found(r'name="q-shown" value="([^"]*)"', self.page.text).split()

    def errors(self) -> list[str]:
        return [one.text_content().strip() for one in self.page.root.xpath("//p[@class='error']")]

    def sign_in(self) -> None:
        """By a code, from the link of the result: back to the page one came from."""
        self.follow(f"{reverse('account_login')}?next=")
        self.send({"email": self.email})
        self.send({"code": self.code()})

    def code(self) -> str:
        """The six digits of the last mail to this person, once the worker sent it."""
        run_queue()
        letter = [one for one in mail.outbox if one.to == [self.email]][-1]
        return found(r"^(\d{6})$", str(letter.body))

    def accept(self, link: str) -> None:
        """From the link of an invitation, through the code, to the draft."""
        self.open(link)
        self.send({}, action=link)
        self.send({"email": self.email})
        self.send({"code": self.code()})
        self.send({}, action=link)

    def start(self, slug: str) -> None:
        """From the result to the first step."""
        self.send({}, action=reverse("start_request", args=[slug]))

    def identify(self, **changes: str) -> None:
        """Who one is, as on the bank's paper."""
        usual = {
            "first_name": "Noé",
            "last_name": "D’Haene-Müller",
            "birth_date": "09/09/1999",
            "birth_place": "Reims",
            "address": "9 rue de l’Essai\r\n59000 Lille",
        }
        self.send({**usual, **changes})

    def add_papers(self) -> int:
        """A photo for each paper that is asked for, all sent by « Continuer »; how many there were."""
        fields = [str(one) for one in self.page.root.xpath("//input[@type='file']/@name")]
        papers = {name: self.photo(number) for number, name in enumerate(fields)}
        self.send({}, button=("act", "continue"), **papers)
        return len(papers)

    def give_account(self, iban: str, holder: str) -> None:
        self.send({"iban": iban, "holder": holder})
        self.follow("/declarer/")

    def declare(self, place: str = "Lille") -> list[str]:
        """Ticks each fact, asks for the code and signs with it; the sentences that were ticked."""
        boxes = self.page.root.xpath("//input[@type='checkbox' and starts-with(@name, 'fact-')]")
        assert not [one for one in boxes if one.checked], "nothing is ticked in advance"
        sheet = {**{str(one.name): "on" for one in boxes}, "place": place}
        sentences = [one.getparent().text_content().strip(" ;.") for one in boxes]
        self.send(sheet, button=("act", "code"))
        self.send({**sheet, "code": self.code()}, button=("act", "sign"))
        return sentences


def photo(number: int) -> bytes:
    """A small photo, another one for each number."""
    return picture("JPEG", (40 + number, 30))


def languages_of(node: Any) -> Iterator[tuple[str, str]]:
    """Every text of a plain scheme, in French and in English."""
    if isinstance(node, dict) and set(node) == {"fr", "en"}:
        yield node["fr"], node["en"]
    elif isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from languages_of(child)
