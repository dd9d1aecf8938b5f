"""Nobody is exposed (invariant 8): marks in every field that tells who somebody is, looked for wherever one can read.

Every role opens every address, for requests at every place of their way; mails, log, addresses, file names, stored
files and each column of each table are searched too. The searches are tried on leaks made on purpose.
"""

import json
import logging
import re
import zlib
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, storages
from django.core.mail import EmailMultiAlternatives
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse
from django_tasks_db.management.commands import db_worker

from fund import audit
from fund.models import OutgoingMail
from tests import test_url_sweep as sweep
from tests.stories.marks import (
    MARKS,
    LogBook,
    in_database,
    in_mails,
    in_storage,
    marks_in,
    readable_columns,
)
from tests.stories.planted import Planted, plant
from tests.test_url_sweep import treasury_money, world

__all__ = ["treasury_money", "world"]  # fixtures of the sweep, used here as they are
pytestmark = [pytest.mark.django_db, pytest.mark.pages]

OF_A_REQUEST = {"request", "step", "document", "declaration", "decision", "told_error", "correction"} | {
    "register_import"
}
LEFT_OUT = {"account_logout"}
ADDRESS = re.compile(r'(?:href|action|src|hx-\w+|data-\w+)="(?!tel:|mailto:)([^"]*)"')

# Who needs to know what, by role and address; whoever is not named here reads nothing, but the student's own pages.
FILE = {"story", "vote_note"}  # the notes once the vote is over, and never whose they are
NAMES = {"first_name", "last_name", "not_through_school"}
SCHOOL_THREAD = {"first_name", "last_name", "to_school", "from_school"}
NEEDED: dict[tuple[str, str], set[str]] = {
    **{
        (who, name): FILE
        for who in ("member1", "member2", "chair")
        for name in ("request_review", "cast_vote", "recuse")
    },
    **{(who, "ask_correction"): {"correction_of_committee"} for who in ("member1", "member2", "chair")},
    ("chair", "thread_page"): {"to_committee"},
    ("referent", "certification_list"): {"first_name", "last_name"},
    ("referent", "advance_start"): {"first_name", "last_name"},
    ("referent", "certify_request"): {"first_name", "last_name"},
    ("referent", "thread_list"): {"first_name", "last_name"},
    ("referent", "thread_page"): SCHOOL_THREAD,
    ("referent", "ask_correction"): {"correction"},
    ("referent", "call_back_list"): {"caller"},  # of the calls that this person took
    ("referent", "call_back_page"): {"caller", "caller_words", "phone", "call_note"},
    ("national_referent", "certification_list"): NAMES,
    ("national_referent", "certify_request"): NAMES,
    ("national_referent", "thread_list"): NAMES,
    ("national_referent", "thread_page"): SCHOOL_THREAD | {"not_through_school"},
    ("national_referent", "ask_correction"): {"correction"},
    # The file for the bank.
    ("treasurer", "download_batch"): {"holder", "iban"},
    ("signatory", "download_batch"): {"holder", "iban"},
}
# Where a photo was taken, and a school's list: kept, and shown to nobody.
READ_BY_NOBODY = {"exif", "register_name", "register_email", "register_number"}


@pytest.fixture
def fund_with_marks(
    world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, school
) -> Iterator[SimpleNamespace]:
    # The worker would close the connection that holds the test's transaction.
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)
    with LogBook() as log:
        yield SimpleNamespace(world=world, log=log, here=plant(world.people, school))


class Readings:
    """What was read where: kinds of marks by (role, name of the address), and what stood in addresses and headers."""

    def __init__(self) -> None:
        self.pages: dict[tuple[str, str], set[str]] = {}
        self.addresses: set[tuple[str, str]] = set()
        self.broken: set[tuple[str, str]] = set()

    def note(self, who: str, name: str, asked: str, response) -> None:
        body = b"".join(response) if response.streaming else response.content
        headers = "\n".join(f"{key}: {value}" for key, value in response.headers.items())
        links = ADDRESS.findall(body.decode("utf-8", "replace"))
        cookies = response.cookies.output()
        for text in (asked, headers, cookies, *links):
            self.addresses |= {(name, kind) for kind in marks_in(text)}
        if response.status_code >= 500:
            self.broken.add((who, name))
        found = marks_in(body)
        if found:
            self.pages.setdefault((who, name), set()).update(found)


