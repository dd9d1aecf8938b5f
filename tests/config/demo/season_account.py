"""Loads the demo into the database that DATABASE_URL names, in a process of its own, and prints what it then tells.

`python -m tests.config.demo.season_account` → one JSON object: figures, ledger, counts by state, publications.
"""

import json
import re
import sys
import time
from collections import Counter
from typing import Any

import django

django.setup()

# What follows reads models: it can only be imported once the settings are.
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from aid_requests.models import (  # noqa: E402
    AidRequest,
    CallBack,
    Correction,
    Decision,
    InvitationList,
    Message,
    Reexamination,
    RegisterImport,
    RepresentativeLink,
    SchemeDraft,
    SchoolDoor,
    Sitting,
    TypedRequest,
    UnfinishedStep,
    Vote,
)
from config.demo import cast, loading  # noqa: E402
from donations import teams  # noqa: E402
from donations.actions.pledging import fingerprint_of  # noqa: E402
from donations.models import (  # noqa: E402
    Agreement,
    Allocation,
    Deposit,
    Dispute,
    ExpectedTransfer,
    Gift,
    GiftWords,
    MatchingOffer,
    MonthClosing,
    MonthlyGift,
    Receipt,
    Refund,
    Team,
    Telling,
)  # fmt: skip
from fund import registry  # noqa: E402
from fund.models import BankLine, Movement, PaymentBatch, PaymentOrder  # noqa: E402
from reports.figures import read_days, read_figures  # noqa: E402
from reports.models import Publication  # noqa: E402

# What the payment stand-in draws by chance, as a real provider would: told apart by the order of appearance only.
_PROVIDER_ID = re.compile(r"\b(cs_test|[a-z]{2,5})_[A-Za-z0-9]{24}\b")
WITH_STATES = (
    AidRequest, BankLine, Dispute, Gift, GiftWords, MonthlyGift, PaymentBatch, PaymentOrder, Refund,
)  # fmt: skip


def account() -> dict[str, Any]:
    """Everything that two machines must tell alike."""
    return {
        "figures": {name: value for name, value in read_figures().as_json().items() if name != "at"},
        "days": [[day.isoformat(), cents] for day, cents in read_days()],
        "states": {
            model.__name__: Counter(model.objects.order_by("state").values_list("state", flat=True))
            for model in WITH_STATES
        },
        "amounts": sorted(Gift.objects.values_list("amount_cents", flat=True)),
        "ledger": _ledger(),
        "publications": list(Publication.objects.order_by("pk").values_list("state", "number", "title")),
        "problems": _problems(),
        **_aid(),
        **_other_ways(),
        "meanwhile": _meanwhile(),
    }


def _other_ways() -> dict[str, Any]:
    """Teams, sponsors, receipts, what is awaited, and which months were closed."""
    pages = Team.objects.order_by("pk")
    totals = teams.totals_of(pages)
    receipts = Receipt.objects.order_by("pk").select_related("replaces")
    return {
        "teams": [[one.slug, one.state, totals[one.pk].raised_cents, totals[one.pk].gifts] for one in pages],
        "offers": list(
            MatchingOffer.objects.order_by("pk").values_list("state", "consumed_cents", "cap_cents")
        ),
        "receipts": [
            [
                one.reference,
                one.form,
                one.amount_cents,
                one.issued_on.isoformat(),
                one.void.reason if one.is_void else "",
            ]
            for one in receipts
        ],
        "replaced": [[one.replaces.reference, one.reference] for one in receipts if one.replaces],
        "deposits": list(Deposit.objects.order_by("pk").values_list("state", "count", "total_cents")),
        "transfers": list(ExpectedTransfer.objects.order_by("pk").values_list("state", "gift__amount_cents")),
        "agreements": list(Agreement.objects.order_by("pk").values_list("state", "total_cents")),
        "closings": [
            [f"{one.month:%Y-%m}", one.uncovered_cents, one.allocations.count()]
            for one in MonthClosing.objects.order_by("pk")
        ],
        "told": [
            f"{one.closing.month:%Y-%m}" for one in Telling.objects.order_by("pk").select_related("closing")
        ],
        "companies": list(Gift.objects.filter(giver_kind="company").values_list("amount_cents", flat=True)),
        "company_account": list(
            Movement.objects.filter(credit="7542").values_list("amount_cents", flat=True)
        ),
        "shown_share": Allocation.objects.filter(
            gift__donor__email_fingerprint=fingerprint_of(cast.DONOR[0])
        ).count(),
    }


