"""Look-alikes: what two files share, when it is an alarm, who learns what, and what becomes of it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test.utils import override_settings

from aid_requests import actions, exports_of_applicant, lookalikes
from aid_requests.actions import lookalikes as acts
from aid_requests.models import AidRequest, LookAlike, LookAlikeMark, LookAlikeRuling
from fund import clock, vault
from fund.bank.iban import check_iban
from fund.models import AuditEvent
from fund.roles import Refused
from fund.workflow import AlreadyDone, WrongState
from tests.aid_requests import factories
from tests.aid_requests.look_alike_files import IBANS, alarming, kinds_between, person, signed, signed_in_full
from tests.aid_requests.people_pages import CALLER, ask_call
from tests.conftest import make_user

pytestmark = pytest.mark.usefixtures("may_2020", "foundation", "people", "proved")
OTHER_KEY = "b3RoZXItYmxpbmQtaW5kZXgta2V5LW9mLXRoZS10ZXN0cyE="


def row_of(one: AidRequest, other: AidRequest, kind: str) -> LookAlike:
    first, second = sorted((one.pk, other.pk))
    return LookAlike.objects.get(first=first, second=second, kind=kind)


def rule(people, one, other, reason="shared_account", note="", seen=None):
    row = LookAlike.objects.filter(first=min(one.pk, other.pk), second=max(one.pk, other.pk)).first()
    kinds = kinds_between(one, other) if seen is None else seen
    return acts.rule_on_pair(
        by=people.national_referent, look_alike=row, reason=reason, note=note, seen=kinds
    )


# The rule ---------------------------------------------------------------------------------------------------------


def test_one_person_with_two_accounts_is_an_alarm_across_schools():
    here, there = signed_in_full(1), signed_in_full(2, school="sud", identity=person(1))
    assert kinds_between(here, there) == {"person"}
    assert alarming(here, there)


@pytest.mark.parametrize(
    "names",
    [
        {"first_name": "ANAISB", "last_name": "le-goff"},
        {"first_name": "Le Goff", "last_name": "Anaïsb"},  # typed into the wrong boxes
        {"first_name": "Anaïs b", "last_name": "LE GOFF"},
    ],
)
def test_a_person_is_known_however_the_names_are_written(names):
    assert kinds_between(signed(1), signed(2, identity=person(1, **names))) == {"person"}


def test_namesakes_of_another_day_share_nothing():
    older = person(1, birth_date=person(1).birth_date + timedelta(days=1))
    assert kinds_between(signed(1), signed(2, identity=older)) == set()


def test_a_joint_account_alone_is_noted_and_no_alarm():
    one, other = signed(1), signed(2, school="sud", iban=IBANS[1])
    assert kinds_between(one, other) == {"iban"}
    assert lookalikes.doubted([one, other]) == set()
    assert lookalikes.noted().count() == 1 and lookalikes.alarms().count() == 0


def test_a_shared_flat_alone_is_noted_and_no_alarm():
    one, other = signed(1, paper="the lease"), signed(2, paper="the lease")
    assert kinds_between(one, other) == {"document"}
    assert lookalikes.doubted([one, other]) == set()


def test_two_ordinary_things_together_are_an_alarm():
    """Twins at two schools on their parents' account, in the same flat: asked about once, then explained."""
    one = signed(1, paper="the lease")
    twin = signed(2, school="sud", paper="the lease", iban=IBANS[1])
    assert kinds_between(one, twin) == {"iban", "document"}
    assert alarming(one, twin)


def test_two_files_of_one_person_do_not_resemble_each_other():
    mine = signed(1)
    copy = AidRequest.objects.get(pk=mine.pk)
    copy.pk, copy.reference = None, "U-2020-9999"
    copy.token = make_token()
    copy.save(force_insert=True)
    acts.note_marks(copy)
    assert LookAlikeMark.objects.filter(request=copy).exists()
    assert not LookAlike.objects.exists()


def make_token():
    return LookAlike().token


def test_blanks_never_meet():
    """Failure 14: a blank is no value. Neither names nor numbers left empty have a hash."""
    nameless = person(1, first_name=" ", last_name="Le Goff")
    assert lookalikes.person_value(nameless) == ""
    assert lookalikes.person_value(person(1, first_name="-", last_name="’")) == ""
    one, other = signed(1), signed(2)
    assert not LookAlikeMark.objects.filter(kind="phone").exists()
    for request in (one, other_school(other)):
        call = ask_call(request.school, request=request)
        call.person_sealed = vault.seal_json_for(call.subject_key, {"name": "?", "phone": "  ", "words": ""})
        call.state = "taken"
        call.taken_by, call.taken_at = one.applicant.user, clock.moment()
        call.save()
        acts.note_marks(factories.fresh(request))
    assert not LookAlikeMark.objects.filter(kind="phone").exists()
    assert kinds_between(one, other) == set()


