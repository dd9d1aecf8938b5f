"""What `check_ledger` finds when somebody with the database in hand did what the acts refuse."""

import uuid

import pytest

from aid_requests import actions
from aid_requests.correspondence import proofs
from aid_requests.models import AidRequest
from fund import clock
from tests.aid_requests import factories
from tests.aid_requests.test_verification import tamper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020")]


@pytest.fixture
def asked(foundation, student, people):
    """A file that waits for a correction."""
    file = factories.in_review(student, people.referent)
    values = {"revision": 1, "points": {"account": "Le titulaire manque."}, "form_token": uuid.uuid4()}
    actions.ask_correction(by=people.member1, request=file, **values)
    return file


def test_a_decided_file_that_still_waits_for_a_correction_is_found(asked):
    assert list(proofs.nothing_is_decided_with_a_correction_open()) == []
    AidRequest.objects.filter(pk=asked.pk).update(state="granted", decided_at=clock.moment())
    (told,) = proofs.nothing_is_decided_with_a_correction_open()
    assert f"request {asked.pk}" in told
    AidRequest.objects.filter(pk=asked.pk).update(state="in_review", decided_at=None)


def test_a_revision_of_another_declaration_is_found(asked):
    assert list(proofs.revisions_and_declarations_agree()) == []
    tamper(asked.revisions.get(), "revision", 2)
    assert len(list(proofs.revisions_and_declarations_agree())) == 1


def test_facts_kept_from_nowhere_are_found(asked):
    declaration = asked.declarations.get()
    tamper(declaration, "previous", declaration.pk)
    tamper(declaration, "kept_facts", {"enrolled": declaration.pk})
    assert len(list(proofs.revisions_and_declarations_agree())) == 1
