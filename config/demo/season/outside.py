"""Money that comes by other ways: a deposit of cheques that waits for a second person, a transfer that is awaited.

Nothing of it counts yet: these gifts are promises when the visitor comes.
"""

import uuid

from donations.actions.pledging import Pledge
from donations.givers import Address, Giver
from donations.models import Deposit
from donations.outside.cheques import ChequeTold, add_cheque, close_deposit, open_deposit
from donations.outside.transfers import expect_transfer
from fund.models import Pocket, User

# First name, last name, street, postcode, town, euros, number of the cheque.
CHEQUES = (
    ("Alphonse", "Garrivaux", "8 rue de l’Essai", "37000", "Tours", 120, "0000041"),
    ("Mireille", "Sauvemont", "15 place de l’Exemple", "13000", "Marseille", 50, "0000187"),
    ("Honoré", "Plessivert", "6 impasse de la Fiction", "45000", "Orléans", 200, "0000023"),
)
BANK = "Banque d’essai"
SLIP = "7000412"


def type_cheques(treasurer: User) -> Deposit:
    """One deposit, typed whole and closed."""
    deposit, pocket = open_deposit(by=treasurer), Pocket.objects.get(code=Pocket.GENERAL)
    for first_name, last_name, street, postcode, town, euros, number in CHEQUES:
        giver = Giver(first_name, last_name, address=Address(street, postcode, town))
        told = ChequeTold(giver, euros * 100, pocket, number, BANK)
        add_cheque(by=treasurer, deposit=deposit, told=told, form_token=_token(f"cheque-{number}"))
    return close_deposit(by=treasurer, deposit=deposit, slip_number=SLIP)


def announce_transfer() -> None:
    """A donor says that 400 € will come, and is told which reference to copy."""
    giver = Giver("Edgar", "Malvoisille", address=Address("12 rue du Brouillon", "49000", "Angers"))
    pledge = Pledge(
        amount_cents=40_000,
        pocket=Pocket.objects.get(code=Pocket.GENERAL),
        first_name=giver.first_name,
        last_name=giver.last_name,
        email="edgar@donateurs.example",
        language="fr",
        giver=giver,
    )
    expect_transfer(pledge=pledge, form_token=_token("transfer"))


def _token(label: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"demo-outside-{label}")
