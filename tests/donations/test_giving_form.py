"""The giving page: who gives, what it costs after tax, for which purpose, with which team."""

import re
from datetime import date
from types import SimpleNamespace

import pytest
from django.urls import reverse

from donations import tax_relief
from donations.forms import AMOUNTS_CENTS
from donations.giver_fields import COUNTRIES, countries
from donations.givers import Address, Giver, giver_of
from donations.models import Donor, Gift, Team
from donations.siren import siren_of
from fund import clock
from fund.models import LegalBasis, Pocket
from tests.donations.factories import event, post_event, session_of, shown_the_page
from tests.donations.test_pledging import typed, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may", "proved", "pocket")]
SIREN = "732 829 320"
FISCAL = ("fiscal", "impôt", "réduction", "CGI")


@pytest.fixture
def in_may():
    with clock.at(clock.DEMO_START):
        yield


@pytest.fixture
def client(client):
    return shown_the_page(client)


def stand(people: SimpleNamespace, kind: str = "tax_receipts", **values) -> LegalBasis:
    """A text that lets the foundation do it, as an administrator records it."""
    of_receipts = {"object_text": "Aide aux élèves", "signer_name": "A. B.", "signer_quality": "Trésorière"}
    return LegalBasis.objects.create(
        kind=kind,
        text="Rescrit",
        reference="2020/12",
        decided_on=date(2020, 3, 1),
        recorded_by=people.administrator,
        recorded_at=clock.moment(),
        **(of_receipts if kind == "tax_receipts" else {}),
        **values,
    )


def end(basis: LegalBasis, people: SimpleNamespace) -> None:
    basis.ended_by, basis.ended_at = people.administrator, clock.moment()
    basis.save()


def company(**values: str) -> dict[str, str]:
    given = {"giver_kind": "company", "company_name": "Atelier", "legal_form": "SAS", "siren": SIREN}
    return typed(**{**given, **values})


def give(client, form: dict[str, str]) -> Gift:
    assert client.post(reverse("give"), form).status_code == 302
    return Gift.objects.get()


def refused(client, form: dict[str, str]) -> str:
    answer = client.post(reverse("give"), form)
    assert answer.status_code == 422
    assert not Gift.objects.exists()
    return words(answer)


# A person or a company --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "siren"),
    [
        ("732829320", "732829320"),
        ("732 829 320", "732829320"),
        ("732\u00a0829\u202f320", "732829320"),
        ("732.829.320", "732829320"),
        ("732829321", ""),
        ("000000000", ""),
        ("73282932", ""),
        ("7328293200", ""),
        ("٧٣٢٨٢٩٣٢٠", ""),
        ("FR732829320", ""),
        ("", ""),
    ],
)
def test_a_siren_is_nine_digits_of_which_the_last_checks_the_others(text, siren):
    assert siren_of(text) == siren


def test_a_company_gives_under_its_name_form_and_siren(client):
    gift = give(client, company())
    assert gift.giver_kind == "company"
    told = Giver("Zoé", "Essai", "company", "Atelier", "SAS", "732829320", Address(country="FR"))
    assert giver_of(gift) == told
    post_event(event("checkout.session.completed", session_of(gift)))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"company_name": " \u200b "}, "Écrivez le nom de l’entreprise."),
        ({"legal_form": ""}, "Écrivez sa forme juridique, par exemple SAS."),
        ({"siren": ""}, "Écrivez les neuf chiffres du SIREN de l’entreprise."),
        ({"siren": "732829321"}, "Ce numéro contient une erreur : un SIREN a neuf chiffres, relisez-les."),
        ({"siren": "12", "country": "BE"}, "Ce numéro contient une erreur"),
        ({"giver_kind": "robot"}, "Sélectionnez un choix valide"),
        ({"country": "XX"}, "Choisissez un pays de la liste."),
    ],
)
def test_what_a_company_lacks_is_named_beside_its_field(client, values, sentence):
    assert refused(client, company(**values)).count(sentence) == 2


def test_a_company_abroad_has_no_siren(client):
    told = giver_of(give(client, company(siren="", country="BE")))
    assert (told.siren, told.address.country) == ("", "BE")


