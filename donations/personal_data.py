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
        none="id slug name story goal_cents pocket school state created_at decided_at hidden_because",
        act="made_by decided_by",
    ),
    "teamtext": Columns(
        none="id team name story goal_cents state made_at decided_at refused_because", act="decided_by"
    ),
    "matchingoffer": Columns(
        none="id public_name numerator denominator cap_cents consumed_cents starts_on ends_on pocket team state "
        "form_token recorded_at confirmed_at ended_at",
        pseudonym="sponsor_key sponsor_index",
        act="recorded_by confirmed_by ended_by",
        subject_sealed="sponsor_sealed",
    ),
    "matchingshare": Columns(none="id offer granted_cents cents", pseudonym="gift"),
    "matchingchange": Columns(none="id share cents cause at"),
    "offerpayment": Columns(
        none="id offer recorded_at undone_at", pseudonym="gift", act="recorded_by undone_by"
    ),
    "monthlygift": Columns(
        none="id amount_cents pocket state created_at news_at stopped_at paused_at paused_until changed_at",
        pseudonym="token donor subscription_id",
    ),
    "monthlychange": Columns(
        none="id kind amount_cents resumes_on once asked_from tries idempotency_key state asked_at settled_at",
        pseudonym="monthly",
    ),
    "preferencechoice": Columns(
        none="id wants_news wording language chosen_from chosen_at", pseudonym="donor"
    ),
    "donorerasure": Columns(none="id erased_at receipts_kept", pseudonym="donor"),
    "givingsettings": Columns(
        none="id least_cents most_cents is_open closed_because declines_told declines_closing declines_from "
        "revision changed_at",
        act="changed_by",
    ),
    "chargesignal": Columns(
        none="id means is_declined happened_at", pseudonym="charge_id payment_intent_id gift card"
    ),
    "cardalert": Columns(
        none="id kind hour number raised_at seen_at", pseudonym="subject gift", act="seen_by"
    ),
    "deposit": Columns(
        none="id number reference slip_number state opened_at closed_at count total_cents confirmed_at credited_on "
        "line",
        act="opened_by closed_by confirmed_by",
    ),
    "cheque": Columns(
        none="id deposit form_token state recorded_at received_on contested_at undone_on debited_on",
        pseudonym="gift number",
        act="recorded_by received_by contested_by undone_by",
        subject_sealed="bank_sealed",
    ),
    "expectedtransfer": Columns(
        none="id form_token state created_at lapses_on", pseudonym="token reference gift"
    ),
    "transfertie": Columns(
        none="id line state made_at decided_at", pseudonym="expected gift", act="tied_by decided_by"
    ),
    "agreement": Columns(
        none="id form_token pocket total_cents signed_on state recorded_at decided_at",
        pseudonym="reference donor",
        act="recorded_by decided_by",
        subject_sealed="giver_sealed",
    ),
    "instalment": Columns(none="id agreement position due_on amount_cents", pseudonym="expected"),
    "giftwords": Columns(
        none="id state decided_at", pseudonym="gift", act="decided_by", subject_sealed="text_sealed"
    ),
    "receiptcounter": Columns(none="id issuer year last"),
    "receiptrun": Columns(
        none="id year started_at donors donors_done outcomes finished_at",
        pseudonym="last_donor",
        act="started_by",
    ),
    "receipt": Columns(
        none="id issuer year number form basis amount_cents first_on last_on issued_on issued_at run replaces "
        "pdf_sha256",
        pseudonym="donor token check_token key",
        act="issued_by",
        subject_sealed="facts_sealed pdf_sealed",
    ),
    "receiptline": Columns(none="id receipt amount_cents received_on is_live", pseudonym="gift"),
    "receiptvoid": Columns(none="id receipt reason voided_at", act="voided_by"),
    "debitfailure": Columns(none="id failed_at recorded_at", pseudonym="payment_id"),
    "comparisonswitch": Columns(none="id is_on turned_at"),
    "comparisonrun": Columns(none="id started_at finished_at checked repaired differing unreachable"),
    "comparisonfinding": Columns(none="id kind reason found_at closed_at", pseudonym="gift"),
    "monthclosing": Columns(none="id pocket month seal_number uncovered_cents closed_at"),
    "allocation": Columns(none="id closing scheme cause cents", pseudonym="gift"),
    "telling": Columns(none="id pocket since closing publication by_scheme told_at"),
    "refund": Columns(none="id line amount_cents state happened_on recorded_at", pseudonym="stripe_id gift"),
    "returntie": Columns(
        none="id line reason state made_at decided_at refund", pseudonym="gift", act="tied_by decided_by"
    ),
    "refundorder": Columns(
        none="id number form_token amount_cents reason risk_accepted idempotency_key tries state problem refund "
        "asked_at answered_at",
        pseudonym="gift payment_id stripe_id",
        act="asked_by",
    ),
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
