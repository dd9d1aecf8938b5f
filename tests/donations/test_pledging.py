"""The giving page: what is typed, what is refused with a sentence, and one gift per form."""

import re
import uuid
from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from donations import givers, stripe_gateway
from donations.actions.pledging import pledge_gift
from donations.givers import Giver
from donations.models import Donor, Gift, PaymentAttempt
from fund import clock, vault
from fund.models import Campaign, Movement, Pocket
from tests.donations.factories import EMAIL, make_gift, make_pledge, shown_the_page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may", "proved")]


@pytest.fixture
def in_may():
    with clock.at(clock.DEMO_START):
        yield


@pytest.fixture
def client(client):
    return shown_the_page(client)


def typed(**values: str) -> dict[str, str]:
    return {
        "form_token": str(uuid.uuid4()),
        "amount": "5000",
        "free_amount": "",
        "pocket": "general",
        "first_name": "Zoé",
        "last_name": "Essai",
        "email": EMAIL,
        **values,
    }


def words(answer) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", answer.content.decode())


def test_the_page_offers_amounts_and_purposes_and_no_payment_is_begun_by_looking(client, pocket):
    answer = client.get(reverse("give"))
    assert answer.status_code == 200
    page = words(answer)
    assert all(f"<b>{amount} €</b>" in page for amount in (20, 50, 100, 150))
    assert "De 1 € à 20 000 €" in page
    assert not Gift.objects.exists()


def test_a_good_form_becomes_a_gift_and_leads_to_the_pay_page(client, pocket, settings):
    answer = client.post(reverse("give"), typed())
    gift = Gift.objects.get()
    attempt = PaymentAttempt.objects.get()
    assert answer.status_code == 302
    assert answer.url == attempt.pay_url and answer.url.startswith(settings.PAY_PAGE_URL)
    assert gift.reference == f"D-2020-{gift.pk:06d}"
    assert (gift.amount_cents, gift.state, gift.pocket) == (5_000, "pledged", pocket)
    assert not Movement.objects.exists()


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1 234,50", 123_450),
        ("1\u202f234,50\u00a0€", 123_450),
        ("20000", 2_000_000),
        ("1", 100),
        ("12.5", 1_250),
    ],
)
def test_a_free_amount_is_read_as_people_write_it_and_wins_over_a_button(client, pocket, text, cents):
    assert client.post(reverse("give"), typed(free_amount=text)).status_code == 302
    assert Gift.objects.get().amount_cents == cents


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("0", "Le montant doit être plus grand que zéro."),
        ("-5", "Le montant doit être plus grand que zéro."),
        ("1,234", "Un montant en euros a deux décimales au plus, par exemple 12,50."),
        ("0,99", "Un don est de 1 € au moins."),
        ("20 000,01", "Un don en ligne est de 20 000 € au plus."),
        ("9" * 20, "Ce montant est trop grand."),
        ("beaucoup", "Écrivez un montant en euros, par exemple 20 ou 12,50."),
        ("1e5", "Écrivez un montant en euros, par exemple 20 ou 12,50."),
    ],
)
def test_a_wrong_amount_is_refused_by_a_sentence_and_nothing_typed_is_lost(client, pocket, text, sentence):
    answer = client.post(reverse("give"), typed(free_amount=text))
    page = words(answer)
    assert answer.status_code == 422
    assert sentence in page
    assert f'value="{text}"' in page and 'value="Zoé"' in page and f'value="{EMAIL}"' in page
    assert not Gift.objects.exists()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"amount": ""}, "Choisissez un montant, ou écrivez le vôtre."),
        ({"first_name": " "}, "Écrivez votre prénom."),
        ({"last_name": ""}, "Écrivez votre nom."),
        ({"email": ""}, "Écrivez votre adresse, pour recevoir la confirmation."),
        ({"email": "zoe@exemple"}, "Cette adresse est incomplète"),
        ({"pocket": "nowhere"}, "Ce choix n’est plus ouvert"),
        ({"pocket": ""}, "Choisissez à quoi sert votre don."),
    ],
)
def test_what_is_missing_is_named_with_what_to_do(client, pocket, values, sentence):
    answer = client.post(reverse("give"), typed(**values))
    assert answer.status_code == 422
    assert words(answer).count(sentence) == 2  # in the summary and under its field
    assert not Gift.objects.exists()


