"""Every column of the donations' tables, by class (see `fund/privacy.py`)."""

from fund.privacy import Columns

PERSONAL_DATA = {
    "donor": Columns(
        none="language created_at",
        pseudonym="id subject_key email_fingerprint",
        subject_sealed="email_sealed identity_sealed",
    ),
    "gift": Columns(
        none="id form_token amount_cents pocket state created_at succeeded_at paid_twice_as refunded_cents "
        "disputed_cents giver_kind channel paid_with team",
        pseudonym="token reference donor monthly invoice_id",
        subject_sealed="giver_sealed",
    ),
    "team": Columns(
        none="id slug name story goal_cents pocket school state created_at decided_at",
        act="made_by decided_by",
    ),
    "monthlygift": Columns(
        none="id amount_cents pocket state created_at news_at stopped_at", pseudonym="donor subscription_id"
    ),
    "giftwords": Columns(
        none="id state decided_at", pseudonym="gift", act="decided_by", subject_sealed="text_sealed"
    ),
    "refund": Columns(none="id amount_cents state happened_on recorded_at", pseudonym="stripe_id gift"),
    "dispute": Columns(none="id amount_cents state opened_on closed_on due_at", pseudonym="stripe_id gift"),
    "paymentattempt": Columns(
        none="id number idempotency_key pay_url created_at", pseudonym="gift session_id payment_intent_id"
    ),
    "providerevent": Columns(
        none="id delivery_key event_id event_type api_version received_at occurred_at state reason note deliveries",
        pseudonym="object_id gift waits_for",
        sealed="payload_sealed",
    ),
}
