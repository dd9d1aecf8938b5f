"""Somebody with the database's own rights rewrites what was published: `check_ledger` says so."""

import hashlib
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from fund import clock, guards, proofs
from reports.actions import draft_publication, release_publication
from reports.models import Publication, PublicationFile
from reports.proofs import publications_stand
from tests.fund.seal_attacks import change, take_away
from tests.reports.factories import WORDING

pytestmark = pytest.mark.django_db
DAY = date(2020, 5, 12)


@pytest.fixture
def released(writer, releaser, ledger_proved, foundation, campaign) -> Publication:
    with clock.at(clock.DEMO_START):
        draft = draft_publication(by=writer, wording=WORDING, up_to=DAY)
        return release_publication(by=releaser, publication=draft, read_sha256=draft.content_sha256)


def test_what_was_released_stands(released):
    assert list(publications_stand()) == []


def other_pdf(released: Publication) -> None:
    file = released.files.get(kind="pdf", language="fr")
    data = bytes(file.data) + b"%"
    change(file, data=data, size=len(data), sha256=hashlib.sha256(data).hexdigest())


ATTACKS: dict[str, tuple[Callable[[Publication], None], str]] = {
    "a file with its hash": (other_pdf, "its files is not what was released"),
    "the title": (lambda row: change(row, title="Autre titre"), "its content_sha256 is not"),
    "the English introduction": (lambda row: change(row, intro_en="Other"), "its content_sha256 is not"),
    "the day": (
        lambda row: change(row, released_at=clock.DEMO_START + timedelta(days=1)),
        "its released_at is not",
    ),
    "who released it": (
        lambda row: change(row, drafted_by=row.released_by, released_by=row.drafted_by),
        "somebody else released it",
    ),
}


@pytest.mark.parametrize("what", ATTACKS)
def test_a_change_below_the_code_is_told(released, what):
    attack, sentence = ATTACKS[what]
    attack(released)
    faults = [fault for fault in publications_stand() if sentence in fault]
    assert faults and all(fault.startswith("publication 1: ") for fault in faults)


def test_the_last_publication_cannot_vanish(released):
    """The act of releasing stays in the sealed trail."""
    take_away(PublicationFile.objects.filter(publication=released))
    take_away(Publication.objects.filter(pk=released.pk))
    assert Client().get(reverse("publication_page", args=[1])).status_code == 404
    assert [fault for fault in publications_stand() if "number 1" in fault and "is gone" in fault]


def test_a_guard_that_was_taken_away_is_named(released):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        on = " ON reports_publication" if connection.vendor == "postgresql" else ""
        (name,) = [one for one in _triggers() if one.startswith("reports_publication_frozen")]
        cursor.execute(f"DROP TRIGGER {name}{on}")
    assert [fault for fault in proofs.append_only_tables_refuse_change() if name in fault]
    guards.install(connection)
    assert list(proofs.append_only_tables_refuse_change()) == []


def _triggers() -> list[str]:
    sql = (
        "SELECT tgname FROM pg_trigger"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.parametrize("moved", [0, 1000], ids=["same row", "same place"])
def test_a_file_is_not_replaced_by_an_insert(released, moved):
    """SQLite's REPLACE deletes what it meets; PostgreSQL's upsert updates it. Neither is asked by its usual name."""
    file = released.files.first()
    place = "id" if not moved else "publication_id, kind, language"
    tail = f"ON CONFLICT ({place}) DO UPDATE SET data = EXCLUDED.data"
    verb, tail = ("INSERT", tail) if connection.vendor == "postgresql" else ("INSERT OR REPLACE", "")
    sql = (
        f"{verb} INTO reports_publicationfile (id, publication_id, kind, language, data, size, sha256) "
        f"VALUES (%s, %s, %s, %s, %s, 1, '0') {tail}"
    )
    values = [file.pk + moved, released.pk, file.kind, file.language, b"x"]
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