def test_a_form_sent_twice_is_one_gift_with_one_pay_page(client, pocket):
    """Failure 10."""
    form = typed()
    first, second = client.post(reverse("give"), form), client.post(reverse("give"), form)
    assert first.url == second.url
    assert (Gift.objects.count(), PaymentAttempt.objects.count()) == (1, 1)


def test_the_back_button_and_another_amount_are_another_gift(client, pocket):
    form = typed()
    client.post(reverse("give"), form)
    client.post(reverse("give"), {**form, "amount": "2000"})
    assert sorted(Gift.objects.values_list("amount_cents", flat=True)) == [2_000, 5_000]


def test_a_form_without_its_token_still_works(client, pocket):
    assert client.post(reverse("give"), typed(form_token="")).status_code == 302
    assert Gift.objects.count() == 1


def test_the_open_purposes_are_the_general_one_and_the_schemes_of_the_season(client, pocket, school):
    ended = Campaign.objects.create(
        slug="past", name="Passée", opens_on=date(2019, 1, 1), closes_on=date(2019, 2, 1), goal_cents=1
    )
    Pocket.objects.create(
        code="urgence", name="Aide d’urgence", scheme="emergency-aid", campaign=pocket.campaign
    )
    Pocket.objects.create(code="past", name="Aide passée", scheme="past-aid", campaign=ended)
    Pocket.objects.create(code="nord", name="Enveloppe du Nord", school=school)
    page = words(client.get(reverse("give")))
    assert page.index(pocket.name) < page.index("Aide d’urgence")
    assert "Aide passée" not in page and "Enveloppe du Nord" not in page
    assert client.post(reverse("give"), typed(pocket="nord")).status_code == 422
    client.post(reverse("give"), typed(pocket="urgence"))
    assert Gift.objects.get().pocket.code == "urgence"


def test_a_donor_is_one_row_written_under_a_key_of_his_own(pocket):
    one, other = make_gift(pocket), make_gift(pocket, email=EMAIL.upper(), last_name="Autre")
    donor = Donor.objects.get()
    assert one.donor == other.donor == donor
    assert givers.giver_as_last_told(donor) == Giver("Zoé", "Autre")
    assert [givers.giver_of(gift).last_name for gift in (one, other)] == ["Essai", "Autre"]
    assert vault.open_text_for(donor.subject_key, donor.email_sealed) == EMAIL
    assert "example" not in donor.email_sealed and "Essai" not in donor.identity_sealed


def test_the_promised_amount_cannot_be_changed_afterwards(pocket):
    gift = make_gift(pocket)
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Gift.objects.filter(pk=gift.pk).update(amount_cents=1)


def test_the_same_promise_twice_is_the_same_gift(pocket):
    token, pledge = uuid.uuid4(), make_pledge(pocket)
    first, again = (pledge_gift(pledge=pledge, form_token=token) for _turn in range(2))
    assert first == again


def test_giving_is_closed_without_a_key_or_without_a_secret(client, pocket, settings):
    settings.DEMO = False
    for key, secret, is_open in (("", "whsec_x", False), ("sk_x", " ", False), ("sk_x", "whsec_x", True)):
        settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = key, secret
        assert (stripe_gateway.giving_is_open() is None) is is_open
    settings.STRIPE_SECRET_KEY = ""
    for answer in (client.get(reverse("give")), client.post(reverse("give"), typed())):
        assert answer.status_code == 503
        assert "Les dons en ligne sont fermés" in words(answer)
    assert not Gift.objects.exists()


def test_giving_closed_refuses_a_new_try_to_pay_too(client, pocket, settings):
    gift = make_gift(pocket)
    settings.DEMO = False
    answer = client.post(reverse("pay_again", args=[gift.token]))
    assert answer.status_code == 403
    assert not PaymentAttempt.objects.exists()
