"""A small fund and its people, who act only through the real pages, in the days of spring 2020.

What a page asks is read from the page; what arrives from outside arrives at the real doors: signed events at the
webhook, codes in mails that the worker sent, statements as files. After each step the published figures are held
against what the story says, read from the ledger and from the public address.
"""

import json
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve, reverse
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from config.demo import delivery
from config.demo.models import StandInDelivery
from fund import clock
from fund.models import User
from reports.figures import read_figures
from tests.donations.factories import post_raw
from tests.second_factor import prove

FIGURES = (
    "raised_cents",
    "fees_cents",
    "promised_cents",
    "given_cents",
    "open_disputes_cents",
    "left_cents",
    "gifts",
    "donors",
    "students_helped",
)
LIVE_FIGURES = ("raised_cents", "fees_cents", "gifts", "donors")


class World:
    """`people` are the staff and the two students by name; `expected` are the figures as the story tells them."""

    def __init__(self, people: SimpleNamespace) -> None:
        self.people = people
        self.expected = dict.fromkeys(FIGURES, 0)
        self._browsers: dict[str, Client] = {}

    @staticmethod
    def on(month: int, day: int, hour: int = 10) -> AbstractContextManager[None]:
        """The domain's clock stands at this hour of Paris, in 2020."""
        return clock.at(datetime(2020, month, day, hour, tzinfo=clock.PARIS))

    # Figures ------------------------------------------------------------------------------------------------

    def expect(self, **changed: int) -> None:
        """The figures now: those `changed` have these values, every other one is what it was at the step before."""
        self.expected |= changed
        told = read_figures().as_json()
        assert {name: told[name] for name in FIGURES} == self.expected
        answer = Client().get(reverse("totals_json"))
        assert answer.status_code == 200
        assert json.loads(answer.content) == {
            **{name: self.expected[name] for name in LIVE_FIGURES},
            "aid": None,  # nothing about aid before a publication is released
            "currency": "EUR",
            "at": clock.moment().isoformat(timespec="seconds"),
        }

    # Pages --------------------------------------------------------------------------------------------------

    def browser(self, who: str) -> Client:
        """The browser of one person, signed in unless it is a visitor's."""
        if who not in self._browsers:
            client = Client()
            user = getattr(self.people, who, AnonymousUser())
            if isinstance(user, User):
                client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
                prove(client, user)
            self._browsers[who] = client
        return self._browsers[who]

    def read(self, who: str, name: str, *args: object) -> str:
        """The text of a page that must be there."""
        answer = self.browser(who).get(reverse(name, args=args))
        assert answer.status_code == 200, f"{who} reads {name}: {answer.status_code}"
        return answer.content.decode()

    def post(self, who: str, address: str, data: Mapping[str, Any], **files: bytes) -> Any:
        """Sends one form; `files` are sent as files with a name that says whose they are."""
        papers = {name: SimpleUploadedFile("Quintemarque.pdf", content) for name, content in files.items()}
        return self.browser(who).post(address, {**data, **papers})

    def act(
        self, who: str, name: str, *args: object, data: Mapping[str, Any] | None = None, **files: bytes
    ) -> str:
        """Sends a form that must be taken; the address it leads to."""
        answer = self.post(who, reverse(name, args=args), data or {}, **files)
        assert answer.status_code == 302, f"{who} at {name}: {answer.status_code}"
        return str(answer["Location"])

    def take(self, who: str, name: str, *args: object, data: Mapping[str, Any] | None = None) -> bytes:
        """Sends a form that is answered by a file; its bytes."""
        answer = self.post(who, reverse(name, args=args), data or {})
        assert answer.status_code == 200, f"{who} at {name}: {answer.status_code}"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["Cache-Control"] == "no-store"
        return bytes(answer.content)

    def refused(
        self, who: str, name: str, *args: object, data: Mapping[str, Any] | None = None, **files: bytes
    ) -> str:
        """Sends a form that must be refused with 409; the page that says why."""
        answer = self.post(who, reverse(name, args=args), data or {}, **files)
        assert answer.status_code == 409, f"{who} at {name}: {answer.status_code}"
        return str(answer.content.decode())

    # What comes from outside, and what runs by itself ---------------------------------------------------------

    def deliver(self) -> None:
        """The provider's waiting events arrive at the webhook, in the order in which they happened."""
        for row in StandInDelivery.objects.filter(delivered_at=None).order_by("pk"):
            assert delivery.deliver(row, post=self.post_event)

    @staticmethod
    def post_event(_address: str, body: bytes, header: str) -> int:
        return int(post_raw(body, header=header).status_code)

    def work(self) -> None:
        run_queue()

    def code_for(self, who: str) -> str:
        """The six digits of the last mail to this person, once the worker sent it."""
        self.work()
        letter = [one for one in mail.outbox if one.to == [getattr(self.people, who).email]][-1]
        return found(r"^(\d{6})$", str(letter.body))


class TwiceWorld(World):
    """Everything happens twice: each event is delivered two times and in reverse order, each form is sent two times,
    each task runs two times. `echoes` is what every second form was answered, by the name of its address."""

    def __init__(self, people: SimpleNamespace) -> None:
        super().__init__(people)
        self.echoes: dict[str, set[int]] = {}
        self._done: set[UUID] = set()

    def post(self, who: str, address: str, data: Mapping[str, Any], **files: bytes) -> Any:
        first = super().post(who, address, data, **files)
        second = super().post(who, address, data, **files)
        name = str(resolve(address).url_name)
        self.echoes.setdefault(name, set()).add(second.status_code)
        if first.status_code == second.status_code == 302:
            assert second["Location"] == first["Location"]
        return first

    def deliver(self) -> None:
        waiting = list(StandInDelivery.objects.filter(delivered_at=None).order_by("-pk"))
        for row in [*waiting, *waiting]:
            assert delivery.deliver(row, post=self.post_event)

    def work(self) -> None:
        super().work()
        new = DBTaskResult.objects.successful().exclude(pk__in=self._done)
        self._done |= set(new.values_list("pk", flat=True))
        new.update(status="READY")
        super().work()


def run_queue() -> None:
    """The worker runs all that is queued, as `manage.py work` does, and nothing fails."""
    Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="worker-of-the-story",
        excluded_queue_names=[],
    ).run()
    assert not DBTaskResult.objects.failed().exists()


def found(pattern: str, text: str) -> str:
    """The first group of the pattern, which must be there."""
    match = re.search(pattern, text, re.MULTILINE)
    assert match is not None, pattern
    return match[1]


def chain(world: World, *chapters: Callable[[World], None]) -> None:
    """The chapters of a story, one after the other."""
    for chapter in chapters:
        chapter(world)
