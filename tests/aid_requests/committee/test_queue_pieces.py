"""The queue read piece by piece, searched by number, and by how long silence still waits (C1)."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aid_requests.committee import queries
from aid_requests.committee.paging import piece_of
from aid_requests.deadlines import decision_deadline, last_asked_for
from aid_requests.models import AidRequest
from aid_requests.views import committee as pages
from fund import clock
from tests.aid_requests.committee.outcome_files import decide

DAY = clock.paris_date(clock.DEMO_START)


def shown(client, query: str = "") -> str:
    response = client.get(reverse("request_queue") + query)
    assert response.status_code == 200
    return response.content.decode()


def numbers(text: str) -> list[int]:
    return [number for number in range(1, 10) if f">U-2020-000{number}</a>" in text]


@pytest.fixture
def member(committee, client_of):
    return client_of(committee.member1)


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE_LENGTH", 2)


def test_each_piece_begins_after_the_last_row(committee, file_of, member, short_pages):
    for number in range(1, 6):
        file_of(number, submitted_at=clock.moment() - timedelta(days=9 - number // 2))  # equal instants too
    seen, after = [], ""
    for _piece in range(4):
        text = shown(member, f"?apres={after}")
        seen += numbers(text)
        found = text.partition('href="?apres=')[2].partition('"')[0]
        if not found:
            break
        after = found
    assert sorted(seen) == [1, 2, 3, 4, 5] and len(seen) == 5
    assert "Revenir au début" in text


def test_decided_files_go_on_from_the_newest(committee, file_of, member, short_pages):
    for number in range(1, 4):
        with clock.at(clock.DEMO_START + timedelta(hours=number)):
            decide(file_of(number), [committee.member1, committee.chair], "grant")
    first = shown(member, "?state=decided")
    assert numbers(first) == [2, 3]
    after = first.partition("apres=")[2].partition('"')[0]
    assert numbers(shown(member, f"?state=decided&apres={after}")) == [1]


@pytest.mark.parametrize(
    "after", ["x", "2020-01-01~1", "~", "2020-05-15T10:00:00+00:00~-1", "%00~9", "9" * 40]
)
def test_a_mark_that_says_nothing_begins_the_list(committee, file_of, member, after):
    file_of(1)
    assert numbers(shown(member, f"?apres={after}")) == [1]


def test_a_number_is_found_wherever_its_file_stands(committee, file_of, member):
    file_of(1)
    decide(file_of(2), [committee.member1, committee.chair], "grant")
    assert numbers(shown(member, "?reference=0002")) == [2]
    assert numbers(shown(member, "?reference=u-2020")) == [1, 2]
    assert numbers(shown(member, "?reference=0002&state=unread")) == []
    assert numbers(shown(member)) == [1]


@pytest.mark.parametrize(
    ("asked", "deadline"),
    [
        (date(2020, 5, 15), date(2020, 7, 15)),
        (date(2019, 12, 31), date(2020, 2, 29)),
        (date(2020, 12, 30), date(2021, 2, 28)),
    ],
)
def test_silence_refuses_after_two_months(asked, deadline):
    assert decision_deadline(asked) == deadline


@pytest.mark.parametrize("offset", range(0, 400, 7))
def test_the_last_day_that_falls_due_is_the_last_one(offset):
    deadline = date(2019, 12, 1) + timedelta(days=offset)
    last = last_asked_for(deadline)
    assert decision_deadline(last) <= deadline < decision_deadline(last + timedelta(days=1))


def test_the_deadline_is_shown_and_filters_to_the_day(committee, file_of, member):
    days = {1: last_asked_for(DAY - timedelta(days=1)), 2: last_asked_for(DAY + timedelta(days=14))}
    days[3] = days[2] + timedelta(days=1)
    for number, day in days.items():
        file_of(number, submitted_at=datetime.combine(day, datetime.max.time(), tzinfo=clock.PARIS))
    assert numbers(shown(member, "?due=past")) == [1]
    assert numbers(shown(member, "?due=soon")) == [1, 2]
    assert "au plus tard le 29 mai" in shown(member) and "Échéance\u00a0: Passée" in shown(
        member, "?due=past"
    )
    rows = queries.queue_rows(list(queries.queue(committee.member1)), "fr")
    assert [row.is_due for row in rows] == [True, True, False]


def test_ticks_stand_only_where_a_vote_is_waited_for(committee, file_of, member):
    waits, decided = file_of(1), file_of(2)
    decide(decided, [committee.member1, committee.chair], "grant")
    text = shown(member)
    assert f'value="{waits.token}" data-cents="15000"' in text and str(decided.token) not in text
    assert 'data-left-cents="85000"' in text and "queue.js" in text
    assert "data-cents" not in shown(member, "?state=decided")


def test_the_queue_costs_the_same_whatever_its_length(committee, file_of, member):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            shown(member)
        return len(asked)

    file_of(1)
    cost()
    few = cost()
    for number in range(2, 10):
        file_of(number)
    assert cost() == few


def test_a_piece_asks_twice(committee, file_of, django_assert_num_queries):
    file_of(1), file_of(2)
    files = queries.queue(committee.member1)
    with django_assert_num_queries(2):
        piece = piece_of(files, by="waits_since", after="", length=1)
    assert len(piece.files) == 1 and piece.after
    with django_assert_num_queries(2):
        rest = piece_of(files, by="waits_since", after=piece.after, length=1)
    assert not rest.after and {one.pk for one in (*piece.files, *rest.files)} == set(
        AidRequest.objects.values_list("pk", flat=True)
    )
