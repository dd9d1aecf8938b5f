"""A list from upload to application: every line judged, what was shown is applied, nothing twice, nobody deleted."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import override_settings

from aid_requests.actions import register, register_retention, register_runs
from aid_requests.actions.register_runs import Overtaken
from aid_requests.models import RegisterColumns, RegisterEntry, RegisterImport, RegisterLine
from aid_requests.register.files import private_storage
from aid_requests.register.people import open_person
from aid_requests.register.reasons import FileFault
from aid_requests.register.values import values_of
from fund import clock, registry
from fund.models import AuditEvent, TransitionLog
from fund.roles import Refused
from fund.workflow import AlreadyDone, WrongState
from tests.aid_requests.register.factories import (
    OTHER,
    STUDENT,
    THIRD,
    YEAR,
    applied,
    compared,
    fresh,
    run_worker,
    text,
    upload,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020")]
DIFFERENT = STUDENT.replace(";M1;", ";M2;")


def outcomes(row: RegisterImport) -> dict[int, tuple[str, str]]:
    lines = RegisterLine.objects.filter(register_import=row)
    return {
        number: (outcome, why) for number, outcome, why in lines.values_list("number", "outcome", "reason")
    }


def names() -> set[str]:
    return {open_person(entry.facts_sealed).last_name for entry in RegisterEntry.objects.filter(left_at=None)}


def test_a_first_list_is_read_shown_and_then_applied(people, school):
    row = compared(people.referent, school, text(STUDENT, OTHER))
    assert (row.state, row.found) == ("compared", {"new": 2, "gone": 0, "listed": 0})
    assert not RegisterEntry.objects.exists(), "a dry run writes no entry"
    assert values_of(row) == {
        "level": ["L3", "M1"],
        "year_of_study": ["3", "4"],
        "curriculum": ["GEN4", "INF3"],
    }
    register.apply_import(by=people.referent, row=row)
    run_worker()
    row = fresh(row)
    assert row.state == "applied" and row.applied_by == people.referent
    assert names() == {"Quartzmarker", "Nguyễn"}
    assert not RegisterLine.objects.exists() and row.file_removed_at is not None
    assert not private_storage().exists(row.storage_name)
    told = AuditEvent.objects.filter(action__startswith="register.").values_list("action", flat=True)
    assert list(told) == [f"register.{act}" for act in ("uploaded", "compared", "applying", "applied")]


def test_the_next_list_tells_who_is_new_changed_gone_and_back(people, school):
    first = applied(people.referent, school, [STUDENT, OTHER])
    second = compared(people.referent, school, text(DIFFERENT, THIRD))
    assert second.found == {"changed": 1, "new": 1, "gone": 1, "listed": 2} and second.base == first
    assert RegisterLine.objects.get(outcome="changed").changed == "level"
    register.apply_import(by=people.referent, row=second)
    run_worker()
    assert names() == {"Quartzmarker", "O’Example-Essai"}
    gone = RegisterEntry.objects.get(left_at__isnull=False)
    assert gone.left_in == second and RegisterEntry.objects.count() == 3, "nobody is deleted"
    assert fresh(first).state == "replaced"
    third = applied(people.referent, school, [DIFFERENT, THIRD, OTHER])
    assert third.found == {"same": 2, "back": 1, "gone": 0, "listed": 2}
    assert RegisterEntry.objects.filter(left_at=None).count() == 3


def test_two_lines_of_one_number_are_both_parked_and_the_person_is_not_gone(people, school):
    applied(people.referent, school, [STUDENT, OTHER])
    row = compared(people.referent, school, text(STUDENT, OTHER, OTHER.replace("Hoa", "Hồng")))
    assert outcomes(row)[3] == outcomes(row)[4] == ("parked", "same_number")
    assert row.found == {"same": 1, "parked": 2, "gone": 0, "listed": 2}
    assert not RegisterLine.objects.filter(outcome="parked").exclude(facts_sealed="").exists()


def test_a_refused_line_is_counted_with_its_reason_and_its_person_is_not_gone(people, school):
    applied(people.referent, school, [STUDENT, OTHER])
    broken = OTHER.replace("hoa@nord.example", "hoa@elsewhere.example")
    row = applied(people.referent, school, [STUDENT, broken, ";;;;;;;;x"])
    assert outcomes(row) == {3: ("refused", "email_domain"), 4: ("refused", "name")}
    assert row.found == {"same": 1, "refused": 2, "gone": 0, "listed": 2}
    assert not RegisterLine.objects.exclude(number_fingerprint="").exists()


def test_a_refused_and_a_good_line_of_one_number_are_both_parked(people, school):
    row = compared(people.referent, school, text(STUDENT, STUDENT.replace("@nord", "@elsewhere")))
    assert set(outcomes(row).values()) == {("parked", "same_number")}


def test_the_same_file_and_the_same_form_are_one_import(people, school):
    token = uuid.uuid4()
    row = upload(people.referent, school, text(STUDENT), token=token)
    assert upload(people.referent, school, text(OTHER), token=token) == row
    assert upload(people.administrator, school, text(STUDENT)) == row
    assert upload(people.referent, school, text(STUDENT), year="2020-2021") != row
    assert RegisterImport.objects.count() == 2


def test_the_database_refuses_a_file_twice(people, school):
    row = upload(people.referent, school, text(STUDENT))
    row.pk, row.form_token, row.storage_name = None, uuid.uuid4(), "registers/other"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_an_older_file_can_come_back_once_another_replaced_it(people, school):
    first = applied(people.referent, school, [STUDENT])
    applied(people.referent, school, [STUDENT, OTHER])
    again = applied(people.referent, school, [STUDENT])
    assert again != first and again.state == "applied" and names() == {"Quartzmarker"}


def test_applying_twice_is_told_and_changes_nothing(people, school):
    row = applied(people.referent, school, [STUDENT])
    with pytest.raises(AlreadyDone):
        register.apply_import(by=people.referent, row=row)


def test_what_was_compared_with_an_older_list_is_compared_again(people, school):
    stale = compared(people.referent, school, text(STUDENT, OTHER, THIRD))
    applied(people.referent, school, [STUDENT])
    with pytest.raises(WrongState):
        register.apply_import(by=people.referent, row=stale)
    layout = register.layout_of(stale)
    register.choose_columns(by=people.referent, row=stale, columns=stale.columns, layout=layout)
    run_worker()
    assert fresh(stale).found == {"same": 1, "new": 2, "gone": 0, "listed": 1}
    register.apply_import(by=people.referent, row=stale)
    run_worker()
    assert len(names()) == 3


def test_columns_are_chosen_again_until_they_are_right(people, school):
    row = compared(people.referent, school, text(STUDENT, OTHER))
    swapped = {**row.columns, "level": row.columns["curriculum"], "curriculum": row.columns["level"]}
    layout = register.layout_of(row)
    register.choose_columns(by=people.referent, row=row, columns=swapped, layout=layout)
    run_worker()
    assert values_of(fresh(row))["level"] == ["GEN4", "INF3"] and fresh(row).found["new"] == 2
    assert RegisterColumns.objects.count() == 1
    assert register.remembered_titles(school)["level"] == "COD_ETP"
    assert "COD_ETP" not in RegisterColumns.objects.get().headers_sealed


@pytest.mark.parametrize(
    "columns",
    [
        {"number": 0, "last_name": 1, "first_name": 2},
        {"number": 0, "last_name": 1, "first_name": 2, "email": 2},
        {"number": 0, "last_name": 1, "first_name": 2, "email": 99},
        {"number": 0, "last_name": 1, "first_name": 2, "email": -1},
        {"number": 0, "last_name": 1, "first_name": 2, "email": 4, "iban": 5},
    ],
)
def test_columns_that_make_no_sense_are_refused(people, school, columns):
    row = upload(people.referent, school, text(STUDENT))
    with pytest.raises(Refused):
        layout = register.layout_of(row)
        register.choose_columns(by=people.referent, row=row, columns=columns, layout=layout)


def test_a_file_with_titles_only_and_one_that_is_lost_are_told(people, school):
    row = upload(people.referent, school, text())
    with pytest.raises(FileFault) as caught:
        register.choose_columns(by=None, row=row, columns={}, layout=register.layout_of(row))
    assert caught.value.code == "no_lines"
    private_storage().delete(row.storage_name)
    with pytest.raises(FileFault) as caught:
        register.choose_columns(by=None, row=row, columns={}, layout=register.layout_of(row))
    assert caught.value.code == "lost"


def test_a_file_that_breaks_while_it_is_read_says_where(people, school):
    content = text(STUDENT, OTHER) + b'1;"never closed\n' + b"x;y\n" * 60_000
    row = compared(people.referent, school, content)
    assert (row.state, row.fault) == ("unreadable", "long_line")
    assert row.fault_line is not None and row.fault_line > 3
    assert not RegisterLine.objects.exists()
    register.drop_import(by=people.referent, row=row)
    assert fresh(row).state == "dropped"


@override_settings(REGISTER_MAX_BYTES=50)
def test_a_file_too_big_is_refused_before_anything_is_kept(people, school):
    with pytest.raises(FileFault):
        upload(people.referent, school, text(STUDENT))
    assert not RegisterImport.objects.exists()


# Who -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["other_referent", "national_referent", "treasurer", "member1", "auditor"])
def test_only_the_schools_referent_and_administrators_bring_its_list(people, school, who):
    row = compared(people.administrator, school, text(STUDENT))
    by = getattr(people, who)
    with pytest.raises(Refused):
        upload(by, school, text(OTHER))
    for act in (register.apply_import, register.drop_import):
        with pytest.raises(Refused):
            act(by=by, row=row)
    with pytest.raises(Refused):
        register.choose_columns(by=by, row=row, columns=row.columns, layout=register.layout_of(row))


def test_two_schools_may_give_the_same_number_to_two_students(people, school, other_school):
    applied(people.administrator, school, [STUDENT])
    applied(people.administrator, other_school, [STUDENT.replace("@nord", "@sud")])
    assert RegisterEntry.objects.filter(left_at=None).count() == 2


# Killed and doubled --------------------------------------------------------------------------------------------------


@pytest.fixture
def one_at_a_time(monkeypatch):
    monkeypatch.setattr(register_runs, "LINES_AT_ONCE", 1)
    monkeypatch.setattr(register_runs, "SLICE_SECONDS", 0.0)


def test_a_comparison_in_slices_reads_each_line_once(people, school, one_at_a_time):
    row = compared(people.referent, school, text(STUDENT, OTHER, "", THIRD))
    assert row.found == {"new": 3, "gone": 0, "listed": 0} and row.lines_done == row.lines == 3
    assert outcomes(row) == {2: ("new", ""), 3: ("new", ""), 5: ("new", "")}


def test_an_application_in_slices_writes_each_entry_once_and_lets_go_who_left(people, school, one_at_a_time):
    applied(people.referent, school, [STUDENT, OTHER])
    applied(people.referent, school, [THIRD])
    assert names() == {"O’Example-Essai"} and RegisterEntry.objects.count() == 3


def test_a_worker_killed_in_a_batch_leaves_nothing_half_done(people, school, one_at_a_time, monkeypatch):
    row = compared(people.referent, school, text(STUDENT, OTHER, THIRD))
    register.apply_import(by=people.referent, row=row)
    assert register_runs.work_until(row.pk, 0.0) is False
    bulk_create = RegisterEntry.objects.bulk_create

    def dies(*args, **kwargs):
        bulk_create(*args, **kwargs)
        raise KeyboardInterrupt

    monkeypatch.setattr(RegisterEntry.objects, "bulk_create", dies)
    with pytest.raises(KeyboardInterrupt):
        register_runs.work_until(row.pk, 0.0)
    monkeypatch.undo()
    assert RegisterEntry.objects.count() == 1, "the batch is undone as a whole"
    run_worker()
    assert fresh(row).state == "applied" and RegisterEntry.objects.count() == 3


def test_a_second_worker_on_the_same_lines_stops(people, school):
    row = upload(people.referent, school, text(STUDENT, OTHER))
    layout = register.layout_of(row)
    columns = {"number": 0, "last_name": 1, "first_name": 2, "email": 4}
    register.choose_columns(by=people.referent, row=row, columns=columns, layout=layout)
    batch = [(2, STUDENT.split(";"))]
    register_runs.compare_batch(row.pk, 0, batch, 9)
    with pytest.raises(Overtaken):
        register_runs.compare_batch(row.pk, 0, batch, 9)
    assert RegisterLine.objects.count() == 1
    run_worker()
    assert fresh(row).found["new"] == 2
    assert register_runs.carry_on.func(row.pk) == "finished", "run again: nothing is left to do"


def test_a_dropped_import_is_not_carried_on(people, school):
    row = upload(people.referent, school, text(STUDENT))
    layout = register.layout_of(row)
    columns = {"number": 0, "last_name": 1, "first_name": 2, "email": 4}
    register.choose_columns(by=people.referent, row=row, columns=columns, layout=layout)
    register.drop_import(by=people.referent, row=row)
    run_worker()
    assert fresh(row).state == "dropped" and not RegisterLine.objects.exists()


# Kept and forgotten --------------------------------------------------------------------------------------------------


def test_people_are_forgotten_a_year_after_their_year_ended(people, school):
    applied(people.referent, school, [STUDENT, OTHER])
    with clock.at(datetime(2021, 8, 31, 12, tzinfo=clock.PARIS)):
        assert register_retention.forget_old_registers() == "0 forgotten"
    with clock.at(datetime(2021, 9, 1, 12, tzinfo=clock.PARIS)):
        assert register_retention.forget_old_registers() == "2 forgotten"
        assert register_retention.forget_old_registers() == "0 forgotten"
    assert not RegisterEntry.objects.exists() and RegisterImport.objects.count() == 1
    event = AuditEvent.objects.get(action="register.forgotten")
    assert event.details == {"year": YEAR, "entries": 2}


def test_a_file_nobody_decides_on_goes_after_a_month(people, school):
    row = upload(people.referent, school, text(STUDENT))
    with clock.at(clock.DEMO_START + timedelta(days=29)):
        assert register_retention.drop_undecided_imports() == "0 dropped"
    with clock.at(clock.DEMO_START + timedelta(days=31)):
        assert register_retention.drop_undecided_imports() == "1 dropped"
    assert not private_storage().exists(row.storage_name)


def test_a_file_left_by_a_crash_after_the_application_is_taken_away(people, school):
    row = applied(people.referent, school, [STUDENT])
    RegisterImport.objects.filter(pk=row.pk).update(file_removed_at=None)
    register_retention.drop_undecided_imports()
    assert fresh(row).file_removed_at is not None


def test_what_is_forgotten_in_time_is_registered():
    assert {"old_registers", "old_invitations", "undecided_registers"} <= set(registry.jobs())


def test_every_move_of_an_import_is_logged(people, school):
    row = applied(people.referent, school, [STUDENT])
    logged = TransitionLog.objects.filter(object_kind="aid_requests.registerimport", object_id=str(row.pk))
    assert list(logged.order_by("pk").values_list("name", flat=True)) == [
        "compare", "note_compared", "apply", "note_applied",
    ]  # fmt: skip


def test_nothing_readable_of_a_person_stands_in_the_tables(people, school):
    applied(people.referent, school, [STUDENT])
    compared(people.referent, school, text(DIFFERENT, OTHER))
    rows = [*RegisterEntry.objects.values(), *RegisterLine.objects.values(), *RegisterImport.objects.values()]
    rows += [*AuditEvent.objects.values(), *RegisterColumns.objects.values()]
    for mark in ("Quartzmarker", "student@nord", "21800001", "1999", "hoa@", "GEN4"):
        assert mark not in str(rows)
