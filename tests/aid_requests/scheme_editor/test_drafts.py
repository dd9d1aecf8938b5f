"""The acts on a draft: begun once, saved by who saw it as it is, opened once, and nothing of it counts before."""

from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from aid_requests import schemes
from aid_requests.actions import load_scheme
from aid_requests.actions import scheme_drafts as actions
from aid_requests.models import Scheme, SchemeDraft, SchemeVersion
from aid_requests.scheme_editor.beginnings import starter
from aid_requests.schemes.writing import to_plain
from fund.models import AuditEvent
from fund.roles import Refused
from fund.workflow import AlreadyDone, WrongState
from tests.aid_requests.factories import draft as make_request
from tests.aid_requests.factories import fresh, open_scheme


@pytest.fixture
def version(foundation) -> SchemeVersion:
    return open_scheme()


@pytest.fixture
def copy(version, people) -> SchemeDraft:
    """A copy of the open emergency aid, with one more euro in its first case."""
    tree = to_plain(schemes.load(version.definition))
    tree["cases"][0]["amount"] = "151.00"
    return actions.start_draft(by=people.administrator, form_token=uuid4(), tree=tree, based_on=version)


def opened(draft: SchemeDraft, people, replaces: int | None = 1) -> SchemeVersion:
    return actions.open_draft(
        by=people.administrator, draft=draft, revision=draft.revision, replaces=replaces
    )


def test_a_form_sent_twice_makes_one_draft(people):
    token = uuid4()
    first = actions.start_draft(by=people.administrator, form_token=token, tree=starter())
    again = actions.start_draft(by=people.administrator, form_token=token, tree=starter())
    assert first.pk == again.pk
    assert AuditEvent.objects.filter(action="scheme_draft.started").count() == 1


def test_a_scheme_has_one_draft_at_a_time(copy, version, people):
    with pytest.raises(actions.LiveDraft) as there:
        actions.start_draft(by=people.administrator, form_token=uuid4(), tree=copy.tree, based_on=version)
    assert there.value.draft == copy
    with pytest.raises(IntegrityError), transaction.atomic():
        SchemeDraft.objects.create(
            form_token=uuid4(), scheme=copy.scheme, tree={}, made_by=people.administrator, made_at=copy.made_at,
            changed_by=people.administrator, changed_at=copy.made_at,
        )  # fmt: skip


@pytest.mark.parametrize("who", ["auditor", "member1", "chair", "treasurer", "referent"])
def test_only_an_administrator_writes(copy, people, who):
    by = getattr(people, who)
    with pytest.raises(Refused):
        actions.start_draft(by=by, form_token=uuid4(), tree=starter())
    with pytest.raises(Refused):
        actions.save_draft(by=by, draft=copy, revision=1, tree={}, place="cases.1")
    with pytest.raises(Refused):
        actions.discard_draft(by=by, draft=copy, revision=1)
    with pytest.raises(Refused):
        actions.open_draft(by=by, draft=copy, revision=1, replaces=1)
    copy.refresh_from_db()
    assert copy.revision == 1 and copy.state == "live"


def test_a_save_from_an_old_page_is_told_and_overwrites_nothing(copy, people):
    first = actions.save_draft(
        by=people.administrator,
        draft=copy,
        revision=1,
        tree={**copy.tree, "pocket": "general"},
        place="cadre",
    )
    with pytest.raises(actions.Stale):
        actions.save_draft(
            by=people.administrator,
            draft=copy,
            revision=1,
            tree={**copy.tree, "pocket": "other"},
            place="cadre",
        )
    copy.refresh_from_db()
    assert copy.tree["pocket"] == "general" and copy.revision == first.revision == 2


def test_saving_what_is_there_already_makes_no_new_revision(copy, people):
    saved = actions.save_draft(by=people.administrator, draft=copy, revision=1, tree=copy.tree, place="cadre")
    assert saved.revision == 1


def test_opening_closes_the_former_version_and_files_under_way_keep_theirs(
    copy, version, people, student, may_2020
):
    request = make_request(student)
    made = opened(copy, people)
    version.refresh_from_db()
    copy.refresh_from_db()
    assert (made.number, made.state, version.state) == (2, "open", "closed")
    assert schemes.load(made.definition).cases[0].amount_cents == 15_100
    assert (copy.state, copy.opened_as, copy.scheme) == ("opened", made, made.scheme)
    assert fresh(request).scheme_version == version


