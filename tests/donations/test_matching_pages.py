"""The pages of matching: recorded by one, confirmed by another, told to the public in words, to the donor in euros."""

import uuid

import pytest
from django.urls import reverse

from donations.actions import offers as acts
from donations.actions.thanking import thank_donor
from donations.models import MatchingOffer, OfferPayment
from fund import clock, vault
from fund.models import OutgoingMail, Pocket
from tests.donations.sponsors import SIREN, given, given_by_company, make_offer, recorded_offer
from tests.donations.team_pages import make_team
from tests.donations.test_pledging import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may", "foundation", "proved")]


@pytest.fixture
def in_may():
    with clock.at(clock.DEMO_START):
        yield


def typed(**values: str) -> dict[str, str]:
    return {
        "form_token": str(uuid.uuid4()),
        "company_name": "Atelier d’essai",
        "legal_form": "SAS",
        "siren": "732 829 320",
        "first_name": "Zoé",
        "last_name": "Essai",
        "public_name": "L’Atelier",
        "ratio": "1/2",
        "numerator": "",
        "denominator": "",
        "cap": "5 000",
        "starts_on": "2020-05-01",
        "ends_on": "2020-06-30",
        "scope": "all",
        **values,
    }


def test_an_offer_goes_from_the_form_to_two_persons_to_the_public(client, client_of, people, pocket):
    treasurer, other = client_of(people.treasurer), client_of(people.administrator)
    sent = typed()
    where = treasurer.post(reverse("record_offer"), sent).url
    assert treasurer.post(reverse("record_offer"), sent).url == where, "the same form twice is one offer"
    offer = MatchingOffer.objects.get()
    assert (offer.numerator, offer.denominator, offer.cap_cents) == (1, 2, 500_000)
    assert SIREN not in offer.sponsor_sealed and offer.sponsor_index != SIREN
    assert vault.open_json_for(offer.sponsor_key, offer.sponsor_sealed)["siren"] == SIREN
    page = words(treasurer.get(where))
    assert "une autre personne le confirme" in page and "Confirmer cet abondement" not in page
    assert "L’Atelier" not in words(client.get(reverse("matching_public")))
    assert "Confirmer cet abondement" in words(other.get(where))
    assert other.post(reverse("confirm_offer", args=[offer.pk])).status_code == 302
    told = words(client.get(reverse("matching_public")))
    assert "L’Atelier</bdi> promet 1 € pour 2 € donnés, jusqu’à 5 000 € et jusqu’au 30 juin 2020." in told
    assert "Les montants paraîtront à partir de cinq donateurs" in told
    other.post(reverse("end_offer", args=[offer.pk]))
    assert "Ce qui était promis le reste." in words(client.get(reverse("matching_public")))


def test_a_purpose_or_a_team_may_be_chosen_and_another_ratio_typed(client_of, people, pocket):
    other = Pocket.objects.create(
        code="mobilite", name="Mobilité", campaign=pocket.campaign, scheme="mobilite"
    )
    team = make_team(people, pocket, by=people.member1)
    browser = client_of(people.treasurer)
    for scope, wanted in ((f"pocket:{other.pk}", (other, None)), (f"team:{team.pk}", (None, team))):
        values = typed(scope=scope, ratio="other", numerator="3", denominator="4")
        assert browser.post(reverse("record_offer"), values).status_code == 302
        offer = MatchingOffer.objects.latest("pk")
        assert (offer.pocket, offer.team, offer.numerator, offer.denominator) == (*wanted, 3, 4)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"siren": "732829321"}, "Ce numéro n’est pas un SIREN : vérifiez ses neuf chiffres."),
        ({"ends_on": "2020-04-30"}, "Le dernier jour vient après le premier."),
        ({"starts_on": "2020-04-01", "ends_on": "2020-05-14"}, "Ce jour est passé"),
        ({"ratio": "other"}, "Écrivez les deux nombres, de 1 à 10."),
        ({"cap": "0"}, "Le montant doit être plus grand que zéro."),
        ({"public_name": "\u200b"}, "Ce champ est obligatoire."),
        ({"scope": "team:999"}, "Sélectionnez un choix valide"),
    ],
)
def test_what_is_wrong_is_said(client_of, people, pocket, values, sentence):
    answer = client_of(people.treasurer).post(reverse("record_offer"), typed(**values))
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert not MatchingOffer.objects.exists()


def test_the_debt_is_told_in_words_until_it_is_paid(client, client_of, people, pocket):
    offer = make_offer(people)
    for number in range(5):
        given(pocket, 1_000, email=f"d{number}@example.org")
    told = words(client.get(reverse("matching_public")))
    assert "50 € promis, 0 € versés : 50 € restent à verser." in told
    payment = given_by_company(pocket, 5_000)
    browser = client_of(people.treasurer)
    where = reverse("tie_offer_payment", args=[offer.pk])
    answer = browser.post(where, {"reference": "D-2020-999999"})
    assert (answer.status_code, "Aucun don n’a cette référence." in words(answer)) == (422, True)
    stranger = given(pocket, 5_000, email="d9@example.org")
    answer = browser.post(where, {"reference": stranger.reference})
    assert (answer.status_code, "son SIREN est un autre" in words(answer)) == (422, True)
    acts.end_offer(by=people.treasurer, offer=offer)
    assert browser.post(where, {"reference": payment.reference.lower()}).status_code == 302
    assert "100 € promis, 50 € versés : 50 € restent à verser." in words(
        client.get(reverse("matching_public"))
    )
    tied = OfferPayment.objects.get()
    assert browser.post(reverse("untie_offer_payment", args=[tied.pk])).status_code == 302
    assert "100 € promis, 0 € versés" in words(client.get(reverse("matching_public")))
    assert payment.reference in words(client.get(reverse("gift_page", args=[payment.token])))


def test_who_came_too_late_is_told(client_of, people, pocket):
    offer = recorded_offer(people)
    browser = client_of(people.administrator)
    browser.post(reverse("drop_offer", args=[offer.pk]))
    answer = browser.post(reverse("confirm_offer", args=[offer.pk]), follow=True)
    assert "l’état a changé entre-temps" in words(answer)


def test_the_desks_tell_what_waits(client_of, people, pocket):
    recorded_offer(people)
    assert "Un abondement attend votre accord" in words(client_of(people.administrator).get(reverse("desk")))
    assert "Un abondement attend votre accord" not in words(client_of(people.treasurer).get(reverse("desk")))
    for who in (people.treasurer, people.auditor, people.signatory):
        assert "Abondements" in words(client_of(who).get(reverse("matching_list")))


def test_the_donor_and_the_giving_page_read_the_promise(client, people, pocket):
    make_offer(people)
    assert "promet un euro pour chaque euro donné" in words(client.get(reverse("give")))
    gift = given(pocket, 5_000)
    assert "Avec votre don, <bdi>Atelier d’essai</bdi> promet 50,00 € de plus." in words(
        client.get(reverse("gift_page", args=[gift.token]))
    )


def test_the_thanks_tell_the_promise(pocket, people):
    make_offer(people)
    gift = given(pocket, 5_000)
    thank_donor.func(gift.pk)
    letter = vault.open_text(OutgoingMail.objects.get(key=f"gift:{gift.pk}:thanks").text_sealed)
    assert "Avec votre don, Atelier d’essai promet 50,00\u00a0€ de plus." in letter
