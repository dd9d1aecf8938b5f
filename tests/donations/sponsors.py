"""Matching offers, recorded and confirmed by two persons, and gifts of companies."""

import uuid
from datetime import date
from types import SimpleNamespace
from typing import Any

from donations.actions.offers import OfferTerms, confirm_offer, record_offer
from donations.givers import Address, Giver
from donations.models import Gift, MatchingOffer
from donations.models.gifts import GiverKind
from fund.models import Pocket
from tests.donations.factories import event, make_gift, session_of, take_event

SIREN, OTHER_SIREN = "732829320", "552100554"


def company(siren: str = SIREN) -> Giver:
    return Giver(
        "Zoé",
        "Essai",
        kind=GiverKind.COMPANY,
        company_name="Atelier d’essai",
        legal_form="SAS",
        siren=siren,
        address=Address("1 rue de l’Essai", "75001", "Paris"),
    )


def terms(**values: Any) -> OfferTerms:
    """One euro for each euro, up to 1 000 €, in May, for every gift, unless told otherwise."""
    given = {
        "sponsor": company(),
        "public_name": "Atelier d’essai",
        "numerator": 1,
        "denominator": 1,
        "cap_cents": 100_000,
        "starts_on": date(2020, 5, 1),
        "ends_on": date(2020, 5, 31),
    }
    return OfferTerms(**{**given, **values})


def recorded_offer(people: SimpleNamespace, **values: Any) -> MatchingOffer:
    return record_offer(by=people.treasurer, terms=terms(**values), form_token=uuid.uuid4())


def make_offer(people: SimpleNamespace, **values: Any) -> MatchingOffer:
    return confirm_offer(by=people.administrator, offer=recorded_offer(people, **values))


def pay(gift: Gift) -> Gift:
    take_event(event("checkout.session.completed", session_of(gift)))
    gift.refresh_from_db()
    return gift


def given(pocket: Pocket, cents: int, **values: Any) -> Gift:
    """A gift that arrived."""
    return pay(make_gift(pocket, amount_cents=cents, **values))


def given_by_company(pocket: Pocket, cents: int, siren: str = SIREN) -> Gift:
    return given(pocket, cents, giver=company(siren), email=f"{siren}@entreprise.example")
