"""An attestation: the foundation confirms a gift, and promises nothing else. Not a word about taxes, no number.

It is what a donor has while no text lets the foundation give tax receipts, or without a complete address. Nothing of
it is kept: it says what stands of the gift on the day it is asked for.
"""

from dataclasses import dataclass
from datetime import date

from donations.givers import giver_of
from donations.models import Gift
from donations.receipts import queries
from donations.receipts.drawing import framed, long_date
from donations.receipts.facts import MEANS_WORDS, means_of
from donations.receipts.pen import BOLD, SIDE, SOFT, Page
from donations.receipts.words import amount_in_words
from fund import clock, vault
from fund.models import Foundation
from fund.money import format_euros


@dataclass(frozen=True)
class Attestation:
    """What it says. `amount_cents` is what stands of the gift, `given_cents` what was given."""

    foundation: str
    address: str
    town: str
    siren: str
    name: str
    reference: str
    means: str
    received_on: date
    given_cents: int
    amount_cents: int
    made_on: date


def attestation_of(gift: Gift) -> Attestation | None:
    """None for a gift that did not arrive, that is contested, of which nothing is left, or whose donor was erased."""
    foundation, cents = Foundation.objects.filter(pk=1).first(), queries.certifiable_cents(gift)
    if foundation is None or not cents or gift.succeeded_at is None:
        return None
    try:
        giver = giver_of(gift)
    except vault.Erased:
        return None
    return Attestation(
        foundation=foundation.legal_name,
        address=f"{foundation.street}, {foundation.postcode} {foundation.town}",
        town=foundation.town,
        siren=foundation.siren,
        name=giver.name,
        reference=gift.reference,
        means=MEANS_WORDS[means_of(gift)],
        received_on=clock.paris_date(gift.succeeded_at),
        given_cents=gift.amount_cents,
        amount_cents=cents,
        made_on=clock.today(),
    )


def draw_attestation(said: Attestation) -> bytes:
    """One A4 page in French; the same words on the same day give the same bytes."""
    page = Page(
        title=f"Attestation de don {said.reference}", author=said.foundation, subject="Attestation de don"
    )
    page.at(SIDE, said.foundation, size=11, font=BOLD)
    page.at_right(f"Don {said.reference}", size=10)
    page.rule(9)
    page.line(f"{said.address}. SIREN {said.siren}.", size=8, colour=SOFT)
    page.down(34)
    page.line("Attestation de don", size=18, font=BOLD)
    page.down(16)
    page.line(f"La fondation confirme avoir reçu, le {long_date(said.received_on)},", size=11)
    page.line(f"par {said.means}, un don de\u00a0:", size=11)
    page.down(12)
    page.line(framed(said.given_cents), size=17, font=BOLD)
    page.line(f"({amount_in_words(said.given_cents)})", size=11)
    page.down(8)
    page.line(f"Donateur\u00a0: {said.name}", size=11)
    if said.amount_cents != said.given_cents:
        back = format_euros(said.given_cents - said.amount_cents, "fr")
        page.down(8)
        left = format_euros(said.amount_cents, "fr")
        page.line(f"Depuis, {back} ont été rendus\u00a0: le don est aujourd’hui de {left}.", size=11)
    page.down(20)
    page.line("Ce don a été fait sans contrepartie.", size=11)
    page.down(20)
    page.line(f"Fait à {said.town}, le {long_date(said.made_on)}.", size=11)
    return page.finish()
