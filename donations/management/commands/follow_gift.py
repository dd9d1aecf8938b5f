"""`manage.py follow_gift REFERENCE [--json]`: which aid one gift paid, month by month, as the books have it."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from donations.allocation.account import Account, account_of
from donations.models import Gift
from fund.money import plain_euros


class Command(BaseCommand):
    """Exit status 1 for a reference that no gift has. Nothing is written.

    It shows every share, also those that donors are not told of: for who keeps the fund, not for a page.
    """

    help = "Tells which aid one gift paid, month by month."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            gift = self._gift(options["reference"])
            account = account_of(gift)
        if options["json"]:
            self.stdout.write(json.dumps(account.as_json(), ensure_ascii=False))
        else:
            self._tell(account)

    def _gift(self, reference: str) -> Gift:
        # An argument that is not UTF-8 comes with lone surrogates.
        found = (
            Gift.objects.select_related("pocket").filter(reference=reference)
            if reference.isprintable()
            else []
        )
        for gift in found:
            return gift
        raise CommandError("Aucun don ne porte cette référence.")

    def _tell(self, account: Account) -> None:
        self.stdout.write(f"{account.reference} {account.state} {account.pocket}")
        for name in ("amount", "returned", "fees", "allocated", "unspent"):
            self.stdout.write(f"{name:<10}{plain_euros(getattr(account, f'{name}_cents')):>14}")
        for line in account.lines:
            self.stdout.write(f"{line.month} {line.cause:<10}{plain_euros(line.cents):>14}  {line.scheme}")
