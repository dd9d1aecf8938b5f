"""Silence below the threshold: whoever adds up the pages of all gifts learns no sum of fewer than five students.

The adversary has every page of every gift and every release, and subtracts whatever can be subtracted.
"""

import contextlib
import random
from datetime import date, timedelta
from itertools import combinations

import pytest
from django.conf import settings
from django.db import transaction

from donations.models import Allocation, Gift, MonthClosing, Telling
from fund import clock, sealing
from fund.models import Pocket
from reports import actions, telling
from reports.actions import draft_publication, release_publication
from reports.following import follow, parts_of
from reports.telling_proofs import tellings_stand
from tests.donations.allocating import (
    APRIL,
    JUNE,
    MAY,
    MOBILITY,
    URGENT,
    aid,
    at_noon,
    close,
    comes_back,
    give,
    give_back,
)
from tests.reports.factories import WORDING

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation", "ledger_proved")]


@pytest.fixture
def release(campaign, writer, releaser, monkeypatch):
    """Releases the accounts up to a day, the day after. Its files are not the matter here: none is made."""
    monkeypatch.setattr(actions, "_freeze_files", lambda publication: {})

    def make(up_to: date):
        with clock.at(at_noon(up_to + timedelta(days=1))):
            draft = draft_publication(by=writer, wording=WORDING, up_to=up_to)
            return release_publication(by=releaser, publication=draft, read_sha256=draft.content_sha256)

    return make


def pay(pocket, requests, month: int, day: int, *, scheme=URGENT, cents=15_000) -> list:
    return [
        aid(pocket, cents + number, date(2020, month, day), scheme=scheme, request=request)
        for number, request in enumerate(requests)
    ]


def told_cells() -> dict[tuple, int]:
    """What all donors together read: cents by months and words, over the pages of every gift of each pocket."""
    sums: dict[tuple, int] = {}
    for gift in Gift.objects.order_by("pk"):
        for part in parts_of(gift):
            key = (gift.pocket.code, f"{part.first:%m}-{part.last:%m}", part.scheme)
            sums[key] = sums.get(key, 0) + part.cents
    return sums


def tell() -> str:
    sealing.seal_pending()
    return telling.tell_closed_months()


@pytest.fixture
def gifts(pocket):
    return [give(pocket, 500_000, date(2020, 4, 4)), give(pocket, 900_000, date(2020, 4, 5), fee_cents=100)]


def test_nothing_is_told_before_a_release_holds_the_month(pocket, gifts, make_requests, release):
    pay(pocket, make_requests(8), 4, 24)
    release(date(2020, 4, 29))
    close(pocket, APRIL)
    assert tell() == "0 windows told"  # that release is older than the closing
    release(date(2020, 5, 12))  # it repeats the figures about aid: nobody was paid since
    assert tell() == "1 windows told"


def test_a_month_inside_a_release_is_told_by_scheme(pocket, gifts, make_requests, release):
    paid = pay(pocket, make_requests(6), 4, 24) + pay(pocket, make_requests(5), 4, 25, scheme=MOBILITY)
    close(pocket, APRIL)
    release(date(2020, 5, 12))
    assert tell() == "1 windows told"
    assert told_cells() == {
        ("general", "04-04", URGENT): sum(row.amount_cents for row in paid[:6]),
        ("general", "04-04", MOBILITY): sum(row.amount_cents for row in paid[6:]),
    }
    assert tell() == "nothing to tell"


def test_schemes_of_few_students_are_told_together(pocket, gifts, make_requests, release):
    pay(pocket, make_requests(6), 4, 24)
    pay(pocket, make_requests(2), 4, 25, scheme=MOBILITY)
    close(pocket, APRIL)
    release(date(2020, 5, 12))
    assert tell() == "1 windows told"
    assert list(told_cells()) == [("general", "04-04", "")]


def test_a_month_of_few_students_waits_and_is_told_with_the_next(pocket, gifts, make_requests, release):
    pay(pocket, make_requests(3), 4, 24)
    pay(pocket, make_requests(9), 5, 5)
    close(pocket, APRIL)
    release(date(2020, 5, 20))
    assert tell() == "0 windows told"
    assert follow(gifts[0]).parts == ()
    close(pocket, MAY)
    pay(pocket, make_requests(5), 6, 2)
    release(date(2020, 6, 20))
    assert tell() == "1 windows told"
    assert list(told_cells()) == [("general", "04-05", "")]


