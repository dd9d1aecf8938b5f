"""A publication from draft to release: two persons, frozen bytes, figures that the ledger gives again for ever."""

import hashlib
import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from fund import clock, sealing
from fund.models import AuditEvent, Seal
from fund.roles import Refused
from fund.workflow import AlreadyDone, WrongState
from reports import actions, proofs
from reports.actions import draft_publication, drop_publication, redraft_publication, release_publication
from reports.compilation import Wording
from reports.models import Publication, PublicationFile
from reports.queries import released, snapshot_of
from reports.snapshot import Snapshot
from tests.reports import factories
from tests.reports.factories import SNAPSHOT, WORDING, post_debit, post_gift, post_grant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation", "campaign")]
DAY, NEXT = date(2020, 5, 6), date(2020, 5, 12)


@pytest.fixture(autouse=True)
def _the_domain_clock_stands():
    with clock.at(clock.DEMO_START):
        yield


@pytest.fixture
def gifts(pocket):
    post_gift(pocket, DAY, 500_000, gift=1)
    post_gift(pocket, NEXT, 2_000, gift=2)


@pytest.fixture
def draft(writer, ledger_proved, gifts) -> Publication:
    return draft_publication(by=writer, wording=WORDING, up_to=NEXT)


def release(by, draft: Publication) -> Publication:
    return release_publication(by=by, publication=draft, read_sha256=draft.content_sha256)


def refusal_code(act, **values) -> str:
    with pytest.raises(Refused) as refused:
        act(**values)
    return refused.value.refusal.code


# The snapshot ------------------------------------------------------------------------------------------------


def test_a_snapshot_survives_its_own_text():
    assert Snapshot.from_json(SNAPSHOT.to_json()) == SNAPSHOT
    assert Snapshot.from_json(SNAPSHOT.to_json()).to_json() == SNAPSHOT.to_json()


def test_its_text_is_canonical():
    text = SNAPSHOT.to_json()
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert not any(isinstance(value, float) for value in json.loads(text).values())


def test_another_schema_is_not_guessed():
    with pytest.raises(ValueError, match="schema 2"):
        Snapshot.from_json(SNAPSHOT.to_json().replace('"schema":1', '"schema":2'))


# Drafting ------------------------------------------------------------------------------------------------------


def test_only_communication_drafts_and_releases(people, draft):
    for who in ("auditor", "treasurer", "chair", "administrator", "referent"):
        user = getattr(people, who)
        assert refusal_code(draft_publication, by=user, wording=WORDING, up_to=NEXT) == "role"
        assert (
            refusal_code(release_publication, by=user, publication=draft, read_sha256=draft.content_sha256)
            == "role"
        )
        assert refusal_code(drop_publication, by=user, publication=draft) == "role"


@pytest.mark.parametrize("late", [0, 1, 30])
def test_a_day_that_is_not_over_is_refused(late, writer, ledger_proved):
    day = clock.today() + timedelta(days=late)
    assert refusal_code(draft_publication, by=writer, wording=WORDING, up_to=day) == "day"


def test_words_are_needed(writer, ledger_proved):
    assert refusal_code(draft_publication, by=writer, wording=Wording(" ", "x"), up_to=NEXT) == "wording"


def test_a_publication_does_not_stop_before_the_last(writer, releaser, draft):
    release(releaser, draft)
    assert refusal_code(draft_publication, by=writer, wording=WORDING, up_to=DAY) == "day"


def test_the_draft_speaks_of_sealed_movements_up_to_its_day(draft, pocket):
    told = snapshot_of(draft)
    assert (told.raised_cents, told.gifts, told.number) == (502_000, 2, 1)
    assert [(row.day, row.raised_cents) for row in told.days] == [(DAY, 500_000), (NEXT, 2_000)]
    assert told.seal is not None
    head = Seal.objects.get(number=told.seal)
    assert told.seal_hash == head.chain_hash


# Releasing -----------------------------------------------------------------------------------------------------


def test_the_drafter_does_not_release(writer, draft):
    assert (
        refusal_code(release_publication, by=writer, publication=draft, read_sha256=draft.content_sha256)
        == "own_draft"
    )


def test_whoever_remade_the_draft_does_not_release_it_and_the_first_drafter_may(writer, releaser, draft):
    remade = redraft_publication(by=releaser, publication=draft, wording=WORDING, up_to=NEXT)
    assert (
        refusal_code(release_publication, by=releaser, publication=remade, read_sha256=remade.content_sha256)
        == "own_draft"
    )
    assert release(writer, remade).number == 1


def test_a_draft_remade_after_it_was_read_is_not_released(writer, releaser, draft):
    read = draft.content_sha256
    redraft_publication(by=writer, publication=draft, wording=Wording("Autre titre", "Autre"), up_to=NEXT)
    with pytest.raises(WrongState, match="relisez-le"):
        release_publication(by=releaser, publication=draft, read_sha256=read)
    assert released().count() == 0


def test_figures_that_changed_since_the_preview_are_not_released(releaser, draft, pocket):
    post_gift(pocket, DAY, 700, gift=3)  # booked today for a day the draft covers
    code = refusal_code(release_publication, by=releaser, publication=draft, read_sha256=draft.content_sha256)
    assert code == "changed"


def test_a_gift_of_today_does_not_disturb_the_release(releaser, draft, pocket):
    post_gift(pocket, clock.today(), 700, gift=3)
    assert snapshot_of(release(releaser, draft)).raised_cents == 502_000


