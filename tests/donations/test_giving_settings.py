"""The rules of giving online: an administrator sets them, the page follows them, the trail keeps each change."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from config.demo.models import StandInObject
from donations import giving_rules
from donations.actions.paying import start_payment
from donations.actions.setting_giving import Rules, set_rules
from donations.models import Gift, GivingSettings
from fund import clock
from fund.models import AuditEvent
from fund.roles import Refused
from fund.workflow import WrongState
from tests.donations.factories import event, make_gift, post_event, session_of, shown_the_page
from tests.donations.test_pledging import typed, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may", "proved", "pocket")]
RULES = Rules(least_cents=500, most_cents=50_000, closed_because="", declines_told=10, declines_closing=30)


@pytest.fixture
def in_may():
    with clock.at(clock.DEMO_START):
        yield


@pytest.fixture
def desk(client_of, people):
    return client_of(people.administrator)


def sent(**values) -> dict[str, str]:
    given = {
        "revision": "0",
        "state": "open",
        "least": "5",
        "most": "500",
        "declines_told": "10",
        "declines_closing": "30",
    }
    return {**given, **values}


def test_until_somebody_sets_them_the_installation_s_bounds_are_the_rules(desk, settings):
    assert giving_rules.bounds_cents() == (settings.GIFT_MIN_CENTS, settings.GIFT_MAX_CENTS)
    page = words(desk.get(reverse("giving_settings")))
    assert 'value="1 €"' in page and 'value="20 000 €"' in page
    assert not GivingSettings.objects.exists()


def test_what_is_set_is_what_the_page_takes_from_then_on(desk, client):
    assert desk.post(reverse("giving_settings"), sent()).status_code == 302
    assert giving_rules.bounds_cents() == (500, 50_000)
    shown_the_page(client)
    assert "De 5 € à 500 €" in words(client.get(reverse("give")))
    for amount, sentence in (
        ("4,99", "Un don est de 5 € au moins."),
        ("501", "Un don en ligne est de 500 €"),
    ):
        answer = client.post(reverse("give"), typed(free_amount=amount))
        assert answer.status_code == 422 and sentence in words(answer)
    assert client.post(reverse("give"), typed(free_amount="5")).status_code == 302


def test_each_change_is_an_event_of_the_trail_and_a_line_of_the_page(desk, people):
    desk.post(reverse("giving_settings"), sent())
    desk.post(reverse("giving_settings"), sent(revision="1"))
    desk.post(reverse("giving_settings"), sent(revision="1", state="works"))
    told = list(AuditEvent.objects.filter(action="giving.set").order_by("pk").values_list("by", "details"))
    assert [details["revision"] for _by, details in told] == [1, 2], "the same rules again are no change"
    assert {by for by, _details in told} == {people.administrator.pk}
    assert told[1][1]["closed_because"] == "works"
    page = words(desk.get(reverse("giving_settings")))
    assert "Fermés : Panne ou travaux" in page and "De 5 € à 500 €" in page


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"least": "0,50"}, "Ce montant est plus petit que cette installation le permet."),
        ({"most": "20 000,01"}, "Ce montant est plus grand que cette installation le permet."),
        ({"least": "600"}, "Le plus grand don doit atteindre le plus petit."),
        ({"least": "beaucoup"}, "Écrivez un montant en euros"),
        ({"declines_closing": "9"}, "On prévient avant de fermer"),
        ({"state": ""}, "Choisissez d’ouvrir ou de fermer."),
    ],
)
def test_what_cannot_be_set_is_said_beside_its_field(desk, values, sentence):
    answer = desk.post(reverse("giving_settings"), sent(**values))
    assert answer.status_code == 422 and words(answer).count(sentence) == 2
    assert not GivingSettings.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"least_cents": 99},
        {"most_cents": 2_000_001},
        {"least_cents": 60_000},
        {"declines_told": 31},
        {"declines_told": 0},
    ],
)
def test_no_rule_passes_the_installation_s_own_bounds_whoever_asks(people, changed):
    with pytest.raises(Refused):
        set_rules(by=people.administrator, rules=Rules(**{**RULES.__dict__, **changed}), revision=0)


def test_bounds_of_the_installation_that_shrink_later_win_over_the_row(people, settings):
    set_rules(by=people.administrator, rules=RULES, revision=0)
    settings.GIFT_MIN_CENTS, settings.GIFT_MAX_CENTS = 1_000, 20_000
    assert giving_rules.bounds_cents() == (1_000, 20_000)


def test_only_an_administrator_sets_them(people):
    for person in (people.treasurer, people.signatory, people.auditor, people.communication):
        with pytest.raises(Refused):
            set_rules(by=person, rules=RULES, revision=0)
    assert not GivingSettings.objects.exists()


def test_rules_changed_since_they_were_read_are_not_overwritten(desk, people):
    set_rules(by=people.administrator, rules=RULES, revision=0)
    with pytest.raises(WrongState):
        set_rules(by=people.administrator, rules=RULES, revision=0)
    page = desk.post(reverse("giving_settings"), sent(state="pause"), follow=True)
    assert "Quelqu’un a changé ces réglages entre-temps" in words(page)
    assert GivingSettings.objects.get().is_open


@pytest.mark.parametrize("reason", ["pause", "works", "card_testing", "finished"])
def test_closed_giving_says_why_and_writes_and_asks_nothing(desk, client, reason):
    shown_the_page(client)
    desk.post(reverse("giving_settings"), sent(state=reason))
    for answer in (client.get(reverse("give")), client.post(reverse("give"), typed())):
        assert answer.status_code == 503
        assert str(giving_rules.CLOSED_SENTENCES[reason]) in answer.content.decode()
    assert not Gift.objects.exists()


def test_closed_giving_still_receives_what_was_on_its_way_and_opens_no_page_more(client, people, pocket):
    gift, other = make_gift(pocket), make_gift(pocket, email="other@example.org")
    start_payment(gift=gift)
    set_rules(
        by=people.administrator, rules=Rules(**{**RULES.__dict__, "closed_because": "pause"}), revision=0
    )
    for again in (gift, other):
        shown_the_page(client)
        client.get(reverse("gift_page", args=[again.token]))
        assert client.post(reverse("pay_again", args=[again.token])).status_code == 403
    with pytest.raises(Refused):
        start_payment(gift=other)
    assert StandInObject.objects.filter(kind="checkout.session").count() == 1
    session = StandInObject.objects.get(kind="checkout.session").pk
    post_event(event("checkout.session.completed", session_of(gift, id=session)))
    gift.refresh_from_db()
    assert gift.state == "succeeded"


def test_opening_again_opens(client, people):
    for revision, reason in enumerate(("finished", "")):
        rules = Rules(**{**RULES.__dict__, "closed_because": reason})
        set_rules(by=people.administrator, rules=rules, revision=revision)
    assert client.get(reverse("give")).status_code == 200
    row = GivingSettings.objects.get()
    assert row.is_open and row.declines_from is not None


@pytest.mark.parametrize(
    "values",
    [
        {"is_open": False},
        {"closed_because": "pause"},
        {"least_cents": 0},
        {"most_cents": 1},
        {"declines_closing": 1},
    ],
)
def test_the_database_refuses_rules_that_make_no_sense(people, values):
    set_rules(by=people.administrator, rules=RULES, revision=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        GivingSettings.objects.update(**values)
