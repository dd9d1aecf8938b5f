"""What the database itself refuses in this app's tables: rows that are only added, columns that never change."""

from fund import guards
from fund.guards import Frozen

ONLY_ADDED = (
    "donations_preferencechoice",
    "donations_donorerasure",
    "donations_monthclosing",
    "donations_allocation",
    "donations_telling",
    "donations_matchingchange",
)
FROZEN = (
    Frozen(
        "donations_gift", ("amount_cents", "pocket_id", "donor_id", "form_token", "giver_kind", "channel")
    ),
    Frozen("donations_paymentattempt", ("gift_id", "number", "idempotency_key")),
    Frozen("donations_paymentattempt", ("session_id",), "OLD.session_id IS NOT NULL"),
    Frozen("donations_providerevent", ("delivery_key", "event_id", "event_type", "payload_sealed")),
    Frozen("donations_refund", ("stripe_id", "line_id", "gift_id", "amount_cents", "happened_on")),
    Frozen("donations_dispute", ("stripe_id", "gift_id", "amount_cents", "opened_on")),
    Frozen(
        "donations_refundorder",
        ("gift_id", "number", "form_token", "amount_cents", "reason", "payment_id", "asked_by_id"),
    ),
    Frozen("donations_monthlygift", ("pocket_id", "donor_id")),
    Frozen(
        "donations_monthlychange", ("monthly_id", "kind", "amount_cents", "resumes_on", "once", "asked_at")
    ),
    Frozen("donations_gift", ("invoice_id",), "OLD.invoice_id IS NOT NULL"),
    Frozen("donations_giftwords", ("gift_id", "text_sealed")),
    Frozen(
        "donations_matchingoffer",
        (
            "sponsor_key_id",
            "sponsor_sealed",
            "sponsor_index",
            "public_name",
            "numerator",
            "denominator",
            "cap_cents",
            "starts_on",
            "ends_on",
            "pocket_id",
            "team_id",
            "recorded_by_id",
        ),
    ),
    Frozen("donations_matchingshare", ("offer_id", "gift_id", "granted_cents")),
    Frozen("donations_offerpayment", ("offer_id", "gift_id", "recorded_by_id")),
    Frozen("donations_teamtext", ("team_id", "name", "story", "goal_cents", "made_at")),
)


def keep() -> None:
    """Declares them to the guards; called once the app is ready."""
    guards.keep_append_only(*ONLY_ADDED)
    for frozen in FROZEN:
        guards.keep_frozen(frozen)
