"""What nobody could decide, told before the first file: schools, quorum, chair, signature, delegation."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from aid_requests.committee.rules import DEFAULT, Bar, Mode, Roll, Seat, StaffedScheme, shortfalls
from aid_requests.committee.rules.grammar import (
    Consultation,
    Count,
    Delegation,
    Opinion,
    OwnSchool,
    Per,
    Quorum,
    SchemeMode,
    Tie,
)

SCHOOLS = {1: "École du Nord", 2: "École du Sud"}
URGENT = StaffedScheme("emergency-aid", "Aide d’urgence", votes=2)
DAY = date(2020, 5, 15)
SITTING = replace(
    DEFAULT, mode=Mode.SITTING, consultation=None, own_school=OwnSchool.EXCLUDED, quorum=Quorum(None)
)


def told(book, *seats: Seat, chair: int | None = None) -> list[tuple[str, str]]:
    with translation.override("fr"):
        found = shortfalls(book, Roll(seats, chair=chair), schemes=[URGENT], schools=SCHOOLS, on=DAY)
    return [(one.code, one.sentence) for one in found]


def codes(book, *seats: Seat, chair: int | None = None) -> list[str]:
    return [code for code, _sentence in told(book, *seats, chair=chair)]


def free(*people: int) -> tuple[Seat, ...]:
    return tuple(Seat(person) for person in people)


def test_enough_people_say_nothing():
    assert told(DEFAULT, *free(1, 2, 3, 4)) == []


def test_too_few_is_said_once_for_all_schools():
    assert told(DEFAULT, *free(1)) == [
        ("deciders", "«\u00a0Aide d’urgence\u00a0»\u00a0: 1 membre peut voter, il en faut 2.")
    ]


def test_a_school_whose_own_members_leave_too_few_is_named():
    seats = (*free(1, 2), Seat(3, school=1), Seat(4, school=2), Seat(5, school=2))
    assert told(DEFAULT, *seats) == [
        (
            "reexamination",
            "«\u00a0Aide d’urgence\u00a0», dossiers de École du Sud\u00a0: après un refus, il resterait 1 autre membre "
            "pour un réexamen, il en faut 2.",
        )
    ]
    allowed = replace(DEFAULT, own_school=OwnSchool.ALLOWED)
    assert told(allowed, *seats) == []


def test_a_refusal_must_find_other_readers():
    assert codes(DEFAULT, *free(1, 2, 3)) == ["reexamination"]


def test_removed_members_and_barred_ones_decide_nothing():
    seats = (*free(1, 2, 3), Seat(4, is_removed=True))
    assert codes(DEFAULT, *seats) == ["reexamination"]
    assert codes(DEFAULT, *free(1, 2, 3), Seat(4, bar=Bar.DECLARED_TIE)) == ["reexamination"]


def test_a_quorum_above_the_seats_is_never_reached():
    book = replace(SITTING, quorum=Quorum(5))
    assert "quorum" in codes(book, *free(1, 2, 3, 4))
    assert "quorum" not in codes(replace(SITTING, quorum=Quorum(4)), *free(1, 2, 3, 4))
    assert "quorum" not in codes(replace(DEFAULT, quorum=Quorum(9)), *free(1, 2, 3, 4))


@pytest.mark.parametrize(("per", "expected"), [(Per.FILE, ["deciders"]), (Per.SITTING, [])])
def test_a_quorum_of_each_file_counts_without_the_own_school(per, expected):
    seats = (*free(1, 2), Seat(3, school=1), Seat(4, school=1))
    assert codes(replace(SITTING, quorum=Quorum(3, per=per)), *seats)[:1] == expected


def test_nobody_breaks_a_tie_without_a_chair_or_where_it_is_the_chairs_school():
    book = replace(SITTING, tie=Tie.CASTING_VOTE)
    assert codes(book, *free(1, 2, 3)) == ["no_chair"]
    assert codes(book, Seat(1, school=2), *free(2, 3), chair=1) == ["tie"]
    assert codes(book, *free(1, 2, 3), chair=1) == []


def test_somebody_must_be_left_to_sign():
    book = replace(SITTING, mode=Mode.OPINION, opinion=Opinion(Mode.SITTING), notice=None)
    assert codes(book, *free(1, 2, 3)) == ["signer"]
    assert codes(book, Seat(1, school=1), *free(2, 3), chair=1) == ["signer"]
    named = replace(book, opinion=Opinion(Mode.SITTING, 40))
    assert codes(named, *free(1, 2, 3, 40)) == []


def test_a_named_signer_without_a_seat_is_told_and_the_chair_signs():
    named = replace(SITTING, mode=Mode.OPINION, opinion=Opinion(Mode.SITTING, 40))
    assert codes(named, *free(1, 2, 3), chair=1) == ["named_signer"]
    assert codes(named, *free(1, 2, 3), Seat(40, is_removed=True), chair=1) == ["named_signer"]
    assert codes(named, *free(1, 2, 3)) == ["named_signer", "signer"]


def test_a_signer_of_a_school_leaves_its_files_to_the_chair():
    named = replace(SITTING, mode=Mode.OPINION, opinion=Opinion(Mode.SITTING, 40))
    assert codes(named, Seat(40, school=1), *free(1, 2, 3), chair=1) == []
    assert codes(named, Seat(40, school=1), *free(2, 3), Seat(1, school=1), chair=1) == ["signer"]


def test_whoever_signs_is_not_counted_among_those_who_vote():
    book = replace(DEFAULT, mode=Mode.OPINION, opinion=Opinion(Mode.CONSULTATION))
    assert codes(book, *free(1, 2), chair=1) == ["deciders"]
    assert codes(book, *free(1, 2, 3, 4, 5), chair=1) == []


def test_a_delegation_that_decides_nothing_is_told():
    delegation = Delegation(1, "D 1", date(2020, 1, 1), date(2020, 5, 15))
    book = replace(SITTING, modes=(SchemeMode("emergency-aid", Mode.DELEGATION),), delegation=delegation)
    assert codes(book, *free(1, 2, 3)) == []
    assert codes(book, *free(2, 3)) == ["delegate"]
    over = replace(book, delegation=replace(delegation, ends_on=date(2020, 5, 14)))
    assert codes(over, *free(1, 2, 3)) == ["delegation_over"]


def test_a_consultation_counted_at_the_end_needs_its_quorum_of_answers():
    book = replace(DEFAULT, consultation=Consultation(Count.AT_END, days=7), quorum=Quorum(3))
    assert codes(book, *free(1, 2, 3)) == ["reexamination"]
    assert codes(book, *free(1, 2)) == ["quorum", "deciders"]
