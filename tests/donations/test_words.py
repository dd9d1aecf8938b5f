"""A donor's public words: chosen on the form, read by a person first, hidden again, gone with the donor."""

import pytest
from django.db import transaction
from django.urls import reverse

from donations import queries
from donations.actions import Words, moderate_words
from donations.models import Gift, GiftWords, MonthlyGift
from fund import clock, vault
from fund.roles import Refused
from fund.workflow import AlreadyDone
from tests.donations.factories import event, make_gift, post_event, refund_of, session_of
from tests.donations.test_pledging import typed, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may", "foundation", "proved")]


@pytest.fixture
def in_may():
    with clock.at(clock.DEMO_START):
        yield


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
    assert "C’est un don de chaque mois." in page and "contact@fondation.example" in page


def test_words_are_shown_once_approved_and_no_more_once_hidden(pocket, people):
    gift = received(pocket)
    assert (queries.public_words(5), queries.waiting_words_count()) == ([], 1)
    moderate_words(by=people.communication, words=gift.words, decision="approve")
    (word,) = queries.public_words(5)
    assert (word.name, word.message, word.given_on) == ("Zoé", "Courage à tous", clock.DEMO_START.date())
    with pytest.raises(AlreadyDone), transaction.atomic():
        moderate_words(by=people.communication, words=gift.words, decision="approve")
    moderate_words(by=people.communication, words=gift.words, decision="hide")
    assert (queries.public_words(5), queries.waiting_words_count()) == ([], 0)


def test_the_newest_words_come_first_and_no_more_than_asked(pocket, people):
    for number in range(3):
        moderate_words(
            by=people.communication, words=received(pocket, f"N{number}").words, decision="approve"
        )
    assert [word.name for word in queries.public_words(2)] == ["N2", "N1"]


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