def open_everything(world: SimpleNamespace, here: Planted, client_of) -> Readings:
    """Every role at every address: first what only reads, then what acts, but for the student whose request it is.

    Of the requests after the first one, only those open an address who may.
    """
    readings = Readings()
    clients = {who: client_of(getattr(world.people, who)) for who in sweep.EVERYBODY} | {"visitor": Client()}
    for client in clients.values():
        client.raise_request_exception = False
    places = here.places(world.kwargs)
    for name in names_to_open():
        kind = sweep.OBJECT_OF.get(name, "request" if name in sweep.OF_A_REQUEST else "")
        for number, kwargs in enumerate(places if kind in OF_A_REQUEST else places[:1]):
            world.kwargs = kwargs
            for who, client in clients.items():
                if (name in sweep.POST_ONLY and who == "owner") or (number and not may_open(who, name)):
                    continue
                asked = reverse(name, kwargs=kwargs.get(kind, {}))
                readings.note(who, name, asked, sweep.ask(client, name, world))
    return readings


def names_to_open() -> list[str]:
    """Every address, those that act at the end."""
    known = set(sweep.names_of(get_resolver().url_patterns)) & set(sweep.MATRIX)
    names = {name for name in known if name not in LEFT_OUT and not name.startswith("demo")}
    return sorted(names - sweep.POST_ONLY) + sorted(names & sweep.POST_ONLY)


def may_open(who: str, name: str) -> bool:
    allowed = sweep.MATRIX[name]
    return who == "visitor" if allowed is sweep.PUBLIC else who in allowed


def own_pages(here: Planted) -> list[set[str]]:
    """What the minor reads on the pages of the draft: so that no mark is one that nobody could find."""
    one, token = here.students["minor"], here.requests["minor"].token
    names = (
        "request_you",
        "request_situation",
        "request_documents",
        "request_account",
        "request_representative",
    )
    return [marks_in(one.open(reverse(name, args=[token])).text) for name in names]


def exposed_columns() -> set[tuple[str, str, str]]:
    """The marks that stand in clear in a column that is not said to hold a name or an address."""
    allowed = readable_columns()
    return {found for found in in_database() if found[:2] not in allowed}


def test_nobody_reads_what_is_not_theirs_to_know(fund_with_marks: SimpleNamespace, client_of) -> None:
    """One walk through everything, then every place is searched."""
    world, here, log = fund_with_marks.world, fund_with_marks.here, fund_with_marks.log
    readings = open_everything(world, here, client_of)
    assert len(mail.outbox) > 20 and len(log.lines) > 100
    assert {
        "broken": readings.broken,
        "addresses and headers": readings.addresses,
        "mails": in_mails(mail.outbox),
        "log": log.marks(),
        "stored files": in_storage(storages["private"]),
        "columns": exposed_columns(),
        "read by nobody": set(MARKS).difference(*readings.pages.values(), *own_pages(here)),
        "pages": {key: kinds for key, kinds in readings.pages.items() if key[0] != "owner"},
    } == {
        "broken": set(),
        "addresses and headers": set(),
        "mails": set(),
        "log": set(),
        "stored files": set(),
        "columns": set(),
        "read by nobody": READ_BY_NOBODY,
        "pages": NEEDED,
    }


# The searches themselves, tried on leaks made on purpose -----------------------------------------------------------


