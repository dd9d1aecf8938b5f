"""A donor's public words: chosen on the form, read by a person first, hidden again, gone with the donor."""

import uuid
from datetime import date, datetime

import pytest
from django.db import transaction
from django.urls import reverse

from donations import queries
from donations.actions import Words, moderate_words
from donations.models import Gift, GiftWords, MonthlyGift
from fund import clock, vault
from fund.roles import Refused
from fund.templatetags import fund_format
from fund.workflow import AlreadyDone
from tests.donations.factories import event, make_gift, post_event, refund_of, session_of, shown_the_page
from tests.donations.test_pledging import typed, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may", "foundation", "proved")]

HIDDEN = [
    *map(chr, range(0x202A, 0x202F)),
    *map(chr, range(0x2066, 0x206A)),
    *"\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u061c\u0007\ue000\u034f\u115f\u2800\u3164\uffa0\U000e0041",
]


@pytest.fixture
def in_may():
    with clock.at(clock.DEMO_START):
        yield


@pytest.fixture
def client(client):
    return shown_the_page(client)


def received(pocket, name: str = "Zoé", message: str = "Courage à tous") -> Gift:
    gift = make_gift(pocket, words=Words(name, message))
    post_event(event("checkout.session.completed", session_of(gift)))
    return gift


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, None),
        ({"shown_as": "anonymous", "shown_name": "Promo 98"}, None),
        ({"shown_as": "first_name"}, {"name": "Zoé", "message": ""}),
        ({"shown_as": "other", "shown_name": " Promo  98 "}, {"name": "Promo 98", "message": ""}),
        ({"message": " Tenez\nbon "}, {"name": "", "message": "Tenez bon"}),
    ],
)
def test_the_form_keeps_what_may_be_said_and_nothing_else(client, pocket, values, said):
    assert client.post(reverse("give"), typed(**values)).status_code == 302
    found = GiftWords.objects.first()
    if said is None:
        assert found is None
    else:
        assert found.state == "waiting"
        assert vault.open_json_for(found.gift.donor.subject_key, found.text_sealed) == said


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"shown_as": "other"}, "Écrivez le nom à afficher, ou restez anonyme."),
        ({"message": "x" * 141}, "Votre message dépasse 140 caractères : raccourcissez-le un peu."),
        ({"rhythm": "each second"}, "Sélectionnez un choix valide"),
        ({"shown_as": "everything"}, "Sélectionnez un choix valide"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client, pocket, values, sentence):
    answer = client.post(reverse("give"), typed(**values))
    assert answer.status_code == 422
    assert words(answer).count(sentence) == 2
    assert values.get("message", "") in words(answer)
    assert not Gift.objects.exists()


def test_each_month_is_a_button_and_the_same_form_twice_one_promise(client, pocket):
    sent = typed(rhythm="monthly", free_amount="15")
    for _turn in range(2):
        assert client.post(reverse("give"), sent).status_code == 302
    gift = Gift.objects.get()
    assert (gift.monthly, gift.amount_cents) == (MonthlyGift.objects.get(), 1_500)
    page = words(client.get(reverse("gift_page", args=[gift.token])))
    assert "C’est un don de chaque mois." in page and reverse("monthly_link") in page


def test_words_are_shown_once_approved_and_no_more_once_hidden(pocket, people):
    gift = received(pocket)
    assert (queries.public_words(5), queries.waiting_words_count()) == ([], 1)
    moderate_words(by=people.communication, words=gift.words, decision="approve")
    (word,) = queries.public_words(5)
    assert (word.name, word.message) == ("Zoé", "Courage à tous")
    with pytest.raises(AlreadyDone), transaction.atomic():
        moderate_words(by=people.communication, words=gift.words, decision="approve")
    moderate_words(by=people.communication, words=gift.words, decision="hide")
    assert (queries.public_words(5), queries.waiting_words_count()) == ([], 0)


def shown_words(pocket, people, day: datetime, names: list[str]) -> None:
    """Gifts of one day, their names approved on that day."""
    with clock.at(day):
        for name in names:
            moderate_words(by=people.communication, words=received(pocket, name).words, decision="approve")


def test_the_last_words_read_are_shown_by_month_and_no_more_than_asked(pocket, people):
    april, may = clock.DEMO_START.replace(month=4), clock.DEMO_START
    for day, letter in ((may, "M"), (april, "A")):
        shown_words(pocket, people, day, [f"{letter}{number}" for number in range(queries.FEWEST_GIFTS)])
    seen = [(word.month, word.name[0]) for word in queries.public_words(9)]
    assert seen == [(date(2020, 5, 1), "M")] * 5 + [(date(2020, 4, 1), "A")] * 4


def test_the_order_inside_a_month_does_not_tell_the_day(pocket, people):
    """Whatever day each was given, chance (the gift's own token) orders them, on every visit alike."""
    for number in range(queries.FEWEST_GIFTS):
        shown_words(pocket, people, clock.DEMO_START.replace(day=10 + number), [f"N{number}"])
    by_day = list(Gift.objects.order_by("succeeded_at"))
    for gift, token in zip(by_day, (3, 1, 5, 2, 4), strict=True):
        Gift.objects.filter(pk=gift.pk).update(token=uuid.UUID(int=token))
    assert [word.name for word in queries.public_words(9)] == ["N1", "N3", "N0", "N4", "N2"]


