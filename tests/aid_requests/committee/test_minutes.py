"""Minutes: numbered without a gap, signed by two persons, in bytes that never change; an extract that tells nobody."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import DatabaseError, connection, transaction
from pypdf import PdfReader

from aid_requests import sitting_proofs
from aid_requests.committee import actions
from aid_requests.committee import minutes as papers
from aid_requests.models import AgendaItem, Minutes, MinutesPaper, MinutesSignature, Vote
from aid_requests.timeline import timeline
from fund import clock, guards
from fund.models import AuditEvent
from fund.roles import Refused
from fund.workflow import AlreadyDone
from tests.aid_requests.committee import factories
from tests.aid_requests.committee import sitting_files as sittings
from tests.aid_requests.committee.sitting_files import EVENING, say, taken

pytestmark = pytest.mark.usefixtures("proved")
MARKS = [factories.FIRST_NAME, factories.LAST_NAME, factories.STREET, "École du Nord", "nord.example"]


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def held(people, *requests, choices=("grant",)) -> Minutes:
    """A sitting over, each file decided by the chair's vote as `choices` say."""
    sitting = sittings.opened(people, *requests)
    for number, choice in enumerate(choices, 1):
        item = taken(people, sitting, number)
        say(people.chair, item, choice)
        actions.close_item(by=people.chair, item=item)
    actions.close_sitting(by=people.chair, sitting=sitting)
    return Minutes.objects.get(sitting=sitting)


def signed(people, minutes: Minutes) -> MinutesPaper:
    for by in (people.member1, people.chair):
        actions.sign_minutes(by=by, minutes=minutes)
    return MinutesPaper.objects.get(minutes=minutes)


def test_the_full_minutes_name_members_and_references_and_no_student(ruled, file_of, evening):
    requests = [file_of(number) for number in (1, 2, 3)]
    minutes = held(ruled, *requests, choices=("grant", "refuse"))
    signed(ruled, minutes)
    text = words_of(actions.read_paper(by=ruled.auditor, minutes=minutes, part="full"))
    for told in (
        "Procès-verbal nº 2020-1",
        "Chair, titulaire : en salle à 17 h 30",
        "Member3, titulaire : absent·e",
        "1. U-2020-0001 : accordée, 150,00 €.",
        "2. U-2020-0002 : refusée.",
        "3. U-2020-0003 : ajournée.",
        "La séance a été levée avant.",
        "1 pour, 0 contre",
        "Member1, secrétariat de séance",
    ):
        assert told in text.replace("\u00a0", " "), told
    assert [mark for mark in MARKS if mark in text] == []


def test_the_extract_counts_files_and_merges_small_numbers(ruled, file_of, evening):
    minutes = held(ruled, file_of(1), file_of(2), choices=("grant", "refuse"))
    signed(ruled, minutes)
    text = words_of(actions.read_paper(by=ruled.communication, minutes=minutes, part="extract"))
    assert "Moins de 5 demandes" in text
    assert [mark for mark in [*MARKS, "U-2020", "150", "Member", "Chair", "accordée"] if mark in text] == []


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        ({"granted": 12, "refused": 5}, [("accordées", 12), ("refusées", 5)]),
        ({"granted": 12, "refused": 3, "adjourned": 2}, [("accordées", 12), ("autres issues", 5)]),
        ({"granted": 12, "refused": 6, "adjourned": 2}, [("accordées", 12), ("autres issues", 8)]),
        ({"granted": 12, "refused": 2}, [("autres issues", 14)]),
        ({"granted": 3, "refused": 1}, []),
        ({}, []),
    ],
)
def test_no_count_of_the_extract_is_small_nor_found_by_subtraction(outcomes, told):
    items = [{"outcome": outcome} for outcome, number in outcomes.items() for _one in range(number)]
    assert papers.outcome_counts({"items": items}) == told


def test_two_persons_sign_each_once_and_nobody_else(ruled, file_of, evening):
    minutes = held(ruled, file_of())
    for stranger in (ruled.member2, ruled.auditor):
        with pytest.raises(Refused):
            actions.sign_minutes(by=stranger, minutes=minutes)
    actions.sign_minutes(by=ruled.chair, minutes=minutes)
    with pytest.raises(AlreadyDone):
        actions.sign_minutes(by=ruled.chair, minutes=minutes)
    assert not MinutesPaper.objects.exists()
    actions.sign_minutes(by=ruled.member1, minutes=minutes)
    minutes.sitting.refresh_from_db()
    assert minutes.sitting.state == "signed" and MinutesPaper.objects.count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        MinutesSignature.objects.create(
            minutes=minutes,
            signed_as="chair",
            by=ruled.member2,
            content_sha256="0" * 64,
            signed_at=clock.moment(),
        )


def test_minutes_never_change_and_their_bytes_are_those_that_were_sealed(ruled, file_of, evening):
    minutes = held(ruled, file_of())
    paper = signed(ruled, minutes)
    for rows, change in (
        (Minutes.objects, {"number": 7}),
        (MinutesPaper.objects, {"full_sha256": "0" * 64}),
        (MinutesSignature.objects, {"signed_as": "chair"}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.all().delete()
    assert b"Member1" not in bytes(paper.full_sealed) and "Member1" not in minutes.content_sealed
    actions.read_paper(by=ruled.auditor, minutes=minutes, part="full")
    assert AuditEvent.objects.get(action="minutes.read").details["sha256"] == paper.full_sha256


def test_the_numbers_of_a_year_have_no_gap(ruled, file_of, evening):
    first = held(ruled, file_of(1))
    cancelled = sittings.drafted(ruled, file_of(2), when=EVENING + timedelta(days=9))
    actions.cancel_sitting(by=ruled.chair, sitting=cancelled)
    second = held(ruled, file_of(3))
    assert [(one.year, one.number) for one in (first, second)] == [(2020, 1), (2020, 2)]


def test_the_student_reads_that_it_was_examined_and_nothing_more(ruled, file_of, evening):
    request = file_of()
    held(ruled, request, choices=())
    assert "Examinée" not in {entry.title for entry in timeline(request)}
    with clock.at(EVENING + timedelta(minutes=1)):
        sitting = sittings.opened(ruled, request)
        item = taken(ruled, sitting)
        actions.adjourn_item(by=ruled.chair, item=item, why="discussed")
    (entry,) = [entry for entry in timeline(request) if entry.title == "Examinée"]
    assert (entry.detail, entry.at) == (
        "Par le comité, en séance",
        AgendaItem.objects.get(why="discussed").taken_at,
    )


@pytest.fixture
def tampered(db):
    """Without the triggers that append-only rows have."""
    guards.remove(connection)
    yield
    guards.install(connection)


def test_the_proofs_see_what_the_database_would_have_refused(ruled, file_of, evening, tampered):
    minutes = held(ruled, file_of())
    signed(ruled, minutes)
    faults = (
        (sitting_proofs.minutes_have_no_gap, Minutes.objects, {"number": 2}),
        (sitting_proofs.papers_are_those_that_were_signed, MinutesPaper.objects, {"full_sha256": "0" * 64}),
        (
            sitting_proofs.papers_are_those_that_were_signed,
            MinutesSignature.objects,
            {"content_sha256": "0" * 64},
        ),
        (sitting_proofs.items_agree_with_votes_and_decisions, Vote.objects, {"agenda_item": None}),
    )
    for proof, rows, change in faults:
        assert list(proof()) == []
        with transaction.atomic():
            rows.update(**change)
            assert len(list(proof())) > 0, proof.__name__
            transaction.set_rollback(True)