def test_what_was_opened_is_dumped_and_loaded_as_itself(copy, people):
    made = opened(copy, people)
    told = StringIO()
    call_command("dump_scheme", "emergency-aid", stdout=told)
    loaded = load_scheme(by=None, text=told.getvalue())
    assert (loaded.opened, loaded.version) == (False, made)


def test_a_second_opening_opens_nothing_twice(copy, people):
    opened(copy, people)
    with pytest.raises(AlreadyDone):
        opened(copy, people)
    assert SchemeVersion.objects.count() == 2


def test_an_opening_compared_with_another_version_is_told(copy, version, people):
    other = schemes.load(version.definition.replace("amount: 150.00", "amount: 149.00", 1))
    load_scheme(by=people.administrator, text=schemes.dump(other))
    with pytest.raises(actions.Stale):
        opened(copy, people, replaces=1)
    with pytest.raises(actions.Stale):
        opened(copy, people, replaces=None)
    assert opened(copy, people, replaces=2).number == 3


def test_an_opening_of_an_older_revision_is_told(copy, people):
    actions.save_draft(
        by=people.administrator,
        draft=copy,
        revision=1,
        tree={**copy.tree, "closes_on": "2020-07-31"},
        place="cadre",
    )
    with pytest.raises(actions.Stale):
        actions.open_draft(by=people.administrator, draft=copy, revision=1, replaces=1)
    assert SchemeVersion.objects.count() == 1


def saved(draft: SchemeDraft, people, **changes: object) -> SchemeDraft:
    return actions.save_draft(
        by=people.administrator,
        draft=draft,
        revision=draft.revision,
        tree={**draft.tree, **changes},
        place="x",
    )


def refusal_of(draft: SchemeDraft, people) -> str:
    with pytest.raises(Refused) as refused:
        opened(draft, people)
    assert SchemeVersion.objects.count() == 1
    return refused.value.refusal.code


def test_a_draft_with_a_hole_is_not_opened(copy, people):
    assert refusal_of(saved(copy, people, title={"fr": "Sans anglais"}), people) == "faults"


def test_a_draft_whose_cases_overlap_is_not_opened(copy, people):
    cases = [{**copy.tree["cases"][0], "when": {"answer": "enrolled", "eq": "yes"}}, *copy.tree["cases"][1:]]
    assert refusal_of(saved(copy, people, cases=cases), people) == "faults"


def test_a_draft_that_changes_nothing_is_not_opened(copy, version, people):
    assert refusal_of(
        saved(copy, people, cases=to_plain(schemes.load(version.definition))["cases"]), people
    ) == ("nothing_new")


def test_a_scheme_keeps_its_address(copy, people):
    assert refusal_of(saved(copy, people, slug="another-aid"), people) == "slug_changed"


def test_a_new_scheme_takes_no_address_that_is_taken(version, people):
    tree = {**to_plain(schemes.load(version.definition)), "slug": "free-yet"}
    draft = actions.start_draft(by=people.administrator, form_token=uuid4(), tree=tree)
    assert draft.scheme is None
    taken = saved(draft, people, slug="emergency-aid")
    with pytest.raises(Refused) as refused:
        opened(taken, people, replaces=None)
    assert refused.value.refusal.code == "slug_taken"
    made = opened(saved(taken, people, slug="free-yet"), people, replaces=None)
    assert (made.scheme.slug, made.number) == ("free-yet", 1)
    assert Scheme.objects.count() == 2


def test_what_was_given_up_cannot_be_written_or_opened(copy, people):
    actions.discard_draft(by=people.administrator, draft=copy, revision=1)
    with pytest.raises(WrongState):
        saved(copy, people, slug="x")
    with pytest.raises(WrongState):
        opened(copy, people)
    again = actions.start_draft(
        by=people.administrator, form_token=uuid4(), tree=copy.tree, based_on=copy.based_on
    )
    assert again.pk != copy.pk


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "opened"},
        {"state": "discarded"},
        {"discarded_at": "2020-05-15T10:00Z"},
        {"revision": 0},
        {"scheme": None},
    ],
)
def test_the_database_refuses_a_draft_that_ended_in_no_way_or_two(copy, broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        SchemeDraft.objects.filter(pk=copy.pk).update(**broken)
