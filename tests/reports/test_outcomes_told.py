"""How many requests had which answer, for anyone: as of releases, and never so fine that somebody is recognised."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from aid_requests.models import AidRequest, Decision
from reports import outcomes
from reports.figures import read_answers
from reports.outcomes import LEVELS, is_safe, last_told
from tests.reports.factories import SNAPSHOT, make_row, post_debit, post_grant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation", "campaign")]
FIRST, SECOND = date(2020, 5, 12), date(2020, 6, 12)
MORE: dict[str, dict[str, object]] = {
    "refused": {"reason_codes": ["not_covered"]},
    "redirected": {"reason_codes": ["other_duty"], "door_codes": ["crous"]},
}


def answer(request: AidRequest, people, pocket, outcome: str, day: date = FIRST, round_: int = 1) -> None:
    Decision.objects.create(
        request=request,
        revision=1,
        round=round_,
        outcome=outcome,
        case_code="rent",
        amount_cents=15_000,
        pocket=pocket,
        last_vote_by=people.chair,
        decided_at=datetime(day.year, day.month, day.day, 9, tzinfo=UTC),
        letter_sealed=b"x",
        letter_sha256="0" * 64,
        **MORE.get(outcome, {}),
    )


@pytest.fixture
def world(people, pocket, make_requests):
    def make(on: date = FIRST, **counts: int) -> list[AidRequest]:
        made = []
        for outcome, number in counts.items():
            for request in make_requests(number):
                answer(request, people, pocket, outcome, on)
                if outcome == "granted":
                    post_grant(request, pocket, on)
                    post_debit(request, pocket, on)
                made.append(request)
        return made

    return make


def told_by(writer, releaser, number: int, day: date) -> None:
    assert SNAPSHOT.aid is not None
    aid = replace(SNAPSHOT.aid, as_of=day)
    make_row(writer, releaser, number=number, gifts_as_of=day, aid=aid)


def numbers() -> list[int]:
    told = last_told()
    assert told is not None
    return [cell.number for cell in told.cells]


def test_before_a_release_nothing_is_told(world, client):
    world(granted=8, refused=8)
    assert last_told() is None
    page = client.get(reverse("decision_figures"))
    assert page.status_code == 200 and "quand assez d’élèves" in page.content.decode()


def test_a_release_tells_each_outcome_where_enough_persons_stand_behind_it(world, writer, releaser, client):
    world(granted=8, refused=5, redirected=6)
    told_by(writer, releaser, 1, FIRST)
    assert numbers() == [8, 0, 0, 6, 5]
    text = client.get(reverse("decision_figures")).content.decode()
    assert "Réorientées" in text and "publication nº\u00a01" in text and "regroupées" not in text


@pytest.mark.parametrize("small", [1, 2, 4])
def test_few_answers_of_one_kind_are_merged_and_their_complement_cannot_be_had(
    world, writer, releaser, client, small
):
    world(granted=8, refused=5, redirected=small)
    told_by(writer, releaser, 1, FIRST)
    assert numbers() == [8, 5 + small]
    assert "regroupées" in client.get(reverse("decision_figures")).content.decode()


def test_where_even_one_side_is_few_only_the_total_is_told(world, writer, releaser):
    world(refused=7, redirected=5, unfunded=3)
    told_by(writer, releaser, 1, FIRST)
    assert numbers() == [15]


def test_too_few_in_all_tell_nothing(world, writer, releaser):
    world(granted=2, refused=2)
    told_by(writer, releaser, 1, FIRST)
    assert last_told() is None


def test_the_granted_less_the_helped_of_the_release_is_never_a_few(
    world, people, pocket, make_requests, writer, releaser
):
    """Eight were paid and three wait: the release says eight helped, so that eleven granted would tell of three."""
    world(granted=8, refused=6)
    for request in make_requests(3):
        answer(request, people, pocket, "granted")
    told_by(writer, releaser, 1, FIRST)
    assert numbers() == [17]


def test_the_next_release_does_not_tell_of_the_few_that_came_between(world, writer, releaser):
    world(granted=8, refused=6)
    told_by(writer, releaser, 1, FIRST)
    assert numbers() == [8, 0, 0, 0, 6]
    world(on=SECOND, refused=2)
    told_by(writer, releaser, 2, SECOND)
    told = last_told()
    assert told is not None and (told.number, told.as_of) == (1, FIRST)
    world(on=SECOND, refused=3)
    assert numbers() == [8, 0, 0, 0, 11]


def test_a_refusal_that_was_turned_is_not_seen_moving_alone(world, people, pocket, writer, releaser):
    made = world(granted=8, refused=7)
    told_by(writer, releaser, 1, FIRST)
    answer(made[-1], people, pocket, "unfunded", SECOND, round_=2)
    told_by(writer, releaser, 2, SECOND)
    told = last_told()
    assert told is not None
    assert sum(cell.number for cell in told.cells) == 15 and told.level in (0, 2)
    if told.number == 2:
        assert told.level == 2


def test_what_is_decided_after_the_release_waits_for_the_next_one(world, writer, releaser):
    world(granted=8)
    told_by(writer, releaser, 1, FIRST)
    world(on=SECOND, granted=20)
    assert numbers() == [8, 0, 0, 0, 0]


def test_a_request_counts_once_by_its_last_answer(world, people, pocket):
    (request,) = world(refused=1)
    answer(request, people, pocket, "granted", SECOND, round_=2)
    before = datetime(2020, 5, 20, tzinfo=UTC)
    assert read_answers(before)[request.pk][1] == "refused"
    assert read_answers(datetime(2020, 7, 1, tzinfo=UTC))[request.pk][1] == "granted"


def test_every_outcome_stands_in_one_group_of_each_level():
    every = sorted(LEVELS[2][0])
    for level in LEVELS:
        assert sorted(outcome for group in level for outcome in group) == every
    assert set(outcomes._WORDS) == {group for level in LEVELS for group in level}


def test_nothing_at_all_is_safe_and_a_single_person_is_not(settings):
    assert is_safe([outcomes._Step({}, {}, 0)])
    assert not is_safe([outcomes._Step({1: (1, "granted")}, {}, 2)])
    five = {n: (n, "granted") for n in range(settings.DISCLOSURE_MIN)}
    assert is_safe([outcomes._Step(five, {}, 0)])
    # Five requests of one person are one person.
    assert not is_safe([outcomes._Step(dict.fromkeys(range(5), (1, "granted")), {}, 0)])