def test_a_telephone_counts_as_long_as_the_call_is_kept():
    one, other = signed(1), signed(2, iban=IBANS[1])
    first, second = (
        ask_call(request.school, request=request, caller=CALLER) for request in (one, other_school(other))
    )
    assert kinds_between(one, other) == {"iban", "phone"}
    for call in (first, second):
        call.refresh_from_db()
        by = one.applicant.user
        call.state, call.taken_by, call.done_by = "done", by, by
        call.taken_at = call.done_at = clock.moment() - timedelta(days=400)
        call.outcome = "not_needed"
        call.save()
    assert actions.forget_old_call_backs() == "2 forgotten"
    assert not LookAlikeMark.objects.filter(kind="phone").exists()


def other_school(request: AidRequest) -> AidRequest:
    """One number waits once a school: the second call goes to the national referents."""
    AidRequest.objects.filter(pk=request.pk).update(through_school=False)
    return factories.fresh(request)


def test_a_form_that_everybody_got_says_nothing_of_two_persons():
    files = [signed(number, paper="the school's letter") for number in range(7)]
    last = {pair for pair in LookAlike.objects.values_list("first", "second") if files[-1].pk in pair}
    assert last == set()


# When it is computed ----------------------------------------------------------------------------------------------


def test_a_draft_has_no_hash_and_a_withdrawn_file_none_either(student):
    factories.draft(student)
    assert not LookAlikeMark.objects.exists()
    one, twin = signed(1), signed(2, identity=person(1))
    actions.withdraw_request(by=one.applicant.user, request=one)
    assert not LookAlikeMark.objects.filter(request=one).exists()
    assert lookalikes.doubted([one, twin]) == set() and lookalikes.alarms().count() == 0


def test_a_correction_replaces_the_hashes():
    one, other = signed(1), signed_in_full(2)
    student = other.applicant.user
    actions.correct_request(by=student, request=other)
    other = factories.fresh(other)
    actions.save_account(by=student, request=other, iban=check_iban(IBANS[1]), holder="Anaïs Le Goff")
    assert kinds_between(one, other) == set()
    factories.sign(student, factories.fresh(other))
    assert kinds_between(one, other) == {"iban"}
    assert LookAlikeMark.objects.filter(request=other, kind="iban").count() == 1


def test_old_files_are_marked_by_the_timed_work_which_may_run_twice():
    one, twin = signed(1), signed(2, identity=person(1))
    LookAlike.objects.all().delete()
    LookAlikeMark.objects.all().delete()
    assert actions.note_missing_marks() == "2 marked, 0 erased, 0 met, 0 unreadable"
    assert kinds_between(one, twin) == {"person"}
    before = LookAlikeMark.objects.count()
    assert actions.note_missing_marks() == "0 marked, 0 erased, 0 met, 0 unreadable"
    assert LookAlikeMark.objects.count() == before and LookAlike.objects.count() == 1


def test_two_signatures_of_one_instant_meet_at_the_next_run():
    one, twin = signed(1), signed(2, identity=person(1))
    LookAlike.objects.all().delete()  # as if neither had seen the other's hashes
    assert actions.note_missing_marks() == "0 marked, 0 erased, 1 met, 0 unreadable"
    assert kinds_between(one, twin) == {"person"}


def test_after_another_key_every_hash_is_made_anew_and_signals_stay():
    one, twin = signed(1), signed(2, identity=person(1))
    old = set(LookAlikeMark.objects.values_list("value_hash", flat=True))
    with override_settings(BLIND_INDEX_KEY=OTHER_KEY):
        assert actions.note_missing_marks().startswith("2 marked")
        new = set(LookAlikeMark.objects.values_list("value_hash", flat=True))
        assert not old & new and len(new) == len(old)
        assert kinds_between(one, twin) == {"person"} and LookAlike.objects.count() == 1
        third = signed(3, identity=person(1))
        assert kinds_between(one, third) == {"person"}


def test_an_erased_person_keeps_no_hash_and_makes_no_alarm():
    one, twin = signed(1), signed(2, identity=person(1))
    vault.erase_subject(one.applicant.subject_key)
    assert lookalikes.doubted([one, twin]) == set() and lookalikes.alarms().count() == 0
    assert "erased, 0 met, 0 unreadable" in actions.note_missing_marks()
    assert not LookAlikeMark.objects.filter(applicant=one.applicant).exists()
    assert LookAlikeMark.objects.filter(applicant=twin.applicant).exists()
    assert kinds_between(one, signed(3, identity=person(1))) == set()


# A signal, never a block ------------------------------------------------------------------------------------------


def test_nothing_is_stopped_by_a_signal(people):
    signed(1)
    twin = signed(2, identity=person(1), iban=IBANS[1])
    actions.certify_enrolment(
        by=people.referent, request=twin, university_year="2019-2020", level="year-4", revision=1
    )
    twin.refresh_from_db()
    assert twin.state == "in_review"


def test_a_coincidence_explained_never_comes_back(people):
    one, twin = signed(1, paper="lease"), signed(2, paper="lease", iban=IBANS[1])
    rulings = rule(people, one, twin, "siblings", "Jumeaux, vus par téléphone.")
    assert {ruling.look_alike.kind for ruling in rulings} == {"iban", "document"}
    assert lookalikes.doubted([one, twin]) == set()
    acts.note_marks(factories.fresh(twin))
    actions.note_missing_marks()
    assert set(LookAlike.objects.values_list("state", flat=True)) == {"explained"}
    with pytest.raises(IntegrityError), transaction.atomic():
        LookAlike.objects.filter(pk=rulings[0].look_alike_id).update(state="open")