def test_no_page_tells_the_day_beside_words_nor_a_month_of_few_gifts(client, pocket, people, client_of):
    shown_words(pocket, people, clock.DEMO_START, ["N0"])
    assert queries.public_words(9)[0].month is None
    page = words(client.get(reverse("home")))
    assert "<bdi>N0</bdi></figcaption>" in page
    shown_words(pocket, people, clock.DEMO_START, ["N1", "N2", "N3"])
    assert {word.month for word in queries.public_words(9)} == {None}
    shown_words(pocket, people, clock.DEMO_START, ["N4"])
    page = words(client.get(reverse("home")))
    assert "<bdi>N4</bdi>, mai 2020</figcaption>" in page
    waits = received(pocket, "N5")
    desk = words(client_of(people.communication).get(reverse("message_list")))
    day = fund_format.day(waits.created_at)
    assert "</b> · mai 2020</p>" in desk and day not in desk


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_nobody_sees_is_taken_out_of_names_and_messages(client, pocket, hidden):
    sent = {
        "shown_as": "other",
        "shown_name": f"{hidden}Pro{hidden}mo 98",
        "message": f"{hidden}Tenez {hidden} bon",
    }
    assert client.post(reverse("give"), typed(**sent)).status_code == 302
    found = GiftWords.objects.get()
    said = vault.open_json_for(found.gift.donor.subject_key, found.text_sealed)
    assert said == {"name": "Promo 98", "message": "Tenez bon"}


def test_a_first_name_is_shown_without_what_nobody_sees(client, pocket):
    sent = typed(shown_as="first_name", first_name="\u202eZo\u200be\u0301")
    assert client.post(reverse("give"), sent).status_code == 302
    found = GiftWords.objects.get()
    assert vault.open_json_for(found.gift.donor.subject_key, found.text_sealed)["name"] == "Zoé"


@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_name_that_nobody_sees_is_no_name(client, pocket, hidden):
    answer = client.post(reverse("give"), typed(shown_as="other", shown_name=hidden * 3))
    assert answer.status_code == 422
    assert "Écrivez le nom à afficher, ou restez anonyme." in words(answer)


def test_words_cannot_turn_what_stands_around_them(client, pocket, people, client_of):
    """Right-to-left words are fine, each in its own place."""
    gift = make_gift(pocket, words=Words("שלום", "שלום לכם"))
    post_event(event("checkout.session.completed", session_of(gift)))
    for decided in (False, True):
        desk = words(client_of(people.communication).get(reverse("message_list")))
        assert "<bdi>שלום</bdi>" in desk and "<bdi>שלום לכם</bdi>" in desk
        if not decided:
            moderate_words(by=people.communication, words=gift.words, decision="approve")
    page = words(client.get(reverse("home")))
    assert "<bdi>שלום</bdi>" in page and "<bdi>שלום לכם</bdi>" in page


@pytest.mark.parametrize("who", ["treasurer", "administrator", "member1"])
def test_nobody_else_decides(pocket, people, who):
    gift = received(pocket)
    with pytest.raises(Refused):
        moderate_words(by=getattr(people, who), words=gift.words, decision="approve")
    assert GiftWords.objects.get().state == "waiting"


def test_words_of_a_gift_that_is_not_there_or_was_given_back_are_not_shown(pocket, people):
    promised = make_gift(pocket, words=Words("Zoé", "Bientôt"))
    back = received(pocket)
    for gift in (promised, back):
        moderate_words(by=people.communication, words=gift.words, decision="approve")
    post_event(event("refund.created", refund_of(back)))
    assert queries.public_words(5) == []


def test_an_erased_donors_words_are_gone_everywhere(pocket, people, client_of):
    gift = received(pocket)
    moderate_words(by=people.communication, words=gift.words, decision="approve")
    vault.erase_subject(gift.donor.subject_key)
    assert queries.public_words(5) == []
    page = client_of(people.communication).get(reverse("message_list")).content.decode()
    assert "Courage" not in page


def test_the_communication_reads_approves_and_hides_on_one_page(pocket, people, client_of):
    gift = received(pocket, "<b>Zoé</b>", "Courage")
    browser = client_of(people.communication)
    page = words(browser.get(reverse("message_list")))
    assert "&lt;b&gt;Zoé&lt;/b&gt;" in page and "<b>Zoé</b></b>" not in page
    address = reverse("moderate_message", args=[gift.words.pk])
    for decision, state in (
        ("approve", "approved"),
        ("approve", "approved"),
        ("", "approved"),
        ("hide", "hidden"),
    ):
        answer = browser.post(address, {"decision": decision})
        assert (answer.status_code, answer.url) == (302, reverse("message_list"))
        assert GiftWords.objects.get().state == state
    assert "Masqué" in words(browser.get(reverse("message_list")))
