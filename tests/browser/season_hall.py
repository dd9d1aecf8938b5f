"""Ten people of a committee, each in a browser of their own, and the clock by which their season runs over weeks."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandlerMixin
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.test import Client
from playwright.sync_api import Browser, Locator, Page

from fund import clock
from fund.models import School, User
from tests.aid_requests.committee import factories

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 900}}


class Time:
    """The domain's clock, moved by hand for every thread: the server answers in others than the test's own."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = clock.DEMO_START
        patch.setattr(clock, "moment", lambda: self.now.astimezone(UTC))

    def goes_to(self, month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
        self.now = self.day(month, day, hour, minute)
        return self.now

    @staticmethod
    def day(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
        return datetime(2020, month, day, hour, minute, tzinfo=clock.PARIS)


def one_at_a_time(patch: pytest.MonkeyPatch) -> threading.RLock:
    """SQLite in memory is one connection for all threads: two answers at once would share a transaction."""
    turn, answer = threading.RLock(), WSGIHandler.__call__

    def in_turn(handler: WSGIHandler, *arguments: Any) -> Any:
        with turn:
            return answer(handler, *arguments)

    patch.setattr(WSGIHandler, "__call__", in_turn)
    return turn


def keep_files(patch: pytest.MonkeyPatch) -> None:
    """Styles and scripts stay in the browser, as the real server tells it to keep them."""
    answer = StaticFilesHandlerMixin.serve

    def kept(handler: StaticFilesHandlerMixin, request: HttpRequest) -> Any:
        response = answer(handler, request)
        response["Cache-Control"] = "max-age=3600"
        return response

    patch.setattr(StaticFilesHandlerMixin, "serve", kept)


def marks() -> list[str]:
    """What no member may ever read: the student, and every school that has a file."""
    of_schools = [f"École {name}" for name in ("du Nord", "du Sud", "de l’Est", "de l’Ouest")]
    personal = [factories.FIRST_NAME, factories.LAST_NAME, factories.EMAIL_NAME, factories.STREET]
    return [*personal, factories.PAPER_NAME, *of_schools]


class Person:
    """Somebody's browser. Each page is searched for names, for words in the console and for a scroll sideways."""

    def __init__(self, hall: "Hall", name: str, page: Page, *, is_blind: bool) -> None:
        self.hall, self.name, self.page, self.is_blind = hall, name, page, is_blind
        self.stays = True
        page.set_default_timeout(60_000)
        page.on("console", lambda one: self._says(one.type, one.text))
        page.on("pageerror", lambda error: hall.complaints.append(f"{name}: {error}"))

    def _says(self, kind: str, text: str) -> None:
        # A page that is refused is part of the season, and the browser logs its status.
        if kind in ("error", "warning") and "with a status of 403" not in text:
            self.hall.complaints.append(f"{self.name}, {self.page.url}: {text}")

    def goto(self, path: str) -> Page:
        answer = self.page.goto(path if path.startswith("http") else self.hall.address + path)
        assert answer is not None and answer.status < 400, f"{self.name}: {answer and answer.status} {path}"
        self.look()
        return self.page

    def press(self, words: str, within: Locator | Page | None = None, *, exact: bool = True) -> Page:
        """A button, by what stands on it; the page that answers is looked at."""
        button = (within or self.page.locator("main")).get_by_role("button", name=words, exact=exact).first
        with self.page.expect_navigation(wait_until="load"):
            button.click()
        self.look()
        return self.page

    def follow(self, words: str, within: Locator | None = None) -> Page:
        """A link, by its words."""
        link = (within or self.page.locator("main")).get_by_role("link", name=words).first
        with self.page.expect_navigation(wait_until="load"):
            link.click()
        self.look()
        return self.page

    def look(self) -> None:
        self.hall.seen[self.name] += 1
        text, wide = self.page.evaluate(
            "[document.documentElement.outerHTML, document.documentElement.scrollWidth - window.innerWidth]"
        )
        if self.is_blind:
            found = [mark for mark in self.hall.marks if mark in text]
            self.hall.complaints += [f"{self.name} reads {mark} on {self.page.url}" for mark in found]
        if wide > 0:
            self.hall.complaints.append(f"{self.name}: {self.page.url} is {wide} pixels too wide")

    def told(self) -> str:
        """What the page answers to an act."""
        return " ".join(self.page.locator("main, [role=status], .call").all_inner_texts())


class Hall:
    """Everybody of the season, by name, and what was wrong with the pages they saw."""

    def __init__(
        self, browser: Browser, address: str, client_of: Callable[[User], Client], time: Time
    ) -> None:
        self.browser, self.address, self.client_of, self.time = browser, address, client_of, time
        self.marks = marks()
        self.complaints: list[str] = []
        self.seen: Counter[str] = Counter()
        self.people: dict[str, Person] = {}
        self.users: dict[str, User] = {}

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    def admit(self, name: str, user: User, *, is_blind: bool = True, on_phone: bool = False) -> Person:
        """A browser with the session of this person, whose second factor is proven."""
        self.users[name] = user
        self.people[name] = self._enter(name, user, is_blind=is_blind, on_phone=on_phone)
        return self.people[name]

    def _enter(self, name: str, user: User, *, is_blind: bool, on_phone: bool) -> Person:
        context = self.browser.new_context(
            locale="fr-FR", reduced_motion="reduce", **(PHONE if on_phone else DESK)
        )
        session = self.client_of(user).cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.address}
        context.add_cookies([cookie])  # type: ignore[list-item]
        return Person(self, name, context.new_page(), is_blind=is_blind)

    @contextmanager
    def student(self, user: User):
        """The student's own browser, for one look."""
        person = self._enter("student", user, is_blind=False, on_phone=True)
        yield person
        person.page.context.close()


def schools(nord: School, sud: School) -> list[School]:
    """Two of which a member comes, and two of which nobody does."""
    est = School.objects.create(code="est", name="École de l’Est", city="Metz", email_domains=["est.example"])
    ouest = School.objects.create(
        code="ouest", name="École de l’Ouest", city="Brest", email_domains=["ouest.example"]
    )
    return [est, ouest, nord, sud]
