"""The companies of the season: two matching offers and an agreement. Their SIREN pass the check and are nobody's."""

import uuid
from datetime import date

from donations.actions.offers import OfferTerms, confirm_offer, record_offer
from donations.givers import Address, Giver
from donations.models import MatchingOffer, Team
from donations.models.gifts import GiverKind
from donations.outside.agreements import AgreementTold, record_agreement
from fund.models import Pocket, User

# Contact, name, legal form, SIREN, street, postcode, town.
JOINER = (
    "Solène",
    "Orvaldelle",
    "Menuiserie Orvaldelle",
    "SAS",
    "999999980",
    "1 rue de l’Essai",
    "59000",
    "Lille",
)
CANNER = (
    "Maxence", "Trévazelle", "Conserverie Trévazelle", "SA", "999999972", "9 allée des Modèles", "44000", "Nantes",
)  # fmt: skip
SURVEYOR = (
    "Judith", "Brumecourt", "Cabinet Brumecourt", "SARL", "999999964", "5 rue du Brouillon", "38000", "Grenoble",
)  # fmt: skip
CLOSES_ON = date(2020, 6, 30)


def company(facts: tuple[str, ...]) -> Giver:
    first_name, last_name, name, legal_form, siren, *address = facts
    return Giver(first_name, last_name, GiverKind.COMPANY, name, legal_form, siren, Address(*address))


class Sponsoring:
    """`treasurer` records; `second` confirms what does not wait."""

    def __init__(self, treasurer: User, second: User) -> None:
        self.treasurer = treasurer
        self.second = second

    def match_team(self, team: Team) -> None:
        """A euro for a euro given on one team's page, up to 1 500 €."""
        sponsor = company(JOINER)
        terms = OfferTerms(
            sponsor, sponsor.company_name, 1, 1, 150_000, date(2020, 4, 6), CLOSES_ON, team=team
        )
        confirm_offer(by=self.second, offer=self._record(terms))

    def offer_to_all(self) -> None:
        """Half a euro for each euro, up to 2 000 €: it waits for its second person."""
        sponsor = company(CANNER)
        self._record(OfferTerms(sponsor, sponsor.company_name, 1, 2, 200_000, date(2020, 5, 15), CLOSES_ON))

    def _record(self, terms: OfferTerms) -> MatchingOffer:
        return record_offer(by=self.treasurer, terms=terms, form_token=_token(terms.public_name))

    def record_agreement(self) -> None:
        """6 000 € in three instalments, signed on paper: it waits for its second person."""
        told = AgreementTold(
            giver=company(SURVEYOR),
            pocket=Pocket.objects.get(code=Pocket.GENERAL),
            total_cents=600_000,
            signed_on=date(2020, 5, 12),
            instalments=tuple((date(2020, month, 15), 200_000) for month in (6, 7, 9)),
            email="mecenat@brumecourt.example",
        )
        record_agreement(by=self.treasurer, told=told, form_token=_token("agreement"))


def _token(label: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"demo-sponsor-{label}")