@pytest.mark.parametrize("kind", MARKS)
def test_a_mark_is_found_in_any_case_and_in_a_packed_page(kind: str) -> None:
    mark = MARKS[kind]
    for text in (mark, mark.upper(), f"<b>{mark.lower()}</b>", json.dumps({"who": mark})):
        assert marks_in(text) == marks_in(text.encode()) == {kind}
    assert marks_in(b"%PDF-1.4\nstream\n" + zlib.compress(mark.encode()) + b"\nendstream") == {kind}


@pytest.mark.parametrize("typed", ["6 12 34 59 87", "6.12.34.59.87", "6\u00a012\u202f34 59 87"])
def test_a_telephone_number_is_found_however_it_is_grouped(typed: str) -> None:
    assert marks_in(f"+33 {typed}") == {"phone"}


def test_a_leak_into_any_table_is_found(people: SimpleNamespace) -> None:
    assert in_database() == set()
    audit.record("leak.made", people.referent, by=people.referent, said=MARKS["last_name"])
    mail_row = OutgoingMail.objects.create(key="leak", subject=f"Bonjour {MARKS['chosen_name']}")
    people.referent.display_name = MARKS["first_name"]
    people.referent.save(update_fields=["display_name"])
    assert mail_row.pk
    assert {(table, kind) for table, _column, kind in in_database()} == {
        ("fund_auditevent", "last_name"),
        ("fund_outgoingmail", "chosen_name"),
        ("fund_user", "first_name"),
    }
    assert exposed_columns() == {
        found for found in in_database() if found[0] in ("fund_auditevent", "fund_outgoingmail")
    }


def test_a_leak_into_the_log_is_found_in_words_and_in_tracebacks() -> None:
    with LogBook() as log:
        logging.getLogger("fund.mail").warning("to %s", MARKS["email"])
        logging.getLogger("django_tasks").warning("nothing")
        try:
            raise ValueError(MARKS["street"])
        except ValueError:
            logging.getLogger("any.where").exception("failed")
    assert log.marks() == {"email", "street"}


def test_a_leak_into_a_mail_is_found_but_not_whom_it_is_for() -> None:
    to = [f"{MARKS['email']}1@nord.example"]
    assert in_mails([EmailMultiAlternatives("Bonjour", "Bonjour", to=to)]) == set()
    for letter, kind in (
        (EmailMultiAlternatives(MARKS["last_name"], "Bonjour", to=to), "last_name"),
        (EmailMultiAlternatives("Bonjour", MARKS["story"], to=to), "story"),
        (EmailMultiAlternatives("Bonjour", "Bonjour", to=to, headers={"X-Who": MARKS["iban"]}), "iban"),
    ):
        assert in_mails([letter]) == {kind}
    letter = EmailMultiAlternatives("Bonjour", "Bonjour", to=to)
    letter.attach_alternative(f"<p>{MARKS['phone']}</p>", "text/html")
    assert in_mails([letter]) == {"phone"}


def test_a_leak_into_a_stored_file_or_its_name_is_found() -> None:
    storage = InMemoryStorage()
    storage.save("a/b/one.bin", ContentFile(b"..." + MARKS["exif"].encode()))
    storage.save(f"a/{MARKS['file_name']}.pdf", ContentFile(b"nothing"))
    assert in_storage(storage) == {"exif", "file_name"}


def test_a_leak_into_an_answer_is_found_in_its_body_its_headers_and_its_links() -> None:
    readings = Readings()
    readings.note("member1", "page", "/x/", HttpResponse(f"<p>{MARKS['last_name']}</p>"))
    named = HttpResponse(b"", headers={"Content-Disposition": f'attachment; filename="{MARKS["file_name"]}"'})
    readings.note("member1", "file", "/y/", named)
    readings.note("owner", "link", "/z/", HttpResponse(f'<a href="/?q={MARKS["email"]}">'))
    assert readings.pages == {("member1", "page"): {"last_name"}, ("owner", "link"): {"email"}}
    assert readings.addresses == {("file", "file_name"), ("link", "email")}
