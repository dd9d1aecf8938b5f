"""Attacks: whoever reads everything that was ever published, and subtracts, learns nothing about fewer than five."""

from datetime import date

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from aid_requests.models import AidRequest
from fund import clock, sealing
from reports import disclosure
from reports.actions import draft_publication, release_publication
from reports.disclosure import Share, Shown
from reports.models import Publication
from reports.queries import snapshot_of
from tests.reports.factories import WORDING, post_debit, post_gift, post_grant, post_return

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = date(2020, 4, 29), date(2020, 5, 6), date(2020, 5, 12)


@pytest.fixture
def tell(writer, releaser, ledger_proved, foundation):
    """Drafts and releases what the ledger says up to a day."""

    def release(up_to: date) -> Publication:
        with clock.at(clock.DEMO_START):
            draft = draft_publication(by=writer, wording=WORDING, up_to=up_to)
            return release_publication(by=releaser, publication=draft, read_sha256=draft.content_sha256)

    return release


@pytest.fixture
def paid(make_requests, pocket):
    """As many students paid on that day."""

    def pay(count: int, day: date) -> list[AidRequest]:
        requests = make_requests(count)
        for request in requests:
            post_grant(request, pocket, day)
            request.debit = post_debit(request, pocket, day)
        return requests

    return pay


def aid_of(publication: Publication):
    return snapshot_of(publication).aid


def test_four_students_are_not_told_and_the_fifth_shows_them_all(tell, paid):
    paid(4, FIRST)
    assert aid_of(tell(FIRST)) is None
    paid(1, SECOND)
    told = aid_of(tell(SECOND))
    assert (told.students_helped, told.given_cents, told.as_of) == (5, 75_000, SECOND)


def test_a_step_of_four_repeats_the_last_release_and_a_step_of_five_does_not(tell, paid):
    paid(5, FIRST)
    first = tell(FIRST)
    paid(4, SECOND)
    second = tell(SECOND)
    assert aid_of(second) == aid_of(first)
    assert second.carries_aid_of == first
    assert snapshot_of(second).aid_steps == snapshot_of(first).aid_steps
    paid(1, THIRD)
    third = tell(THIRD)
    assert (aid_of(third).students_helped, third.carries_aid_of) == (10, None)


def test_a_returned_payment_alone_is_not_told(tell, paid):
    """A return changes one person in given, in promised and in students helped."""
    requests = paid(6, FIRST)
    first = tell(FIRST)
    post_return(requests[0].debit, SECOND)
    assert aid_of(tell(SECOND)) == aid_of(first)


def test_five_transfers_do_not_hide_one_new_approval(tell, make_requests, pocket):
    """promised changes for six persons and given for five, but their sum for one only: nothing new is told."""
    waiting = make_requests(12)
    for request in waiting[:11]:
        post_grant(request, pocket, FIRST)
    for request in waiting[:5]:
        post_debit(request, pocket, FIRST)
    assert aid_of(tell(FIRST)).promised_cents == 6 * 15_000
    for request in waiting[5:10]:
        post_debit(request, pocket, SECOND)
    post_grant(waiting[11], pocket, SECOND)
    told = aid_of(tell(SECOND))
    assert (told.as_of, told.given_cents, told.promised_cents) == (FIRST, 75_000, 6 * 15_000)


def test_promises_of_one_release_are_not_subtracted_from_the_payments_of_the_next(
    tell, make_requests, pocket
):
    """All who were promised are paid, and one more of another amount: given less the earlier sum would be theirs."""
    requests = make_requests(11)
    for request in requests[:10]:
        post_grant(request, pocket, FIRST)
    for request in requests[:5]:
        post_debit(request, pocket, FIRST)
    first = aid_of(tell(FIRST))
    post_grant(requests[10], pocket, SECOND, 49_000)
    for request in requests[5:10]:
        post_debit(request, pocket, SECOND)
    post_debit(requests[10], pocket, SECOND, 49_000)
    second = aid_of(tell(SECOND))
    assert (second.as_of, second.given_cents) == (FIRST, first.given_cents)


def test_a_release_is_held_against_all_earlier_ones_not_only_the_last(tell, paid):
    """Five are paid, then those five come back while one more is paid: against the first release only one changed."""
    base = paid(20, FIRST)
    first = tell(FIRST)
    five = paid(5, SECOND)
    second = tell(SECOND)
    for request in five:
        post_return(request.debit, THIRD)
    paid(1, THIRD)
    third = tell(THIRD)
    assert len(base) == aid_of(first).students_helped == 20
    assert aid_of(second).students_helped == 25
    assert aid_of(third) == aid_of(second)


def test_a_late_booking_for_an_old_day_counts_as_a_change(tell, paid):
    """The bank's line of 29 April read in May is not in the release of 29 April: it moves the next one."""
    paid(5, FIRST)
    first = tell(FIRST)
    paid(3, FIRST)
    assert aid_of(tell(SECOND)) == aid_of(first)


