"""What a gift costs after tax, as the giving page may say it. Pure: integer cents, no database.

Said only where a tax receipt will be given and the giver pays taxes in France. The rates are the usual ones; the 75 %
of CGI 200, 1 ter is for bodies whose main work is meals, housing or care, and flat aid to students is none of these.
"""

from donations.models.gifts import GiverKind

# CGI 200, 1 (income tax, gifts to a fondation partenariale) and CGI 238 bis (companies, up to 2 000 000 € of gifts).
RATE_PERCENT = {GiverKind.PERSON.value: 66, GiverKind.COMPANY.value: 60}


def relief_cents(amount_cents: int, kind: str) -> int:
    """By how much the tax falls, in whole cents rounded down: nobody is promised a cent that does not come."""
    return amount_cents * RATE_PERCENT[kind] // 100


def cost_cents(amount_cents: int, kind: str) -> int:
    """What the gift costs in the end; with `relief_cents` it adds up to the gift, to the cent."""
    return amount_cents - relief_cents(amount_cents, kind)
