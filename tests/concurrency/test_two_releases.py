"""Twin: two publications, or one twice, released at the same instant. A number is given once, figures are told once."""

from datetime import date

import pytest
from django.db import IntegrityError

from fund import clock
from fund.roles import Refused
from fund.workflow import AlreadyDone
from reports import actions, queries
from reports.actions import draft_publication, release_publication
from reports.models import Publication
from tests.concurrency.rivals import MeetingPoint, in_may, needs_row_locks, race, take_locks_off
from tests.reports.conftest import campaign, ledger_proved, releaser, writer  # noqa: F401 - fixtures used by name
from tests.reports.factories import WORDING, post_gift

pytestmark = needs_row_locks


@pytest.fixture
def drafts(transactional_db, foundation, campaign, pocket, writer, ledger_proved) -> list[Publication]:  # noqa: F811
    """Two drafts that both would be number 1."""
    post_gift(pocket, date(2020, 5, 12), 5_000, gift=1)
    with clock.at(clock.DEMO_START):
        return [draft_publication(by=writer, wording=WORDING, up_to=date(2020, 5, 12)) for _turn in range(2)]


def release_together(by, publications: list[Publication]) -> list[object]:
    acts = [
        in_may(release_publication, by=by, publication=row, read_sha256=row.content_sha256)
        for row in publications
    ]
    return race(*acts)


def meet_after_the_last_look(monkeypatch) -> None:
    meeting = MeetingPoint()
    monkeypatch.setattr(actions, "_change_refusal", meeting.after(actions._change_refusal))


def test_without_the_lock_both_think_the_number_is_theirs(drafts, releaser, monkeypatch):  # noqa: F811
    """The set-up shows the race; the unique number is the last guard."""
    take_locks_off(monkeypatch)
    meet_after_the_last_look(monkeypatch)
    outcomes = release_together(releaser, drafts)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IntegrityError", "Publication"]
    assert isinstance(next(one for one in outcomes if isinstance(one, Exception)), IntegrityError)


def test_with_the_lock_the_second_is_told_that_the_figures_changed(drafts, releaser, monkeypatch):  # noqa: F811
    meet_after_the_last_look(monkeypatch)
    outcomes = release_together(releaser, drafts)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert [one.refusal.code for one in refused] == ["changed"]
    assert queries.released().count() == 1


def test_one_draft_released_twice_is_released_once(drafts, releaser, monkeypatch):  # noqa: F811
    meet_after_the_last_look(monkeypatch)
    outcomes = release_together(releaser, [drafts[0], drafts[0]])
    assert sum(isinstance(outcome, AlreadyDone) for outcome in outcomes) == 1
    assert queries.released().get().files.count() == 5