def test_a_second_aid_to_the_same_students_does_not_show_the_one_who_is_new(
    tell, paid, make_requests, pocket
):
    old = paid(5, FIRST)
    first = tell(FIRST)
    again = make_requests(4)
    for request, student in zip(again, old, strict=False):
        request.applicant = student.applicant
        request.save(update_fields=["applicant"])
    for request in [*again, *make_requests(1)]:
        post_grant(request, pocket, SECOND)
        post_debit(request, pocket, SECOND)
    assert aid_of(tell(SECOND)) == aid_of(first)  # five persons got money, but one only became "helped"


def test_nothing_live_moves_with_aid(tell, paid, make_requests, pocket):
    """One approval, one payment, one return between two looks: every public answer is the same to the byte."""
    post_gift(pocket, FIRST, 500_000, gift=1)
    paid(5, FIRST)
    tell(FIRST)
    request = make_requests(1)[0]

    def look() -> list[bytes]:
        with clock.at(clock.DEMO_START):
            addresses = [
                reverse("home"),
                reverse("totals_json"),
                reverse("live_accounts"),
                reverse("publication_page", args=[1]),
                *(
                    reverse("live_chart", kwargs={"image": f"gifts-fr-{scheme}"})
                    for scheme in ("light", "dark")
                ),
                *(
                    f"/comptes/publications/1{name}"
                    for name in (".json", ".csv", "-en.csv", ".pdf", "-en.pdf")
                ),
            ]
            answers = [Client().get(address) for address in addresses]
        assert {answer.status_code for answer in answers} == {200}
        return [_without_token(answer.content) for answer in answers]

    before = look()
    post_grant(request, pocket, SECOND)
    assert look() == before
    debit = post_debit(request, pocket, SECOND)
    assert look() == before
    post_return(debit, SECOND)
    sealing.seal_pending()
    assert look() == before
    post_gift(pocket, SECOND, 2_000, gift=2)
    assert look() != before


def _without_token(page: bytes) -> bytes:
    return b"\n".join(line for line in page.splitlines() if b"csrfmiddlewaretoken" not in line)


def test_totals_name_what_is_live_and_nothing_else(tell, paid, pocket):
    answer = Client().get(reverse("totals_json")).json()
    assert set(answer) == {"raised_cents", "fees_cents", "gifts", "donors", "at", "currency", "aid"}
    assert answer["aid"] is None
    post_gift(pocket, FIRST, 500_000, gift=1)
    paid(5, FIRST)
    tell(FIRST)
    paid(1, SECOND)
    answer = Client().get(reverse("totals_json")).json()
    assert answer["aid"]["given_cents"] == 75_000
    assert answer["aid"]["as_of"] == "2020-04-29"
    assert answer["raised_cents"] == 500_000


def test_every_file_of_a_release_keeps_the_same_silence(tell, paid, make_requests, pocket):
    """Three approved and not paid: neither their number nor their sum stands in JSON, CSV, PDF or page."""
    paid(6, FIRST)
    for request in make_requests(3):
        post_grant(request, pocket, FIRST, cents=31_337)
    publication = tell(FIRST)
    page = Client().get(reverse("publication_page", args=[1])).content.decode()
    texts = [
        page,
        *(bytes(file.data).decode("utf-8", "ignore") for file in publication.files.exclude(kind="pdf")),
    ]
    for text in texts:
        flat = text.replace("\u202f", "").replace("\u00a0", "")
        assert [sign for sign in ("94011", "940,11", "940.11", "31337", "313,37") if sign in flat] == []
    assert "trop peu d’élèves" in page


# The rule itself, without a database ---------------------------------------------------------------------------

PEOPLE = st.dictionaries(
    st.integers(1, 14).map(lambda number: ("applicant", str(number))),
    st.builds(Share, st.sampled_from([0, 150, 300]), st.sampled_from([0, 150, 300])),
)
MEASURES = {
    "given": lambda share: share.given_cents,
    "promised": lambda share: share.promised_cents,
    "granted": lambda share: share.given_cents + share.promised_cents,
    "helped": lambda share: int(share.given_cents > 0),
}


@given(st.lists(PEOPLE, min_size=2, max_size=5))
def test_no_pair_of_releases_differs_by_one_to_four_persons(worlds):
    """Any history of any shares, released as the rule allows: no difference of two releases is about a few."""
    shown: list[Shown] = []
    for now in worlds:
        if not disclosure.may_tell_given(now, shown):
            continue
        shown.append(Shown(now, with_promised=disclosure.may_tell_promised(now, shown)))
    told = [Shown({}, with_promised=True), *shown]
    for one in told:
        for other in told:
            names = {"given", "helped"}
            if one.with_promised and other.with_promised:
                names |= {"promised", "granted"}
            for name in names:
                none, measure = Share(), MEASURES[name]
                persons = one.shares.keys() | other.shares.keys()
                changed = [
                    person
                    for person in persons
                    if measure(one.shares.get(person, none)) != measure(other.shares.get(person, none))
                ]
                assert not 0 < len(changed) < settings.DISCLOSURE_MIN


def test_the_page_says_since_when_and_never_how_few(tell, paid):
    paid(5, FIRST)
    tell(FIRST)
    paid(2, SECOND)
    tell(SECOND)
    page = Client().get(reverse("publication_page", args=[2])).content.decode()
    assert "Les aides sont arrêtées au 29 avril 2020. Trop peu ont changé depuis" in page