def test_a_month_that_a_release_would_split_is_not_told(pocket, gifts, make_requests, release):
    """Two students were paid between the release's last day and the end of the month: the rest is theirs."""
    pay(pocket, make_requests(6), 4, 24)
    release(date(2020, 4, 28))
    pay(pocket, make_requests(2), 4, 30)
    pay(pocket, make_requests(7), 5, 5)
    close(pocket, APRIL)
    release(date(2020, 5, 12))
    assert tell() == "0 windows told"


def test_a_month_that_leaves_few_in_the_release_is_not_told(pocket, gifts, make_requests, release):
    """The release holds the month and two students more: released less told would be theirs."""
    pay(pocket, make_requests(9), 4, 24)
    close(pocket, APRIL)
    pay(pocket, make_requests(2), 5, 11)
    release(date(2020, 5, 12))
    assert tell() == "0 windows told"


def test_a_release_that_would_leave_few_beside_what_was_told_repeats_the_former(
    pocket, gifts, make_requests, release
):
    pay(pocket, make_requests(9), 4, 24)
    close(pocket, APRIL)
    release(date(2020, 5, 12))
    assert tell() == "1 windows told"
    pay(pocket, make_requests(2), 5, 13)
    assert release(date(2020, 5, 14)).carries_aid_of is not None
    pay(pocket, make_requests(3), 5, 15)
    assert release(date(2020, 5, 16)).carries_aid_of is None


def test_each_pocket_is_a_cell_of_its_own(pocket, gifts, make_requests, release):
    """All donors of one small pocket add up their pages: few students behind it are too few, however many elsewhere."""
    small = Pocket.objects.create(code="mobility", name="Mobilité", scheme=MOBILITY)
    give(small, 90_000, date(2020, 4, 4))
    pay(pocket, make_requests(9), 4, 24)
    pay(small, make_requests(3), 4, 24, scheme=MOBILITY)
    close(pocket, APRIL)
    close(small, APRIL)
    release(date(2020, 5, 12))
    assert tell() == "0 windows told"  # the other pocket told would leave the small one by subtraction


def test_two_requests_of_one_student_count_once(pocket, gifts, make_requests, release):
    students = make_requests(4)
    pay(pocket, students, 4, 24)
    pay(pocket, [students[0]], 4, 25, cents=20_000)
    close(pocket, APRIL)
    release(date(2020, 5, 12))
    assert tell() == "nothing to tell"


def test_a_month_in_which_aid_came_back_is_not_told_by_scheme(pocket, gifts, make_requests, release):
    first = pay(pocket, make_requests(12), 4, 24)
    close(pocket, APRIL)
    for row in first[:6]:
        comes_back(row, date(2020, 5, 4))
    pay(pocket, make_requests(7), 5, 5, scheme=MOBILITY)
    close(pocket, MAY)
    release(date(2020, 6, 12))
    assert tell() == "2 windows told"
    assert [key[1:] for key in told_cells()] == [("04-04", URGENT), ("05-05", "")]


def test_uncovered_aid_is_not_told(pocket, make_requests, release):
    gift = give(pocket, 200_000, date(2020, 4, 4))
    pay(pocket, make_requests(9), 4, 24)
    give_back(gift, 150_000, date(2020, 4, 28))
    close(pocket, APRIL)
    release(date(2020, 5, 12))
    assert tell() == "0 windows told"


def test_the_sum_of_all_pages_is_the_released_figure(pocket, gifts, make_requests, release):
    pay(pocket, make_requests(9), 4, 24)
    close(pocket, APRIL)
    publication = release(date(2020, 5, 12))
    tell()
    given = telling.queries.aid_told(publication).given_cents
    assert sum(told_cells().values()) == given
    assert Telling.objects.get().publication == publication.number


