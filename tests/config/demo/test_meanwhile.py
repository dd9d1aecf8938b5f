"""What waits beside the requests when the visitor comes: for each feature a few rows, and nothing that costs money."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.urls import reverse

from aid_requests import representatives, scheme_readers, typed_requests, unfinished
from aid_requests.correspondence import corrections, threads
from aid_requests.models import (
    AidRequest,
    CallBack,
    InvitationList,
    Message,
    RegisterEntry,
    RegisterImport,
    RepresentativeLink,
    SchemeDraft,
    SchoolDoor,
)
from aid_requests.register.queries import lets_many_go
from config.demo import cast, loading, setting
from config.demo.season import asking
from config.demo.season.meanwhile import Meanwhile
from config.demo.season.students import students
from config.demo.season.times import when
from config.desk import tasks_for
from fund import clock
from fund.models import PaymentOrder
from fund.roles import roles_of

pytestmark = pytest.mark.django_db
MARKS = ("asked", "correction", "draft")


@pytest.fixture
def spring() -> Iterator[SimpleNamespace]:
    """The stage, the three students whom it is about and the one who waits for Marseille, then those acts alone."""
    with clock.at(when(setting.OPENED, 8)):
        setting.set_the_stage()
        people = setting.bring_the_cast()
    requests: dict[int, AidRequest] = {}
    rows = students()
    for student in rows:
        if student.shown in MARKS or student.end == "stalled":
            with clock.at(when(student.asked_on, 12)):
                requests[student.number] = asking.ask(student)
            if student.shown == "correction":
                with clock.at(when(asking.certified_on(student), 9)):
                    asking.certify(people[cast.SOCIAL_WORKER], requests[student.number])
    meanwhile = Meanwhile(people, rows, requests)
    for timed in sorted(meanwhile.days()):
        with clock.at(timed.moment):
            timed.act()
            loading.run_queue()
    shown = {
        one.shown or one.end: AidRequest.objects.get(pk=requests[one.number].pk)
        for one in rows
        if one.number in requests
    }
    with clock.at(clock.DEMO_START):
        yield SimpleNamespace(people=people, of=shown, users=meanwhile.users)


def desk_of(spring: SimpleNamespace, email: str) -> set[str]:
    """The pages to which this person's desk leads."""
    user = spring.people[email]
    return {task.url for task in tasks_for(user, frozenset(roles_of(user)))}


def test_every_role_finds_something_and_no_money_hangs_on_it(spring):
    _school_has_a_list_with_differences_and_sent_invitations(spring)
    _calls_wait_and_one_is_taken(spring)
    _students_find_what_was_begun_for_them(spring)
    _team_has_an_answer_to_read_and_a_correction_open(spring)
    _administrator_has_a_draft_with_one_thing_missing(spring)
    assert not PaymentOrder.objects.exists()
    assert set(AidRequest.objects.values_list("state", flat=True)) == {"draft", "submitted", "in_review"}


def _school_has_a_list_with_differences_and_sent_invitations(spring):
    first, second = RegisterImport.objects.order_by("pk")
    assert (first.school.code, first.state, second.state) == ("marseille", "applied", "compared")
    assert first.file_removed_at is not None and first.found == {"new": 9, "gone": 0, "listed": 0}
    assert second.found == {"same": 7, "changed": 1, "new": 1, "refused": 1, "gone": 1, "listed": 9}
    assert not lets_many_go(second), "no box must be ticked to apply it"
    assert RegisterEntry.objects.count() == 9
    assert spring.of["stalled"].state == "submitted", "who still waits is not on the list"
    (invited,) = InvitationList.objects.all()
    assert invited.state == "sent" and invited.invitations.exclude(sent_at=None).count() >= 2
    assert desk_of(spring, cast.MARSEILLE_REFERENT) >= {reverse("register_import", args=[second.pk])}
    assert set(SchoolDoor.objects.values_list("school__code", flat=True)) == {"lyon"}
    assert SchoolDoor.objects.count() == 2


def _calls_wait_and_one_is_taken(spring):
    found = CallBack.objects.order_by("pk").values_list("school__code", "state", "through_school")
    assert list(found) == [("lyon", "waiting", True), ("marseille", "taken", False)]
    for email in (cast.LYON_REFERENT, cast.SOCIAL_WORKER):
        assert reverse("call_back_list") in desk_of(spring, email)


def _students_find_what_was_begun_for_them(spring):
    (typed,) = typed_requests.waiting_for(spring.users["typed"])
    assert typed.typed_by == spring.people[cast.LYON_REFERENT]
    assert typed_requests.content_of(typed).answers["need"] == "rent"
    (request,) = AidRequest.objects.filter(applicant__user=spring.users["minor"])
    (link,) = RepresentativeLink.objects.all()
    assert request.state == "draft" and representatives.state_of(link) == "open"
    half = unfinished.typed_of(spring.of["draft"], unfinished.ACCOUNT)
    assert half is not None and half["iban"][0].endswith("MO00")
    assert spring.of["draft"].bank_details is None


def _team_has_an_answer_to_read_and_a_correction_open(spring):
    said = [(message.side, message.read_at is None) for message in Message.objects.order_by("pk")]
    assert said == [("team", False), ("student", True)]
    assert threads.waiting_count(spring.people[cast.LYON_REFERENT]) == 1
    assert reverse("thread_list") in desk_of(spring, cast.LYON_REFERENT)
    correction = corrections.open_correction(spring.of["correction"])
    assert correction is not None and correction.party == "committee"
    (point,) = corrections.points_of(spring.of["correction"], correction, "fr")
    assert "357" in point.sentence


def _administrator_has_a_draft_with_one_thing_missing(spring):
    (draft,) = SchemeDraft.objects.all()
    assert draft.revision == 2 and draft.based_on is not None
    (fault,) = scheme_readers.faults_of(draft)
    assert fault.place.startswith("eligibility.")
    assert reverse("scheme_list") in desk_of(spring, cast.ADMINISTRATOR)
