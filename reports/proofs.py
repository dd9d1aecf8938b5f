"""What `check_ledger` proves about the published figures: they are sums of entries and agree with each other."""

from collections.abc import Iterator

from fund import balances, registry
from fund.models import Pocket
from reports.figures import read_figures


def register() -> None:
    registry.register_check("figures", figures_agree)


def figures_agree() -> Iterator[str]:
    """left is what a spender may spend; the pockets add up to the whole."""
    whole = read_figures()
    if whole.left_cents != balances.left_cents():
        yield f"left: {whole.left_cents} cents shown, {balances.left_cents()} cents spendable."
    parts = sum(read_figures(pocket).left_cents for pocket in Pocket.objects.all())
    if parts != whole.left_cents:
        yield f"left: {whole.left_cents} cents in all, {parts} cents over the pockets."
    if whole.promised_cents < 0 or whole.given_cents < 0:
        yield f"promised {whole.promised_cents} or given {whole.given_cents} cents is below zero."
