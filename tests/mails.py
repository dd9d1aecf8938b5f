"""Every mail that the application writes, with what it may be told: the texts are tried in both languages."""

from datetime import date

from fund import clock

LINK = "https://fund.example"
CONTACTS = ("", "contact@fund.example")

MAILS: dict[str, list[dict[str, object]]] = {
    "sign_in_code": [{"code": "123456", "site_url": "https://fund.example"}],
    "advance_late": [{"reference": "U-1", "ratify_by": date(2020, 5, 30), "link": LINK}],
    "address_code": [{"code": "123456", "link": LINK}],
    "address_changed": [{"site_url": LINK}],
    "address_replaced": [{"site_url": LINK}],
    "second_factor_changed": [{"site_url": "https://fund.example"}],
    "signature_code": [{"code": "123456", "reference": "U-1", "link": "https://fund.example"}],
    "gift_thanks": [
        {"amount_cents": 5_000, "reference": "D-1", "received_at": clock.DEMO_START, "contact": contact}
        for contact in ("", "contact@fund.example")
    ],
    "giving_closed": [{"declines": declines, "link": "https://fund.example"} for declines in (1, 60)],
    "gift_refunded": [
        {
            "amount_cents": 5_000,
            "reference": "D-1",
            "link": "https://fund.example",
            "contact": "contact@fund.example",
        }
    ],
    "monthly_missed": [{"amount_cents": 5_000, "contact": "contact@fund.example"}],
    "monthly_stopped": [{"amount_cents": 5_000, "contact": "contact@fund.example"}],
    "message_waiting": [{"reference": "U-1", "link": LINK}],
    "request_moved": [
        {"event": event, "reference": "U-1", "today": date(2020, 5, 15)}
        for event in (
            "submitted",
            "certified",
            "enrolment",
            "decided",
            "returned",
            "paid",
            "correction",
            "advance",
        )
    ]
    + [
        {"event": event, "reference": "U-1", "today": date(2020, 5, 15), "until": date(2020, 6, 14)}
        for event in ("papers", "paper_reminder", "adjourned")
    ],
    "sitting_news": [
        {
            "event": event,
            "is_consultation": is_consultation,
            "when": clock.DEMO_START,
            "files": files,
            "is_second_call": files == 1,
            "link": LINK,
        }
        for event, is_consultation, files in (
            ("convened", False, 1),
            ("convened", False, 3),
            ("convened", True, 1),
            ("convened", True, 3),
            ("cancelled", False, 3),
        )
    ],
    "invitation": [{"link": LINK, "last_day": date(2020, 6, 30)}],
    "gift_undone": [
        {"amount_cents": 5_000, "link": LINK, "give": LINK, "contact": contact} for contact in CONTACTS
    ],
    "monthly_changed": [
        {
            "kind": kind,
            "amount_cents": 5_000,
            "resumes_on": resumes_on,
            "link": LINK,
            "contact": "contact@fund.example",
        }
        for kind, resumes_on in (
            ("amount", None),
            ("resume", None),
            ("pause", None),
            ("pause", date(2020, 7, 1)),
        )
    ],
    "monthly_link": [{"amount_cents": 5_000, "link": LINK}],
    "monthly_refused": [{"amount_cents": 5_000, "link": LINK, "contact": contact} for contact in CONTACTS],
    "news_chosen": [{"link": LINK}],
    "receipt_ready": [{"number": "2020-000001", "link": LINK, "contact": contact} for contact in CONTACTS],
    "receipt_void": [
        {
            "number": "2020-000001",
            "new_number": new,
            "reason": reason,
            "link": LINK,
            "contact": "contact@fund.example",
        }
        for reason in ("refund", "dispute", "undone", "restored", "identity", "asked", "error")
        for new in ("", "2020-000002")
    ],
    "team_read": [{"link": LINK}],
    "representative_link": [{"link": LINK}],
    "representative_code": [{"code": "123456"}],
    "typed_request": [{"link": LINK, "lapses_on": date(2020, 6, 14)}],
    "typed_request_lapsed": [{"link": LINK, "lapses_on": date(2020, 6, 14)}],
    "transfer_expected": [
        {"amount_cents": 5_000, "name": "X", "iban": "FR76", "reference": "R-1", "link": LINK}
    ],
}
