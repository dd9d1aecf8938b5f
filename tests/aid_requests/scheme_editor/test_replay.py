"""Past files under a draft: totals to the cent, nothing of any person, and no decision touched."""

from uuid import uuid4

import pytest
from django.urls import reverse

from aid_requests import schemes
from aid_requests.actions import scheme_drafts as actions
from aid_requests.actions.scheme_replay import replay_draft
from aid_requests.models import AidRequest, SchemeDraft
from aid_requests.schemes.writing import to_plain
from fund import vault
from fund.models import AuditEvent
from fund.roles import Refused
from tests.aid_requests import factories
from tests.aid_requests.factories import ANSWERS, FIRST_NAME, LAST_NAME, STORY, STREET


@pytest.fixture
def draft(may_2020, foundation, pocket, people, student) -> SchemeDraft:
    """One signed file of 150 € for a student job; the draft gives 175,50 € for it."""
    request = factories.submitted(student)
    tree = to_plain(schemes.load(request.scheme_version.definition))
    tree["cases"][1]["amount"] = "175.50"
    return actions.start_draft(
        by=people.administrator, form_token=uuid4(), tree=tree, based_on=request.scheme_version
    )


def test_the_difference_is_told_to_the_cent_and_nothing_changes(draft, people):
    before = list(AidRequest.objects.values())
    cost = replay_draft(by=people.administrator, draft=draft)
    assert (cost.replayed.old_cents, cost.replayed.new_cents, cost.changed) == (15_000, 17_550, 1)
    assert cost.replayed.difference_cents == 2_550
    assert list(AidRequest.objects.values()) == before
    event = AuditEvent.objects.get(action="scheme_draft.replayed")
    assert event.details == {"revision": 1, "files": 1, "difference_cents": 2_550}


def test_the_page_shows_totals_and_cases_and_no_person(draft, people, client_of):
    client = client_of(people.administrator)
    html = client.post(reverse("replay_scheme_draft", args=[draft.token])).content.decode()
    assert "175,50\u00a0€" in html and "Emploi étudiant arrêté" in html
    reference = AidRequest.objects.get().reference
    said = [FIRST_NAME, LAST_NAME, STREET, STORY, reference, ANSWERS["amount_due"], "16/03/2020"]
    assert [word for word in said if word in html] == []


def test_a_file_that_the_draft_cannot_judge_is_counted_apart(draft, people):
    asked = {"id": "level", "kind": "yes_no", "label": {"fr": "Nouvelle question", "en": "New question"}}
    cases = [
        {**case, "when": {"all": [case["when"], {"answer": "level", "eq": "yes"}]}}
        for case in draft.tree["cases"]
    ]
    tree = {**draft.tree, "questions": [*draft.tree["questions"], asked], "cases": cases}
    changed = actions.save_draft(
        by=people.administrator, draft=draft, revision=1, tree=tree, place="questions"
    )
    cost = replay_draft(by=people.administrator, draft=changed)
    assert (cost.replayed.unjudged, cost.replayed.old_cents, cost.replayed.new_cents) == (1, 0, 0)


def test_an_erased_file_is_counted_apart(draft, people):
    vault.erase_subject(AidRequest.objects.get().applicant.subject_key)
    assert replay_draft(by=people.administrator, draft=draft).replayed.unjudged == 1


def test_a_withdrawn_file_costs_nothing(draft, people, student):
    factories.actions.withdraw_request(by=student, request=AidRequest.objects.get())
    assert replay_draft(by=people.administrator, draft=draft).replayed.files == ()


def test_a_scheme_that_never_opened_has_no_past(draft, people):
    tree = {**draft.tree, "slug": "never-opened"}
    new = actions.start_draft(by=people.administrator, form_token=uuid4(), tree=tree)
    assert replay_draft(by=people.administrator, draft=new).replayed.files == ()


def test_only_an_administrator_replays_and_only_what_can_be_read(draft, people):
    with pytest.raises(Refused):
        replay_draft(by=people.chair, draft=draft)
    holed = actions.save_draft(
        by=people.administrator, draft=draft, revision=1, tree={**draft.tree, "title": {}}, place="cadre"
    )
    with pytest.raises(Refused):
        replay_draft(by=people.administrator, draft=holed)
    assert not AuditEvent.objects.filter(action="scheme_draft.replayed").exists()
