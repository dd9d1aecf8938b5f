"""What does not add up in a statement, told in sentences and never repaired."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from fund.bank.amounts import readable
from fund.bank.statements import Entry, do_balances_follow

PROBLEMS: Final = {
    "balances": _(
        "Les soldes ne se suivent pas : %(opening)s au début, %(moved)s de mouvements,"
        " mais %(closing)s à la fin. Il manque peut-être des écritures."
    ),
    "balance_direction": _(
        "Le solde %(kind)s ne dit pas s’il est créditeur ou débiteur : il est lu comme créditeur."
    ),
    "balance_currency": _("Le solde %(kind)s est dans une autre devise que le compte : il est écarté."),
    "entry_currency": _(
        "Écriture %(entry)d : sa devise (%(currency)s) n’est pas celle du compte :"
        " elle n’est dans aucun total."
    ),
    "no_status": _(
        "Écriture %(entry)d : rien ne dit si elle est comptabilisée : elle n’est dans aucun total."
    ),
    "details_sum": _(
        "Écriture %(entry)d : ses détails font %(details)s et non %(amount)s. Vérifiez-la avec la banque."
    ),
    "details_currency": _(
        "Écriture %(entry)d : ses détails sont dans une autre devise que l’écriture."
        " Vérifiez-la avec la banque."
    ),
    "details_without_amount": _(
        "Écriture %(entry)d : des détails n’ont pas de montant : rapprochez-les à la main."
    ),
    "batch_count": _(
        "Écriture %(entry)d : le lot annonce %(announced)d opérations, le fichier en détaille %(found)d."
    ),
    "several_batches": _("Écriture %(entry)d : elle réunit plusieurs lots : rapprochez-la à la main."),
    "return_without_detail": _(
        "Écriture %(entry)d : c’est un retour, mais le fichier ne dit pas de quel paiement :"
        " rapprochez-la à la main."
    ),
}


def problem(code: str, **values: object) -> str:
    """The sentence ``code`` in the active language."""
    return str(PROBLEMS[code]) % values


def entry_problems(entry: Entry) -> list[str]:
    """Where the details of ``entry`` contradict it. A difference equal to the charges is none."""
    number = entry.index + 1
    found: list[str] = []
    announced = entry.batch.count if entry.batch is not None else None
    if announced is not None and len(entry.details) > 1 and announced != len(entry.details):
        found.append(problem("batch_count", entry=number, announced=announced, found=len(entry.details)))
    amounts = [detail.amount_cents for detail in entry.details if detail.amount_cents is not None]
    if len(amounts) < len(entry.details):
        found.append(problem("details_without_amount", entry=number))
    elif any(detail.currency != entry.currency for detail in entry.details):
        found.append(problem("details_currency", entry=number))
    elif entry.details and entry.amount_cents not in (
        sum(amounts),
        sum(amounts) - sum(detail.charges_cents for detail in entry.details),
    ):
        found.append(
            problem(
                "details_sum",
                entry=number,
                details=readable(sum(amounts), entry.currency),
                amount=readable(entry.amount_cents, entry.currency),
            )
        )
    return found


def balance_problems(
    opening: int | None, closing: int | None, booked: tuple[Entry, ...], currency: str
) -> list[str]:
    """One sentence when opening + booked entries is not the closing balance."""
    if opening is None or closing is None or do_balances_follow(opening, closing, booked):
        return []
    moved = sum(entry.amount_cents for entry in booked)
    return [
        problem(
            "balances",
            opening=readable(opening, currency),
            moved=readable(moved, currency),
            closing=readable(closing, currency),
        )
    ]