def test_what_belongs_to_a_company_is_not_kept_of_a_person(client):
    gift = give(client, company(giver_kind="person", siren="wrong", country="BE", street="1 rue Cachée"))
    assert gift.giver_kind == "person"
    assert giver_of(gift) == Giver("Zoé", "Essai")


def test_the_back_button_and_another_giver_are_another_gift(client):
    form = company()
    client.post(reverse("give"), form)
    client.post(reverse("give"), form)
    client.post(reverse("give"), {**form, "giver_kind": "person"})
    assert sorted(Gift.objects.values_list("giver_kind", flat=True)) == ["company", "person"]
    assert Donor.objects.count() == 1


def test_france_is_the_first_country_and_each_other_one_is_there_once():
    for language in ("fr", "en"):
        codes = [code for code, _name in countries(language)]
        assert codes[0] == "FR" and sorted(codes[1:]) == sorted(COUNTRIES) and len(set(codes)) == len(codes)


def test_countries_stand_where_a_dictionary_puts_them_accents_or_not():
    names = [name for _code, name in countries("fr")]
    assert names.index("Belgique") < names.index("Bénin") < names.index("Brésil")
    assert names.index("Sénégal") < names.index("Suède") < names.index("Suisse")


# Taxes ------------------------------------------------------------------------------------------------------------


def test_without_a_standing_basis_not_one_word_is_said_of_taxes(client, people):
    end(stand(people), people)
    for answer in (client.get(reverse("give")), client.post(reverse("give"), typed(amount=""))):
        page = answer.content.decode()
        assert [word for word in FISCAL if word in page] == []
        assert "give.js" not in page and "wants_receipt" not in page and "data-after-tax" not in page


def test_with_a_standing_basis_each_button_says_what_it_costs_a_person_and_a_company(client, people):
    stand(people)
    page = words(client.get(reverse("give")))
    for cost in ("6,80", "17", "34", "51", "8", "20", "40", "60"):
        assert f">{cost} € après impôt</span>" in page
    assert 'data-person="66" data-company="60"' in page
    assert (
        "66 % de ce qu’elle donne, selon sa situation, dans la limite de 20 % de son revenu imposable" in page
    )
    assert "60 % de ce qu’elle donne" in page
    assert "Je souhaite un reçu fiscal" in page and "Pays où vous payez vos impôts" in page


def test_the_cost_is_only_there_for_those_taxed_in_france_without_any_script(client, people):
    """The style sheet hides whatever is `when-taxed` unless France is the country chosen."""
    stand(people)
    page = client.get(reverse("give")).content.decode()
    for text in re.findall(r"<[^>]*>[^<]*(?:après impôt|Réduction d’impôt)", page):
        assert "when-taxed" in text or page.index("when-taxed") < page.index(text)
    assert page.count("when-taxed") == 2 * len(AMOUNTS_CENTS) + 1


@pytest.mark.parametrize(
    ("amount", "kind", "relief", "cost"),
    [
        (5_000, "person", 3_300, 1_700),
        (5_000, "company", 3_000, 2_000),
        (2_000, "person", 1_320, 680),
        (1, "person", 0, 1),
        (101, "person", 66, 35),
        (199, "company", 119, 80),
        (2_000_000, "person", 1_320_000, 680_000),
    ],
)
def test_what_is_not_a_whole_cent_of_relief_is_not_promised(amount, kind, relief, cost):
    assert (tax_relief.relief_cents(amount, kind), tax_relief.cost_cents(amount, kind)) == (relief, cost)


def test_relief_and_cost_add_up_to_the_gift_for_every_amount():
    for kind in tax_relief.RATE_PERCENT:
        for cents in range(1, 5_000):
            relief = tax_relief.relief_cents(cents, kind)
            assert relief + tax_relief.cost_cents(cents, kind) == cents
            assert 0 <= cents * tax_relief.RATE_PERCENT[kind] - relief * 100 < 100


