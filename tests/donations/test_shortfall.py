"""Gifts used and then taken back: the staff see what is missing, nothing is granted, the public reads no minus."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from aid_requests.committee.actions import cast_vote
from aid_requests.models import AidRequest
from donations.models import Gift
from fund import balances, clock, sealing
from fund.models import Movement, PaymentOrder, Pocket
from fund.models.ledger import Kind
from fund.roles import Refused
from fund.treasury import cash
from reports import charts, compilation
from reports.addresses import ChartImage
from reports.figures import read_figures
from reports.scope import Scope
from reports.snapshot import Snapshot
from reports.spreadsheet import write_csv
from tests.aid_requests.committee import factories as files
from tests.donations.factories import dispute_of, event, make_gift, post_event, refund_of, session_of
from tests.reports.factories import AID, SNAPSHOT, DayGifts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation")]
MINUS = "\u2212"


@pytest.fixture(autouse=True)
def _the_domain_clock_stands():
    with clock.at(clock.DEMO_START):
        yield


@pytest.fixture
def short(pocket: Pocket, people: SimpleNamespace, school) -> SimpleNamespace:
    """A gift of 200 €, an aid of 150 € granted from it, and the whole gift given back: 150 € are missing."""
    gift = received(pocket, 20_000)
    version = files.open_scheme()
    first, second = (
        files.make_file(
            version, files.make_applicant(school, number), people.national_referent, number=number
        )
        for number in (1, 2)
    )
    for member in (people.member1, people.member2):
        cast_vote(by=member, request=first, choice="grant", revision=first.revision)
    post_event(event("refund.created", refund_of(gift)))
    return SimpleNamespace(gift=gift, first=first, second=second, people=people, pocket=pocket)


def received(pocket: Pocket, cents: int) -> Gift:
    gift = make_gift(pocket, amount_cents=cents)
    post_event(event("checkout.session.completed", session_of(gift)))
    return Gift.objects.get(pk=gift.pk)


def page(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def grant(short: SimpleNamespace, request: AidRequest) -> None:
    for member in (short.people.member1, short.people.member2):
        cast_vote(by=member, request=request, choice="grant", revision=request.revision)


def test_the_ledger_stays_proved_below_zero(short):
    assert balances.left_cents() == -15_000
    call_command("check_ledger")


def test_the_treasurers_desk_says_how_much_is_missing_where(short, client_of):
    desk = page(client_of(short.people.treasurer), "treasury_desk")
    assert "150,00\u00a0€ manquent à la cagnotte entière" in desk
    assert "150,00\u00a0€ manquent dans la poche" in desk and short.pocket.name in desk
    morning = page(client_of(short.people.treasurer), "desk")
    assert "Il manque 150,00\u00a0€ à la cagnotte" in morning
    received(short.pocket, 15_000)
    assert "manquent" not in page(client_of(short.people.treasurer), "treasury_desk")
    assert "Il manque" not in page(client_of(short.people.treasurer), "desk")


def test_the_committee_reads_why_nothing_is_granted(short, client_of):
    queue = page(client_of(short.people.chair), "request_queue")
    assert "Il manque 150,00\u00a0€" in queue and "rien n’est accordé" in queue
    with pytest.raises(Refused) as refused, transaction.atomic():
        grant(short, short.second)
    assert refused.value.refusal.code == "over_budget"
    assert str(refused.value.refusal) == (
        "Il manque 150\u00a0€\u00a0: des dons utilisés ont été repris. "
        "L’aide de 150\u00a0€ attendra que d’autres les couvrent."
    )


def test_approvals_go_on_once_new_gifts_cover_the_loss_and_the_aid(short):
    received(short.pocket, 15_000)
    with pytest.raises(Refused), transaction.atomic():
        grant(short, short.second)
    received(short.pocket, 15_000)
    cast_vote(by=short.people.member1, request=short.second, choice="grant", revision=short.second.revision)
    cast_vote(by=short.people.member2, request=short.second, choice="grant", revision=short.second.revision)
    assert balances.left_cents() == 0


def test_another_pocket_does_not_lend_what_the_whole_fund_lacks(short, client_of):
    """Gifts for another purpose: the whole fund is above zero, the general pocket stays short and grants nothing."""
    other = Pocket.objects.create(code="loyers", name="Loyers d’urgence")
    received(other, 100_000)
    assert [short.pocket.pk] == [found.pocket.pk for found in cash.shortfalls() if found.pocket]
    assert balances.left_cents() == 85_000
    with pytest.raises(Refused) as refused, transaction.atomic():
        grant(short, short.second)
    assert refused.value.refusal.code == "over_budget"
    desk = page(client_of(short.people.treasurer), "treasury_desk")
    assert "manquent dans la poche" in desk and "cagnotte entière" not in desk


def test_what_was_granted_before_stays_due(short):
    """The loss is the fund's, not the student's: the transfer waits for its batch as before."""
    assert [order.amount_cents for order in PaymentOrder.objects.filter(state="due")] == [15_000]
    assert cash.cash_now().owed_cents == 15_000
    assert short.first.pk


def test_an_open_dispute_is_a_shortfall_until_it_is_won(pocket, people, school):
    gift = received(pocket, 20_000)
    version = files.open_scheme()
    file = files.make_file(version, files.make_applicant(school, 1), people.national_referent, number=1)
    for member in (people.member1, people.member2):
        cast_vote(by=member, request=file, choice="grant", revision=file.revision)
    post_event(event("charge.dispute.created", dispute_of(gift)))
    assert cash.shortfalls()[0].missing_cents == 15_000 + 2_000
    post_event(event("charge.dispute.closed", dispute_of(gift, status="won")))
    assert cash.shortfalls() == []


# What the public reads -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["home", "live_accounts", "give"])
def test_no_public_page_shows_a_figure_below_zero(short, client, name):
    shown = page(client, name)
    assert MINUS not in shown and "-150" not in shown


def test_no_public_page_shows_a_figure_below_zero_when_a_refund_stands_alone_in_its_week(pocket, client):
    with clock.at(clock.DEMO_START.replace(month=4, day=6)):
        gift = received(pocket, 20_000)
        received(pocket, 5_000)
    post_event(event("refund.created", refund_of(gift)))
    shown = page(client, "live_accounts")
    assert MINUS not in shown and "200,00\u00a0€ rendus" in shown
    picture = client.get(
        reverse("live_chart", kwargs={"image": ChartImage("gifts", "fr", "light")})
    ).content.decode()
    assert MINUS not in picture and "Plus de dons rendus que reçus" in picture


def test_the_totals_for_machines_are_never_below_zero(short, client):
    totals = client.get(reverse("totals_json")).json()
    figures = [value for value in totals.values() if isinstance(value, int)]
    assert totals["raised_cents"] == 0 and min(figures) >= 0


def test_a_publication_says_that_nothing_is_left_never_less(short):
    sealing.seal_pending()
    scope = Scope(clock.today(), None)
    figures = read_figures(scope=scope)
    assert figures.left_cents == -15_000
    assert compilation._aid_figures(scope, figures).left_cents == 0


def overspent() -> Snapshot:
    """A publication whose evening had less than was given: 100 € received, 150 € given."""
    aid = replace(AID, raised_cents=10_000, given_cents=15_000, promised_cents=0, fees_cents=0, left_cents=0)
    days = (DayGifts(date(2020, 4, 3), 30_000), DayGifts(date(2020, 4, 20), -20_000))
    return replace(SNAPSHOT, raised_cents=10_000, fees_cents=0, aid=aid, days=days)


@pytest.mark.parametrize("name", charts.NAMES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_chart_of_a_publication_writes_a_figure_below_zero(name, language):
    told = charts.svg(name, overspent(), language=language, scheme="light")
    words = [part.split("<")[0] for part in told.split("<text")[1:]]
    assert words
    assert MINUS not in told
    table = charts.table(name, overspent(), most=None)
    assert not [cell for row in table.rows for cell in row if MINUS in cell or cell.startswith("-")]
    assert MINUS not in charts.description(name, overspent())


def test_the_chart_says_what_is_missing_in_words():
    assert "Il manque 50,00\u00a0€" in charts.svg("rule", overspent(), language="fr", scheme="light")
    assert ("Il manque", "50,00\u00a0€") in charts.table("rule", overspent(), most=None).rows


def test_the_spreadsheet_of_a_publication_says_that_nothing_is_left():
    lines = write_csv(overspent(), language="fr").decode("utf-8-sig").splitlines()
    assert "Disponible;2020-05-12;0,00;EUR" in lines


def test_a_month_that_gave_back_more_than_it_brought_keeps_the_ledgers_own_sum(short):
    """What is shown without a sign is still booked with its own: nothing is hidden from the sums."""
    refund = Movement.objects.get(kind=Kind.REFUND)
    assert (refund.amount_cents, read_figures().raised_cents) == (20_000, 0)
