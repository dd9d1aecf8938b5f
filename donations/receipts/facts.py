"""What a receipt says, whole, before it is drawn: plain values, kept under the receipt's own key as JSON."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from donations.givers import Address, Giver
from donations.models.gifts import Channel, Gift, GiverKind
from donations.models.receipts import ReceiptForm

# How the money came, in the three boxes of the forms.
CASH, CHEQUE, ACCOUNT = "cash", "cheque", "account"


@dataclass(frozen=True)
class Body:
    """Who receives and certifies: the foundation, with its object as the legal basis states it."""

    name: str
    siren: str
    street: str
    postcode: str
    town: str
    object_text: str


@dataclass(frozen=True)
class Payment:
    """One gift, or what stands of it, on the Paris day on which it was encashed."""

    received_on: date
    amount_cents: int
    reference: str
    means: str


@dataclass(frozen=True)
class Facts:
    """Everything on the paper. `check_url` is what its QR code leads to; `replaces` the number of a void receipt.

    `is_written_deed`: given under an agreement (acte sous seing privé), else handed over (don manuel).
    """

    reference: str
    form: str
    body: Body
    giver: Giver
    payments: tuple[Payment, ...]
    issued_on: date
    signer_name: str
    signer_quality: str
    check_url: str
    replaces: str = ""
    is_written_deed: bool = False

    @property
    def amount_cents(self) -> int:
        return sum(payment.amount_cents for payment in self.payments)

    @property
    def first_on(self) -> date:
        return min(payment.received_on for payment in self.payments)

    @property
    def last_on(self) -> date:
        return max(payment.received_on for payment in self.payments)

    @property
    def is_of_a_company(self) -> bool:
        return self.form == ReceiptForm.COMPANY

    @property
    def article(self) -> str:
        """Of the code général des impôts."""
        return "238 bis" if self.is_of_a_company else "200"

    @property
    def means(self) -> frozenset[str]:
        return frozenset(MEANS[payment.means] for payment in self.payments)


# Of a gift's means: which box, and the words in the list of payments (a receipt is always in French).
MEANS = {"card": ACCOUNT, "debit": ACCOUNT, "transfer": ACCOUNT, "online": ACCOUNT, "cheque": CHEQUE}
MEANS_WORDS = {
    "card": "carte bancaire",
    "debit": "prélèvement",
    "transfer": "virement",
    "online": "paiement en ligne",
    "cheque": "chèque",
}
_PROVIDERS_WORDS = {"card": "card", "sepa_debit": "debit"}


def means_of(gift: Gift) -> str:
    """A key of MEANS."""
    if gift.channel == Channel.ONLINE:
        return _PROVIDERS_WORDS.get(gift.paid_with, "online")
    return "cheque" if gift.channel == Channel.CHEQUE else "transfer"


def form_of(giver: Giver) -> str:
    return ReceiptForm.COMPANY if giver.kind == GiverKind.COMPANY else ReceiptForm.PERSON


def to_json(facts: Facts) -> dict[str, Any]:
    said = asdict(facts)
    said["issued_on"] = facts.issued_on.isoformat()
    for payment in said["payments"]:
        payment["received_on"] = payment["received_on"].isoformat()
    return said


def from_json(said: dict[str, Any]) -> Facts:
    giver = said["giver"]
    payments = [
        Payment(**{**payment, "received_on": date.fromisoformat(payment["received_on"])})
        for payment in said["payments"]
    ]
    return Facts(
        **{
            **said,
            "body": Body(**said["body"]),
            "giver": Giver(**{**giver, "address": Address(**giver["address"])}),
            "payments": tuple(payments),
            "issued_on": date.fromisoformat(said["issued_on"]),
        }
    )
