"""Twins: a correction is asked for while the deciding vote is cast; a file is never both decided and to correct."""

import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command

from aid_requests import actions
from aid_requests.committee.actions import deciding
from aid_requests.correspondence import corrections
from aid_requests.models import AidRequest, Correction, Decision
from fund.roles import Refused
from tests.aid_requests.factories import fresh
from tests.concurrency.rivals import MeetingPoint, in_may, needs_row_locks, race, take_locks_off
from tests.concurrency.test_signing import file, vote_on

__all__ = ["file"]  # the fixture: one vote cast, the next one decides
pytestmark = needs_row_locks


def ask_while_the_letter_is_written(
    file: AidRequest, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> list[Any]:
    """The vote has read the file and writes the letter; now the correction is asked for, then the vote goes on."""
    at_the_letter, asked = MeetingPoint(), MeetingPoint()
    render = deciding.render_letter

    def render_late(*args: Any) -> bytes:
        at_the_letter.wait()
        asked.wait()
        return render(*args)

    def ask() -> Any:
        at_the_letter.wait()
        values = {"revision": 1, "points": {"account": "Le titulaire manque."}, "form_token": uuid.uuid4()}
        try:
            return in_may(actions.ask_correction, by=people.chair, request=file, **values)()
        finally:
            asked.wait()

    monkeypatch.setattr(deciding, "render_letter", render_late)
    outcomes = race(vote_on(file, people.member2), ask)
    monkeypatch.undo()
    return outcomes


def test_without_the_lock_a_decided_file_waits_for_a_correction(file, people, monkeypatch):
    """The set-up shows the bug: the aid is granted, and the student is asked to correct what was granted."""
    take_locks_off(monkeypatch)
    outcomes = ask_while_the_letter_is_written(file, people, monkeypatch)
    assert [type(outcome) for outcome in outcomes] == [Decision, Correction]
    assert fresh(file).state == "granted" and corrections.blocking_refusal(fresh(file)) is not None


def test_with_the_lock_whoever_asks_second_hears_that_it_is_decided(file, people, monkeypatch):
    decision, refused = ask_while_the_letter_is_written(file, people, monkeypatch)
    assert isinstance(decision, Decision) and isinstance(refused, Refused)
    assert refused.refusal.code == "state" and not Correction.objects.exists()
    call_command("check_ledger")