def test_a_broken_promise_of_the_ledger_stops_the_release(releaser, draft, monkeypatch):
    monkeypatch.setattr(actions, "ledger_is_proved", lambda: False)
    assert (
        refusal_code(release_publication, by=releaser, publication=draft, read_sha256=draft.content_sha256)
        == "ledger"
    )


def test_a_draft_made_on_a_broken_ledger_says_so_and_never_appears(writer, releaser, gifts, monkeypatch):
    monkeypatch.setattr(actions, "ledger_is_proved", lambda: False)
    draft = draft_publication(by=writer, wording=WORDING, up_to=NEXT)
    assert not snapshot_of(draft).ledger_checked
    monkeypatch.setattr(actions, "ledger_is_proved", lambda: True)
    assert (
        refusal_code(release_publication, by=releaser, publication=draft, read_sha256=draft.content_sha256)
        == "ledger"
    )


def test_the_ledger_is_really_asked(gifts):
    """The gifts of this test have no gift row: the proofs of donations see it."""
    assert not actions.ledger_is_proved()


def test_released_twice_it_is_already_done(releaser, draft):
    release(releaser, draft)
    with pytest.raises(AlreadyDone):
        release(releaser, draft)
    assert PublicationFile.objects.count() == 5


def test_a_dropped_draft_takes_no_number(writer, releaser, draft):
    drop_publication(by=writer, publication=draft)
    with pytest.raises(WrongState):
        release(releaser, draft)
    other = draft_publication(by=writer, wording=WORDING, up_to=NEXT)
    assert release(releaser, other).number == 1


def test_of_two_drafts_with_one_number_only_one_appears(writer, releaser, draft):
    rival = draft_publication(by=writer, wording=WORDING, up_to=NEXT)
    release(releaser, draft)
    assert (
        refusal_code(release_publication, by=releaser, publication=rival, read_sha256=rival.content_sha256)
        == "changed"
    )
    remade = redraft_publication(by=writer, publication=rival, wording=WORDING, up_to=NEXT)
    assert release(releaser, remade).number == 2


def test_an_erratum_names_what_it_corrects(writer, releaser, draft):
    wrong = release(releaser, draft)
    erratum = draft_publication(by=writer, wording=WORDING, up_to=NEXT, corrects=wrong)
    assert snapshot_of(release(releaser, erratum)).corrects == 1
    assert [row.number for row in wrong.errata.order_by("number")] == [2]


def test_an_unreleased_publication_cannot_be_corrected(writer, draft):
    with pytest.raises(WrongState):
        draft_publication(by=writer, wording=WORDING, up_to=NEXT, corrects=draft)


# What was released stays -----------------------------------------------------------------------------------------


def test_json_and_csv_say_the_same_cents(releaser, draft, make_requests, pocket):
    publication = release(releaser, draft)
    data = {(file.kind, file.language): bytes(file.data) for file in publication.files.order_by("pk")}
    assert data["json", ""] == publication.payload.encode()
    assert hashlib.sha256(data["json", ""]).hexdigest() == publication.payload_sha256
    french = data["csv", "fr"].decode("utf-8-sig")
    assert "Reçu;2020-05-12;5020,00;EUR" in french
    assert "5020.00,EUR" in data["csv", "en"].decode("utf-8-sig")
    event = AuditEvent.objects.get(action="publication.released")
    assert event.details["sha256"] == publication.payload_sha256
    assert len(event.details["files"]) == 5


def test_the_database_refuses_to_change_or_delete_a_release(releaser, writer, draft):
    publication = release(releaser, draft)
    rows = Publication.objects.filter(pk=publication.pk)
    for change in ({"payload": "{}"}, {"title": "Autre"}, {"state": "draft"}, {"released_by": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        PublicationFile.objects.filter(publication=publication).update(sha256="0" * 64)
    with pytest.raises(IntegrityError), transaction.atomic():
        PublicationFile.objects.filter(publication=publication).delete()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_publication WHERE id = %s", [publication.pk])
        connection.check_constraints()  # its files point at it: the delete fails at the latest at the commit


def test_the_database_refuses_a_release_by_its_drafter(writer):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_row(writer, writer)


def test_a_release_is_recomputed_to_the_cent_after_everything_moved_on(
    releaser, draft, pocket, make_requests
):
    release(releaser, draft)
    requests = make_requests(7)
    for request in requests:
        post_grant(request, pocket, DAY)
        post_debit(request, pocket, DAY)
    post_gift(pocket, DAY, 12_345, gift=9)
    sealing.seal_pending()
    assert list(proofs.publications_stand()) == []


def test_a_tampered_release_is_found(writer, releaser, draft):
    """Rows that no action made: another figure, a gap in the numbers, a file that is not what was hashed."""
    factories.make_row(writer, releaser, number=2, seal=None)
    faults = list(proofs.publications_stand())
    assert any("gap" in fault for fault in faults)
    assert any("no longer gives its figures" in fault for fault in faults)


def test_check_ledger_asks_for_it():
    out = StringIO()
    call_command("check_ledger", stdout=out)
    assert "publications: ok" in out.getvalue()


def test_on_a_ledger_that_holds_its_promises_the_real_proofs_let_it_appear(writer, releaser, pocket):
    """Nothing is replaced here: every check of `check_ledger` runs at the draft and again at the release."""
    draft = draft_publication(by=writer, wording=WORDING, up_to=NEXT)
    assert snapshot_of(draft).ledger_checked
    assert release(releaser, draft).number == 1
    call_command("check_ledger", stdout=StringIO())