def _meanwhile() -> dict[str, Any]:
    """What lies on the desks beside the requests."""
    lists = InvitationList.objects.order_by("pk")
    return {
        "registers": list(
            RegisterImport.objects.order_by("pk").values_list("school__code", "state", "found")
        ),
        "invitations": [[one.state, one.invitations.exclude(sent_at=None).count()] for one in lists],
        "calls": list(CallBack.objects.order_by("pk").values_list("school__code", "state")),
        "typed": list(TypedRequest.objects.order_by("pk").values_list("school__code", "state")),
        "messages": [[one.side, one.read_at is None] for one in Message.objects.order_by("pk")],
        "corrections": list(Correction.objects.order_by("pk").values_list("state", "fields")),
        "scheme_drafts": list(SchemeDraft.objects.order_by("pk").values_list("revision", "tree")),
        "doors": list(SchoolDoor.objects.order_by("pk").values_list("school__code", "code")),
        "half_typed": list(UnfinishedStep.objects.order_by("pk").values_list("step", "request__reference")),
        "links": list(
            RepresentativeLink.objects.order_by("pk").values_list("representative__request__reference")
        ),
    }


def _aid() -> dict[str, Any]:
    paid = PaymentOrder.objects.filter(state="debited", amount_cents=15_000)
    emergencies = AidRequest.objects.filter(state="paid", scheme_version__scheme__slug="emergency-aid")
    rows = AidRequest.objects.order_by("pk").values_list(
        "scheme_version__scheme__slug", "state", "amount_cents", "school__code", "reference"
    )
    votes = Vote.objects.order_by("pk").values_list("request__reference", "member__email", "choice")
    return {
        "requests": list(rows),
        "given_150": paid.values("payee_id").distinct().count(),
        "emergency_paid": emergencies.count(),
        "emergency_schools": emergencies.values("school").distinct().count(),
        "votes": list(votes),
        "decisions": Decision.objects.count(),
        "sittings": [
            [
                one.state,
                one.scheduled_at.isoformat(),
                list(one.items.values_list("request__reference", "state")),
            ]
            for one in Sitting.objects.order_by("pk")
        ],
        "refused_by": sorted(votes.filter(request__round=2).values_list("member__email", flat=True)),
        "reexaminations": Reexamination.objects.count(),
    }


def _ledger() -> list[list[str]]:
    """Everything that a movement says but when it was written down, and with it its hash."""
    seen: dict[str, str] = {}

    def told(text: str) -> str:
        return _PROVIDER_ID.sub(lambda found: seen.setdefault(found[0], f"{found[1]}#{len(seen)}"), text)

    rows = Movement.objects.order_by("pk").values_list(
        "cause_key", "debit", "credit", "amount_cents", "kind", "entry_ref", "occurred_on", "pocket__code", "scheme",
        "school__code", "subject_kind", "subject_id", "reverses",
    )  # fmt: skip
    return [[told(str(value)) for value in row] for row in rows]


def _problems() -> list[str]:
    with transaction.atomic():
        return [f"{name}: {line}" for name, check in registry.checks().items() for line in check()]


def main() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    began = time.process_time()
    loading.load(tell=lambda line: sys.stderr.write(f"{line} ({time.process_time() - began:.0f} s)\n"))
    json.dump(account(), sys.stdout)


if __name__ == "__main__":
    main()
