"""The chart of accounts (ANC 2018-06), as data, and what each account means for the published figures.

`figure` ties an account to the one definition of each published word (`reports/figures.py`); an account without a
figure moves money between places of the fund and never changes what is left.
"""

from dataclasses import dataclass

STRIPE = "51151"
CHEQUES = "5112"
BANK = "512"
INTERNAL_TRANSFER = "58"
GIFTS = "75411"
COMPANY_GIFTS = "7542"
FEES = "627"
AIDS = "6571"
AIDS_OWED = "4672"
DISPUTED_GIFTS = "4674"
SUSPENSE = "471"

RAISED, FEE, COMMITTED, OWED, DISPUTED = "raised", "fees", "committed", "owed", "disputed"


@dataclass(frozen=True)
class AccountLine:
    code: str
    label: str
    figure: str = ""


CHART = (
    AccountLine(STRIPE, "Paiements par carte à encaisser : Stripe"),
    AccountLine(CHEQUES, "Chèques à encaisser"),
    AccountLine(BANK, "Banque"),
    AccountLine(INTERNAL_TRANSFER, "Virements internes"),
    AccountLine(GIFTS, "Dons manuels", RAISED),
    AccountLine(COMPANY_GIFTS, "Mécénat", RAISED),
    AccountLine(FEES, "Services bancaires", FEE),
    AccountLine(AIDS, "Aides financières octroyées", COMMITTED),
    AccountLine(AIDS_OWED, "Aides accordées restant à verser", OWED),
    AccountLine(DISPUTED_GIFTS, "Dons contestés en attente", DISPUTED),
    AccountLine(SUSPENSE, "Compte d’attente"),
    AccountLine("195", "Fonds dédiés sur contributions financières d’autres organismes"),
    AccountLine("196", "Fonds dédiés sur ressources liées à la générosité du public"),
    AccountLine("6896", "Reports en fonds dédiés sur générosité du public"),
    AccountLine("7896", "Utilisations de fonds dédiés sur générosité du public"),
)

# What is left to grant = credits − debits over these accounts (raised − fees − granted − open disputes).
SPENDABLE_FIGURES = (RAISED, FEE, COMMITTED, DISPUTED)