def test_the_same_two_persons_and_the_same_thing_are_explained_once(people):
    one, mate = signed(1), signed(2, iban=IBANS[1])
    rule(people, one, mate)
    later = AidRequest.objects.get(pk=mate.pk)
    later.pk, later.reference, later.token = None, "U-2020-9998", make_token()
    later.save(force_insert=True)
    acts.note_marks(later)
    again = row_of(one, later, "iban")
    assert again.state == "explained"
    ruling = LookAlikeRuling.objects.get(look_alike=again)
    assert ruling.by is None and ruling.follows.by == people.national_referent
    third = signed(3, iban=IBANS[1])
    assert row_of(one, third, "iban").state == "open"


def test_a_true_duplicate_stays_in_sight_of_the_school_and_may_be_explained_later(people):
    one, twin = signed(1), signed(2, identity=person(1))
    rule(people, one, twin, "same_person")
    assert alarming(one, twin) and lookalikes.alarms().count() == 0
    assert lookalikes.committee_sentence(one) == ""
    with pytest.raises(AlreadyDone):
        rule(people, one, twin, "same_person")
    rule(people, one, twin, "namesakes")
    assert lookalikes.doubted([one, twin]) == set()
    assert LookAlikeRuling.objects.count() == 2
    with pytest.raises(AlreadyDone):
        rule(people, one, twin, "namesakes")


def test_a_ruling_is_about_what_the_page_showed(people):
    one, twin = signed(1), signed(2, identity=person(1), iban=IBANS[1])
    with pytest.raises(WrongState):
        rule(people, one, twin, "namesakes", seen={"person"})
    assert not LookAlikeRuling.objects.exists()
    with pytest.raises(Refused, match="reason"):
        rule(people, one, twin, "because")


def test_only_a_national_referent_who_typed_neither_file_rules(people):
    one, twin = signed(1), signed(2, identity=person(1))
    row = row_of(one, twin, "person")
    for name, person_of_the_team in vars(people).items():
        if name != "national_referent":
            with pytest.raises(Refused, match="national"):
                acts.rule_on_pair(
                    by=person_of_the_team, look_alike=row, reason="namesakes", note="", seen={"person"}
                )
    AidRequest.objects.filter(pk=one.pk).update(typed_by=people.national_referent, typed_at=clock.moment())
    with pytest.raises(Refused, match="typed"):
        rule(people, one, twin, "namesakes")


def test_a_note_needs_the_keys_of_both_persons(people):
    one, twin = signed(1), signed(2, identity=person(1))
    (ruling,) = rule(people, one, twin, "namesakes", "mot-marqueur")
    assert "mot-marqueur" not in ruling.note_sealed
    assert lookalikes.note_of(ruling) == "mot-marqueur"
    vault.erase_subject(twin.applicant.subject_key)
    assert lookalikes.note_of(ruling) == ""


def test_rulings_are_only_ever_added_and_the_trail_holds_codes(people):
    one, twin = signed(1), signed(2, identity=person(1))
    (ruling,) = rule(people, one, twin, "namesakes", "mot-marqueur")
    with pytest.raises(IntegrityError), transaction.atomic():
        LookAlikeRuling.objects.filter(pk=ruling.pk).update(reason="same_person")
    events = AuditEvent.objects.filter(action__startswith="look_alike.").order_by("pk")
    assert [(event.action, event.by) for event in events] == [
        ("look_alike.noted", None),
        ("look_alike.ruled", people.national_referent),
    ]
    assert events[1].details == {"kind": "person", "verdict": "explained", "reason": "namesakes"}


def test_the_persons_export_tells_of_the_hashes_and_of_nobody_else(people):
    one, twin = signed(1), signed(2, identity=person(1))
    rule(people, one, twin, "namesakes", "mot-marqueur")
    data = exports_of_applicant.applicant_data(twin.applicant).decode()
    assert '"hashes_to_compare"' in data and '"kind": "person"' in data
    assert one.reference not in data and "mot-marqueur" not in data and "namesakes" not in data
    hashes = LookAlikeMark.objects.values_list("value_hash", flat=True)
    assert [value for value in hashes if value in data] == []


def test_no_table_of_hashes_equals_another(school):
    """One purpose each: whoever reads this table cannot join it to the accounts, the papers or the calls."""
    one = signed(1)
    marks = set(LookAlikeMark.objects.values_list("value_hash", flat=True))
    assert one.bank_details is not None
    others = {one.bank_details.iban_fingerprint, one.applicant.identity_fingerprint}
    others |= set(one.documents.values_list("fingerprint", flat=True))
    assert not marks & others and len(marks) == 4
    assert make_user("nobody").pk not in {mark.applicant_id for mark in LookAlikeMark.objects.all()}
