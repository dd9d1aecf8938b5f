"""The committee's rules at work: what is open counts the votes, a file keeps the rules of its first vote."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from aid_requests.actions import committee_rules
from aid_requests.actions.committee_rules import StaleRules, open_rules_draft, save_rules_draft
from aid_requests.committee import actions, permissions, queries, rules, seats
from aid_requests.models import Committee, Decision, RulesVersion, Vote
from fund import guards
from fund.models import AuditEvent, RoleGrant
from fund.roles import Refused
from fund.workflow import AlreadyDone
from tests.aid_requests.committee import factories
from tests.aid_requests.committee.rules.test_reading import DELEGATED, SITTING, WRITING

pytestmark = pytest.mark.django_db
THREE = WRITING.replace("votes: 2", "votes: 3")
OWN_SCHOOL = WRITING.replace("as_scheme", "allowed")


def opened(by, text: str) -> RulesVersion:
    """`text` written and opened, whatever was open before."""
    before = RulesVersion.objects.filter(state="open").first()
    draft = save_rules_draft(by=by, text=text, revision=0)
    return open_rules_draft(by=by, revision=draft.revision, replaces=before.number if before else None)


def grant(member, request, **more):
    request.refresh_from_db()
    return actions.cast_vote(by=member, request=request, choice="grant", revision=request.revision, **more)


# Counting ---------------------------------------------------------------------------------------------------------


def test_without_rules_the_default_ones_count_and_the_decision_names_none(committee, file_of):
    request = file_of()
    assert seats.read(seats.rules_of(request)) == rules.DEFAULT
    assert grant(committee.member1, request) is None
    decision = grant(committee.member2, request)
    assert (decision.outcome, decision.rules) == ("granted", None)


def test_open_rules_count_and_the_votes_and_the_decision_name_them(committee, file_of, client_of):
    version = opened(committee.administrator, THREE)
    request = file_of()
    assert [grant(member, request) for member in (committee.member1, committee.member2)] == [None, None]
    row = queries.queue_rows(list(queries.queue(committee.member1)), "fr")[0]
    assert (row.votes_cast, row.votes_needed) == (2, 3)
    decision = grant(committee.chair, request)
    assert (decision.outcome, decision.rules) == ("granted", version)
    assert set(Vote.objects.values_list("rules", flat=True)) == {version.pk}
    assert len(decision.vote_ids) == 3


def test_a_file_keeps_the_rules_of_its_first_vote(committee, file_of):
    begun, untouched = file_of(1), file_of(2)
    grant(committee.member1, begun)
    version = opened(committee.administrator, THREE)
    assert grant(committee.member2, begun).rules is None
    grant(committee.member1, untouched)
    assert grant(committee.member2, untouched) is None
    later = opened(committee.administrator, WRITING)
    assert later.number == version.number + 1
    assert grant(committee.chair, untouched).rules == version


def test_a_changed_file_begins_under_the_rules_of_the_day(committee, file_of):
    request = file_of()
    grant(committee.member1, request)
    version = opened(committee.administrator, THREE)
    factories.change_file(request, committee.referent)
    assert seats.rules_of(request) == version


def test_a_member_who_left_is_no_longer_heard(committee, file_of):
    request = file_of()
    grant(committee.member1, request)
    RoleGrant.objects.filter(user=committee.member1).update(revoked_at=request.created_at)
    assert queries.queue_rows(list(queries.queue(committee.member2)), "fr")[0].votes_cast == 0
    assert grant(committee.member2, request) is None
    decision = grant(committee.chair, request)
    assert len(decision.vote_ids) == 2
    assert committee.member1.pk not in Vote.objects.filter(pk__in=decision.vote_ids).values_list(
        "member", flat=True
    )


def test_the_rules_say_whether_the_own_school_keeps_out(committee, file_of, school):
    request = file_of()
    RoleGrant.objects.filter(user=committee.member1).update(school=school)
    assert permissions.can_read_file(committee.member1, request).code == "own_school"
    assert not queries.files_of(committee.member1).exists()
    before = permissions.count_voters(request)
    opened(committee.administrator, OWN_SCHOOL)
    assert permissions.can_read_file(committee.member1, request) is None
    assert queries.files_of(committee.member1).exists()
    assert permissions.count_voters(request) == before + 2  # this one, and the member of the same school
    opened(committee.administrator, WRITING.replace("as_scheme", "excluded"))
    assert permissions.can_read_file(committee.member1, request).code == "own_school"
    assert not queries.files_of(committee.member1).exists()


def test_a_file_that_began_without_the_own_school_stays_closed_to_it(committee, file_of, school):
    request = file_of()
    grant(committee.member2, request)
    RoleGrant.objects.filter(user=committee.member1).update(school=school)
    opened(committee.administrator, OWN_SCHOOL)
    assert permissions.can_vote(committee.member1, request).code == "own_school"
    assert permissions.can_read_file(committee.member1, file_of(2)) is None


def test_the_rules_of_another_committee_do_not_count(committee, file_of):
    request = file_of()
    other = Committee.objects.create(slug="another", name="Un autre comité", created_at=request.created_at)
    version = opened(committee.administrator, THREE)
    scheme = request.scheme_version.scheme
    assert seats.open_version(scheme) == version
    scheme.committee = other
    assert seats.open_version(scheme) is None


def test_who_is_tied_to_a_file_has_the_bar_that_says_so(committee, file_of):
    request = file_of()
    actions.recuse(by=committee.member1, request=request, ground="personal_tie")
    roll = seats.roll_of(request)
    assert roll.seat_of(committee.member1.pk).bar is rules.Bar.DECLARED_TIE
    assert roll.seat_of(committee.member2.pk).bar is None
    assert roll.chair == committee.chair.pk


# Writing and opening ----------------------------------------------------------------------------------------------


def test_a_migration_makes_the_national_committee_once():
    migration = import_module("aid_requests.migrations.0011_committee_rules")
    for _twice in range(2):
        migration.make_the_national_committee(apps, SimpleNamespace(connection=connection))
    assert Committee.objects.get(slug=Committee.NATIONAL).name == committee_rules.NATIONAL_NAME
    assert Committee.objects.get() == committee_rules.national()


def test_only_an_administrator_writes_and_opens(committee):
    for somebody in (committee.chair, committee.treasurer, committee.referent):
        with pytest.raises(Refused):
            save_rules_draft(by=somebody, text=WRITING, revision=0)
    save_rules_draft(by=committee.administrator, text=THREE, revision=0)
    with pytest.raises(Refused):
        open_rules_draft(by=committee.chair, revision=1, replaces=None)
    assert not RulesVersion.objects.filter(state="open").exists()


def test_saving_twice_is_one_draft_and_an_older_page_overwrites_nothing(committee):
    first = save_rules_draft(by=committee.administrator, text=WRITING, revision=0)
    assert save_rules_draft(by=committee.administrator, text=WRITING, revision=0) == first
    second = save_rules_draft(by=committee.administrator, text=THREE, revision=1)
    assert (second.pk, second.revision) == (first.pk, 2)
    for stale in (0, 1):
        with pytest.raises(StaleRules):
            save_rules_draft(by=committee.administrator, text=OWN_SCHOOL, revision=stale)
    assert RulesVersion.objects.get().definition == THREE


def test_faulty_rules_are_not_kept(committee):
    with pytest.raises(rules.RulesError):
        save_rules_draft(by=committee.administrator, text=WRITING.replace("none", "many"), revision=0)
    assert not RulesVersion.objects.exists()


def test_opening_closes_the_former_says_who_and_happens_once(committee):
    first = opened(committee.administrator, THREE)
    second = opened(committee.administrator, OWN_SCHOOL)
    first.refresh_from_db()
    assert (first.state, second.state, second.number) == ("closed", "open", 2)
    assert second.opened_by == committee.administrator and first.closed_at == second.opened_at
    with pytest.raises(AlreadyDone):
        open_rules_draft(by=committee.administrator, revision=1, replaces=2)
    assert AuditEvent.objects.filter(action="committee_rules.opened").count() == 2


def test_opening_is_of_what_was_read(committee):
    opened(committee.administrator, THREE)
    draft = save_rules_draft(by=committee.administrator, text=OWN_SCHOOL, revision=0)
    for revision, replaces in ((draft.revision + 1, 1), (draft.revision, None), (draft.revision, 2)):
        with pytest.raises(StaleRules):
            open_rules_draft(by=committee.administrator, revision=revision, replaces=replaces)


def test_the_same_rules_are_not_opened_again(committee):
    opened(committee.administrator, THREE)
    with pytest.raises(Refused) as caught:
        opened(committee.administrator, "# Le même\n" + THREE)
    assert caught.value.refusal == committee_rules.NOTHING_NEW


def test_every_mode_may_be_opened(committee):
    assert opened(committee.administrator, DELEGATED).state == "open"


@pytest.mark.parametrize(
    "text",
    [
        SITTING,
        WRITING.replace("count: concordant\n  votes: 2", "count: at_end\n  days: 7"),
        WRITING + "  days: 7\n",
        WRITING + "unanimity:\n  - exceptions\n",
    ],
    ids=["a sitting", "counted at the end", "an end date", "unanimity"],
)
def test_rules_of_sittings_and_end_dates_are_opened(committee, text):
    assert opened(committee.administrator, text).state == "open"


def test_the_database_keeps_what_was_opened(committee):
    version = opened(committee.administrator, THREE)
    for change in ({"definition": WRITING}, {"opened_by": committee.chair}, {"number": 9}):
        with pytest.raises(DatabaseError), transaction.atomic():
            RulesVersion.objects.filter(pk=version.pk).update(**change)
    assert "aid_requests_rulesversion" in {frozen.table for frozen in guards._frozen}
    with pytest.raises(DatabaseError), transaction.atomic():
        RulesVersion.objects.filter(pk=version.pk).update(state="closed")
    assert not Decision.objects.exists()
