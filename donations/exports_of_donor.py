"""Everything the fund holds about one donor, as a file that a machine reads (RGPD art. 15 and 20): cents, ISO dates,
UTC instants, codes as the database has them."""

import json
from datetime import date, datetime
from typing import Any

from donations import givers, monthly_rules, space
from donations.givers import Giver
from donations.models import Donor, Gift, MonthlyGift, Receipt
from donations.models.gifts import WordsState
from donations.receipts.queries import receipts_of
from fund import clock, vault

FORMAT = "cagnotte-donor-1"


def donor_file(donor: Donor) -> bytes:
    """UTF-8 JSON. Raises vault.Erased."""
    content = {
        "format": FORMAT,
        "made_at": clock.moment(),
        "donor": {
            "email": vault.open_text_for(donor.subject_key, donor.email_sealed) if donor.email_sealed else "",
            "giver": _giver(givers.giver_as_last_told(donor)),
            "language": donor.language,
            "known_since": donor.created_at,
        },
        "gifts": [_gift(gift) for gift in space.gifts_of(donor).select_related("team", "words")],
        "monthly_gifts": [
            _monthly(row) for row in donor.monthly_gifts.select_related("pocket").order_by("pk")
        ],
        "receipts": [_receipt(receipt) for receipt in receipts_of(donor)],
        "preferences": list(
            donor.preference_choices.order_by("pk").values(
                "wants_news", "wording", "language", "chosen_from", "chosen_at"
            )
        ),
        "agreements": list(
            donor.agreements.order_by("pk").values("reference", "total_cents", "signed_on", "state")
        ),
    }
    return json.dumps(content, ensure_ascii=False, indent=1, default=_plain).encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _giver(giver: Giver) -> dict[str, Any]:
    return {
        "kind": giver.kind,
        "first_name": giver.first_name,
        "last_name": giver.last_name,
        "company": {"name": giver.company_name, "legal_form": giver.legal_form, "siren": giver.siren},
        "address": {
            "street": giver.address.street,
            "postcode": giver.address.postcode,
            "town": giver.address.town,
            "country": giver.address.country,
        },
    }


def _gift(gift: Gift) -> dict[str, Any]:
    words = getattr(gift, "words", None)
    said = vault.open_json_for(gift.donor.subject_key, words.text_sealed) if words else None
    return {
        "reference": gift.reference,
        "amount_cents": gift.amount_cents,
        "state": gift.state,
        "promised_at": gift.created_at,
        "received_at": gift.succeeded_at,
        "refunded_cents": gift.refunded_cents,
        "disputed_cents": gift.disputed_cents,
        "purpose": gift.pocket.code,
        "channel": gift.channel,
        "paid_with": gift.paid_with,
        "team": gift.team.slug if gift.team else "",
        "monthly_gift": gift.monthly_id,
        "giver": _giver(givers.giver_of(gift)),
        "words": {**said, "is_public": words.state == WordsState.APPROVED} if said and words else None,
        "refunds": list(gift.refunds.order_by("pk").values("amount_cents", "state", "happened_on")),
        "disputes": list(
            gift.disputes.order_by("pk").values("amount_cents", "state", "opened_on", "closed_on")
        ),
        "payment_ids": [
            name
            for attempt in gift.attempts.order_by("number")
            for name in (attempt.session_id, attempt.payment_intent_id)
            if name
        ],
    }


def _monthly(monthly: MonthlyGift) -> dict[str, Any]:
    changes = monthly.changes.order_by("pk").values(
        "kind", "amount_cents", "resumes_on", "asked_from", "state", "asked_at", "settled_at"
    )
    return {
        "number": monthly.pk,
        "amount_cents": monthly.amount_cents,
        "amounts_agreed_cents": sorted(monthly_rules.agreed_amounts(monthly)),
        "state": monthly.state,
        "purpose": monthly.pocket.code,
        "begun_at": monthly.created_at,
        "paused_until": monthly.paused_until,
        "stopped_at": monthly.stopped_at,
        "subscription_id": monthly.subscription_id,
        "changes": list(changes),
    }


def _receipt(receipt: Receipt) -> dict[str, Any]:
    return {
        "reference": receipt.reference,
        "form": receipt.form,
        "amount_cents": receipt.amount_cents,
        "first_on": receipt.first_on,
        "last_on": receipt.last_on,
        "issued_on": receipt.issued_on,
        "is_void": receipt.is_void,
        "pdf_sha256": receipt.pdf_sha256,
    }