def test_an_address_is_wanted_for_a_receipt_and_kept_for_nothing_else(client, people):
    stand(people)
    address = {"street": "1 rue de l’Essai", "postcode": "37 000", "town": "Tours", "country": "FR"}
    told = giver_of(give(client, typed(**address)))
    assert told.address == Address(country="FR") and not told.can_have_a_receipt
    Gift.objects.all()
    client.post(reverse("give"), typed(**address, wants_receipt="on"))
    told = giver_of(Gift.objects.latest("pk"))
    assert told.address == Address("1 rue de l’Essai", "37000", "Tours", "FR") and told.can_have_a_receipt


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"street": ""}, "Écrivez le numéro et la rue"),
        ({"postcode": ""}, "Écrivez le code postal"),
        ({"postcode": "3700"}, "Un code postal français a cinq chiffres."),
        ({"town": ""}, "Écrivez la ville"),
        ({"country": "ZZ"}, "Pour un reçu dans un autre pays, écrivez-nous d’abord."),
    ],
)
def test_what_a_receipt_lacks_is_named_beside_its_field(client, people, values, sentence):
    stand(people)
    whole = {"wants_receipt": "on", "street": "1 rue", "postcode": "37000", "town": "Tours", "country": "FR"}
    assert refused(client, typed(**{**whole, **values})).count(sentence) == 2


def test_an_address_abroad_needs_no_five_digits(client, people):
    stand(people)
    form = typed(wants_receipt="on", street="Rue 1", postcode="", town="Bruxelles", country="BE")
    assert giver_of(give(client, form)).address == Address("Rue 1", "", "Bruxelles", "BE")


def test_an_address_sent_without_a_standing_basis_is_not_kept(client):
    form = typed(wants_receipt="on", street="Rue 1", postcode="37000", town="Tours")
    assert giver_of(give(client, form)).address == Address()


# Purposes and teams -----------------------------------------------------------------------------------------------


@pytest.fixture
def envelope(school) -> Pocket:
    return Pocket.objects.create(code="nord", name="Enveloppe du Nord", school=school)


def test_a_schools_envelope_is_open_only_while_a_text_lets_it(client, people, envelope, school, other_school):
    stand(people, "school_envelope", school=other_school)
    stand(people)
    assert envelope.name not in words(client.get(reverse("give")))
    refused(client, typed(pocket="nord"))
    basis = stand(people, "school_envelope", school=school)
    page = words(client.get(reverse("give")))
    assert page.index(Pocket.objects.get(code="general").name) < page.index(envelope.name)
    assert give(client, typed(pocket="nord")).pocket == envelope
    end(basis, people)
    assert client.post(reverse("give"), typed(pocket="nord")).status_code == 422


@pytest.fixture
def team(people, pocket) -> Team:
    urgency = Pocket.objects.create(
        code="urgence", name="Aide d’urgence", scheme="emergency-aid", campaign=pocket.campaign
    )
    return Team.objects.create(
        slug="bde",
        name="Le bureau",
        story="Nous courons.",
        goal_cents=100_000,
        pocket=urgency,
        state="open",
        made_by=people.communication,
        created_at=clock.moment(),
        decided_by=people.communication,
        decided_at=clock.moment(),
    )


def test_a_gift_from_a_teams_page_is_the_teams_and_goes_first_to_its_purpose(client, team):
    page = client.get(reverse("give") + "?equipe=bde").content.decode()
    assert "Le bureau" in page and 'name="team" value="bde"' in page
    assert re.search(r'value="urgence"[^>]*checked', page)
    gift = give(client, typed(team="bde", pocket="general"))
    assert (gift.team, gift.pocket.code) == (team, "general")


@pytest.mark.parametrize("state", ["proposed", "closed", "hidden"])
def test_a_team_that_is_not_open_takes_no_gift_and_the_page_asks_again_without_it(client, team, state):
    because = "Adresse" if state == "hidden" else ""
    Team.objects.update(state=state, hidden_because=because)
    page = client.get(reverse("give") + "?equipe=bde").content.decode()
    assert "L’équipe de ce lien ne récolte plus" in page and 'name="team"' not in page
    page = refused(client, typed(team="bde"))
    assert "L’équipe de ce lien ne récolte plus" in page and 'name="team"' not in page
    assert "Le bureau" not in page


def test_a_teams_closed_purpose_is_not_chosen_for_anybody(client, team, school):
    team.pocket.school, team.pocket.scheme = school, ""
    team.pocket.save()
    page = client.get(reverse("give") + "?equipe=bde").content.decode()
    assert re.search(r'value="general"[^>]*checked', page)