def knows_too_much(transfers, windows, scopes) -> list[str]:
    """Every sum and difference of one or two known figures that is about one to four students."""
    known = {}
    for number, scope in enumerate(scopes):
        known[f"release {number}"] = {
            row for row in transfers if row.day <= scope.up_to and row.seal <= (scope.seal or 0)
        }
    for window in windows:
        for row in transfers:
            cell = window.cell_of(row)
            if cell is not None:
                known.setdefault(f"cell {cell}", set()).add(row)
    cells = [rows for name, rows in known.items() if name.startswith("cell")]
    known["all that is told"] = set().union(*cells)
    found = []
    for (one, some), (other, others) in combinations([("nothing", set()), *known.items()], 2):
        nets: dict = {}
        for rows, sign in ((some, 1), (others, -1)):
            for row in rows:
                nets[row.person] = nets.get(row.person, 0) + sign * row.cents
        persons = sum(net != 0 for net in nets.values())
        if 0 < persons < settings.DISCLOSURE_MIN:
            found.append(f"{one} and {other}: {persons}")
    return found


class _Undo(Exception):
    pass


def test_an_adversary_with_every_page_and_release_finds_nobody(pocket, make_requests, release):
    """Random seasons: two pockets, two schemes, a release now and then, returns; some windows are told, none tells."""
    told = 0
    for seed in range(6):
        with contextlib.suppress(_Undo), transaction.atomic():
            play(random.Random(seed), pocket, make_requests, release)
            public = telling.Public.read()
            told += len(public.windows)
            assert list(tellings_stand()) == []
            scopes = [telling.queries.scope_of(row) for row in public.releases]
            assert knows_too_much(public.transfers, public.windows, scopes) == [], seed
            raise _Undo
    assert told >= 6


def play(chance, pocket, make_requests, release) -> None:
    """Three months of gifts, aids, returns, releases and closings."""
    other = Pocket.objects.create(code="mobility", name="Mobilité", scheme=MOBILITY)
    for box in (pocket, other):
        for number in range(4):
            give(box, chance.randrange(100_000, 900_000), date(2020, 4, 4 + number))
    for month in (APRIL, MAY, JUNE):
        paid = []
        for day in sorted(chance.sample(range(1, 28), 3)):
            box = chance.choice([pocket, pocket, other])
            count = chance.choice([1, 4, 5, 6, 9])
            scheme = MOBILITY if box == other else chance.choice([URGENT, URGENT, MOBILITY])
            paid += pay(box, make_requests(count), month.month, day, scheme=scheme)
            if chance.random() < 0.4 and day > 13:
                release(date(2020, month.month, day))
        if chance.random() < 0.3:
            comes_back(chance.choice(paid), date(2020, month.month, 28))
        for box in (pocket, other):
            close(box, month)
        release(date(2020, month.month + 1, 12))
        tell()


@pytest.fixture
def told(pocket, gifts, make_requests, release) -> Telling:
    pay(pocket, make_requests(9), 4, 24)
    close(pocket, APRIL)
    release(date(2020, 5, 12))
    tell()
    return Telling.objects.get()


def test_a_telling_outside_its_release_is_found(told, pocket):
    assert list(tellings_stand()) == []
    Telling.objects.create(
        pocket=pocket,
        since=told.closing,
        closing=close(pocket, MAY),
        publication=1,
        by_scheme=False,
        told_at=told.told_at,
    )
    (sentence,) = tellings_stand()
    assert sentence.endswith(f"publication 1 does not hold closing {MonthClosing.objects.last().pk}.")


def test_a_share_added_to_a_told_month_is_found(told, gifts):
    Allocation.objects.create(closing=told.closing, gift=gifts[0], scheme="else", cause="given", cents=1)
    (sentence,) = tellings_stand()
    assert "paid by gifts" in sentence


def test_what_pages_say_depends_on_the_cells_alone(pocket, make_requests, release):
    """Two ways to spend the same sum in the same two months tell every donor the same."""
    mine = [
        give(pocket, cents, date(2020, 4, 4 + number))
        for number, cents in enumerate((70_000, 30_000, 90_000))
    ]
    pay(pocket, make_requests(2), 4, 24, cents=20_000)
    pay(pocket, make_requests(3), 5, 5, cents=30_000)
    close(pocket, MAY)
    release(date(2020, 6, 12))
    assert tell() == "1 windows told"
    parts = [follow(gift).parts for gift in mine]
    total = 2 * 20_000 + 1 + 3 * 30_000 + 3
    assert [sum(part.cents for part in one) for one in parts] == [70_000, 30_000, total - 100_000]
    assert {(part.first, part.last, part.scheme) for one in parts for part in one} == {(APRIL, MAY, "")}
    assert MonthClosing.objects.count() == 2
