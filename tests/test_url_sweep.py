"""Every address × every role: who may, who may not, and that nobody forgot an address (rule 6, failures 32-35).

`MATRIX` is the whole truth, written by hand. A new address that is not in it fails the first test. PUBLIC answers
anyone; a set of roles lets only those in: the others get 403 or 404, a visitor without account the sign-in page.
"""

from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from aid_requests.committee.actions import cast_vote
from aid_requests.models import Decision, Declaration, Document
from donations import monthly_links, news_links
from donations.actions import Words
from donations.models import Gift, MonthlyGift, ProviderEvent
from fund import clock
from fund.models import BankStatement, PaymentOrder
from fund.treasury.batches import prepare_batch
from reports.addresses import ChartImage
from tests.aid_requests import every_page
from tests.aid_requests.committee import factories as files
from tests.donations import factories as gifts
from tests.donations import team_pages
from tests.donations.outside import addresses as outside
from tests.donations.receipts.factories import receipt_things
from tests.fund.treasury import factories as treasury
from tests.reports import factories as publications
from tests.second_factor import app_of

PUBLIC = None
DECIDERS = {"member1", "member2", "chair"}
PAYERS = {"treasurer", "signatory"}
STAFF = {
    "member1", "member2", "member3", "chair", "treasurer", "signatory", "referent", "other_referent",
    "national_referent", "communication", "auditor", "administrator",
}  # fmt: skip
# Open to a role before its second factor: where that factor is set up or given.
BEFORE_SECOND_FACTOR = {
    "mfa_index", "mfa_activate_totp", "mfa_app_picture", "mfa_add_webauthn", "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}  # fmt: skip
MATRIX: dict[str, set[str] | None] = {
    "healthz": PUBLIC,
    "home": PUBLIC,
    "totals_json": PUBLIC,
    "live_accounts": PUBLIC,
    "live_chart": PUBLIC,
    "decision_figures": PUBLIC,
    "publication_page": PUBLIC,
    "publication_chart": PUBLIC,
    "publication_file": PUBLIC,
    "set_display": PUBLIC,
    "give": PUBLIC,
    "gift_page": PUBLIC,  # behind a token that nobody can guess
    "gift_state": PUBLIC,
    "follow_gift": PUBLIC,
    "follow_picture": PUBLIC,
    "pay_again": PUBLIC,
    "monthly_link": PUBLIC,
    "monthly_page": PUBLIC,  # behind a signed link
    "monthly_card": PUBLIC,
    "stop_news": PUBLIC,
    "my_gifts": {"everyone"},
    "my_monthly": {"owner"},  # the only donor of the sweep
    "my_monthly_card": {"owner"},
    "my_details": {"owner"},
    "my_preferences": {"owner"},
    "my_data": {"owner"},
    "export_my_data": {"owner"},
    "erase_me": {"owner"},
    "stripe_webhook": PUBLIC,  # behind a signature
    "aid_home": PUBLIC,
    "eligibility": PUBLIC,
    "account_login": PUBLIC,
    "oidc_begin": PUBLIC,  # a page of its own only where a school's provider is set
    "oidc_return": PUBLIC,
    "oidc_sign_in": PUBLIC,
    "account_request_login_code": PUBLIC,
    "account_signup": PUBLIC,
    "account_confirm_login_code": PUBLIC,
    "account_logout": PUBLIC,
    "account_inactive": PUBLIC,
    "mfa_authenticate": PUBLIC,  # only behind a code that was just given
    "mfa_index": STAFF,
    "mfa_activate_totp": STAFF,
    "mfa_app_picture": STAFF,
    "mfa_add_webauthn": STAFF,
    "mfa_reauthenticate": STAFF,
    "mfa_reauthenticate_webauthn": STAFF,
    "mfa_view_recovery_codes": STAFF,
    "mfa_generate_recovery_codes": STAFF,
    "remove_factor": {"treasurer"},  # the factor of the sweep is the treasurer's
    "staff_list": {"administrator"},
    "reset_factors": {"administrator"},
    "demo": PUBLIC,
    "demo_become": PUBLIC,
    "demo_invented": PUBLIC,
    "demo_mailbox": PUBLIC,
    "demo_bank": PUBLIC,
    "demo_bank_answer": PUBLIC,
    "desk": {"everyone"},
    "my_requests": {"owner", "other_student"},
    "start_request": {"owner", "other_student"},
    "request_page": {"owner"},
    "keep_step": {"owner"},
    "my_address": {"owner", "other_student"},
    "request_you": {"owner"},
    "request_situation": {"owner"},
    "request_documents": {"owner"},
    "document_file": {"owner"},
    "request_account": {"owner"},
    "request_declare": {"owner"},
    "declaration_file": {"owner"},
    "decision_file": {"owner"},
    "request_correct": {"owner"},
    "request_withdraw": {"owner"},
    "request_reexamination": {"owner"},
    "request_other_account": {"owner"},
    "certification_list": {"referent", "other_referent", "national_referent"},
    "certify_request": {"referent", "national_referent"},
    "request_queue": DECIDERS | {"member3"},
    "request_review": DECIDERS,
    "cast_vote": DECIDERS,
    "recuse": DECIDERS,
    "review_document": DECIDERS,
    "treasury_desk": PAYERS | {"auditor"},
    "batch_list": PAYERS | {"auditor"},
    "batch_page": PAYERS | {"auditor"},
    "prepare_batch": {"treasurer"},
    "sign_batch": {"signatory"},
    "cancel_batch": PAYERS,
    "download_batch": PAYERS,
    "statement_list": PAYERS | {"auditor"},
    "statement_page": PAYERS | {"auditor"},
    "import_statement": {"treasurer"},
    "match_lines": {"treasurer"},
    "publication_list": {"communication", "auditor"},
    "publication_preview": {"communication", "auditor"},
    "preview_chart": {"communication", "auditor"},
    "draft_publication": {"communication"},
    "draft_erratum": {"communication"},
    "redraft_publication": {"communication"},
    "release_publication": {"communication"},
    "drop_publication": {"communication"},
    "message_list": {"communication"},
    "moderate_message": {"communication"},
    "gift_list": {"treasurer", "auditor"},
    "gift_story": {"treasurer", "auditor"},
    "read_giver": {"treasurer", "auditor"},
    "find_donor": {"treasurer", "auditor"},
    "export_gifts": {"treasurer", "auditor"},
    "dispute_list": {"treasurer", "auditor"},
    "refund_gift": {"treasurer"},
    "event_inbox": {"treasurer", "auditor", "administrator"},
    "event_page": {"treasurer", "auditor", "administrator"},
    "receipt_page": PUBLIC,  # behind a token that nobody can guess
    "receipt_file": PUBLIC,
    "check_receipt": PUBLIC,
    "attestation_page": PUBLIC,
    "attestation_file": PUBLIC,
    "receipt_list": {"treasurer", "auditor"},
    "start_receipt_run": {"treasurer"},
    "receipt_run": {"treasurer", "auditor"},
    "receipt_run_state": {"treasurer", "auditor"},
    "staff_receipt": {"treasurer", "auditor"},
    "download_receipt": {"treasurer", "auditor"},
    "void_receipt": {"treasurer"},
    "ask_receipt_anew": {"treasurer"},
    "correct_receipt": {"treasurer"},
    "legal_bases": {"administrator"},
    "end_legal_basis": {"administrator"},
    "giving_settings": {"administrator"},
    "card_alerts": {"treasurer", "administrator"},
    "see_card_alert": {"treasurer", "administrator"},
    **outside.MATRIX,
    **team_pages.MATRIX,
    **every_page.MATRIX,
}
# Addresses that only take a POST: the sweep sends one without any field, so that nothing can come of it.
POST_ONLY = every_page.POST_ONLY | outside.POST_ONLY | team_pages.POST_ONLY | {
    "monthly_card", "my_monthly_card", "export_my_data", "erase_me", "keep_step", "oidc_begin", "oidc_sign_in",
    "set_display", "see_card_alert", "pay_again", "stripe_webhook", "start_request", "request_correct",
    "request_withdraw", "cast_vote", "recuse", "review_document", "prepare_batch", "sign_batch", "cancel_batch",
    "download_batch", "import_statement", "match_lines", "demo_become", "demo_bank_answer", "account_logout",
    "moderate_message", "mfa_generate_recovery_codes", "remove_factor", "reset_factors", "start_receipt_run",
    "download_receipt", "void_receipt", "ask_receipt_anew", "end_legal_basis", "release_publication",
    "drop_publication", "read_giver", "find_donor", "export_gifts",
}  # fmt: skip
EVERYBODY = (
    "member1", "member2", "member3", "chair", "treasurer", "signatory", "referent", "other_referent",
    "national_referent", "communication", "auditor", "administrator", "owner", "other_student",
)  # fmt: skip


def names_of(patterns: list[URLPattern | URLResolver]) -> list[str]:
    names = []
    for pattern in patterns:
        names += names_of(pattern.url_patterns) if isinstance(pattern, URLResolver) else [str(pattern.name)]
    return names


def test_every_address_is_in_the_matrix():
    known = set(MATRIX) if settings.DEMO else {name for name in MATRIX if not name.startswith("demo")}
    assert set(names_of(get_resolver().url_patterns)) == known


@pytest.fixture
def world(foundation, pocket, people, school, other_school, treasury_money) -> SimpleNamespace:
    """One of each thing an address can name: all of one student of `school`, whose file is before the committee."""
    version = files.open_scheme()
    files.open_scheme("mobility-aid")
    applicant = files.make_applicant(school)
    request = files.make_file(version, applicant, people.national_referent)
    other = files.make_applicant(school, 2)
    paid = files.make_file(version, other, people.national_referent, number=2)
    for member in (people.member1, people.member2):
        cast_vote(by=member, request=paid, choice="grant", revision=paid.revision)
    due = PaymentOrder.objects.values_list("pk", flat=True)
    batch = prepare_batch(by=people.treasurer, order_ids=list(due))
    gift = gifts.make_gift(pocket, words=Words("Zoé", "Courage"))
    people.owner, people.other_student = applicant.user, other.user
    monthly = running_monthly_gift(pocket, applicant.user.email)
    own = {"token": request.token}
    return SimpleNamespace(
        people=people,
        kwargs={
            **addresses_of_gifts(gift, monthly),
            "request": own,
            "step": {**own, "step": "you"},
            "document": {**own, "document": Document.objects.filter(request=request).first().token},
            "declaration": {**own, "number": Declaration.objects.filter(request=request).first().pk},
            "decision": {"token": request.token, "number": Decision.objects.first().pk},
            "slug": {"slug": "mobility-aid"},
            "batch": {"number": batch.number},
            "statement": {"pk": BankStatement.objects.first().pk},
            "alert": {"pk": gifts.make_alert().pk},
            "event": {"pk": ProviderEvent.objects.first().pk},
            "person": {"pk": 1},
            **publications.addresses(people.auditor, people.administrator),
            **outside.addresses(people, pocket),
            **team_pages.addresses(people, applicant.user, pocket),
            **every_page.addresses(people, request),
            **receipt_things(people.administrator, pocket),
            "colleague": {"pk": people.treasurer.pk},
            "factor": {"pk": app_of(people.treasurer).pk},
        },
    )


def addresses_of_gifts(gift: Gift, monthly: MonthlyGift) -> dict[str, dict[str, object]]:
    return {
        "gift": {"token": gift.token},
        "monthly": {"token": monthly.token},
        "signed_monthly": {"signed": monthly_links.sign(monthly)},
        "news": {"signed": news_links.address_of(monthly.donor).split("/")[-2]},
        "follow_picture": {"token": gift.token, "image": ChartImage("part", "fr", "light")},
        "gift_reference": {"reference": gift.reference},
        "words": {"pk": gift.words.pk},
    }


def running_monthly_gift(pocket, email: str) -> MonthlyGift:
    monthly = gifts.make_gift(pocket, email=email, rhythm="monthly").monthly
    assert monthly is not None
    monthly.subscription_id = "sub_of_the_sweep"
    monthly.save(update_fields=["subscription_id"])
    return monthly


@pytest.fixture
def treasury_money(foundation, pocket, people):
    with clock.at(clock.DEMO_START), treasury.deposits_claimed(pocket):
        treasury.deposit(people.treasurer, 100_000)
        event = gifts.event("invoice.paid", {"id": "in_1", "object": "invoice"})
        gifts.post_event(event)
        yield


OBJECT_OF = {
    **outside.OBJECT_OF,
    **team_pages.OBJECT_OF,
    **every_page.OBJECT_OF,
    "monthly_page": "signed_monthly", "monthly_card": "signed_monthly", "stop_news": "news",
    "my_monthly": "monthly", "my_monthly_card": "monthly",
    "follow_gift": "gift", "follow_picture": "follow_picture",
    "gift_story": "gift_reference", "read_giver": "gift_reference", "refund_gift": "gift_reference",
    "receipt_page": "receipt_token", "receipt_file": "receipt_token", "check_receipt": "receipt_check",
    "attestation_page": "gift", "attestation_file": "gift", "receipt_run": "receipt_run",
    "receipt_run_state": "receipt_run", "staff_receipt": "receipt", "download_receipt": "receipt",
    "void_receipt": "receipt", "ask_receipt_anew": "receipt", "correct_receipt": "receipt", "end_legal_basis": "basis",
    "moderate_message": "words", "see_card_alert": "alert",
    "gift_page": "gift", "gift_state": "gift", "pay_again": "gift", "eligibility": "slug", "start_request": "slug",
    "keep_step": "step",
    "document_file": "document", "review_document": "document", "declaration_file": "declaration",
    "decision_file": "decision", "batch_page": "batch", "sign_batch": "batch", "cancel_batch": "batch",
    "download_batch": "batch", "statement_page": "statement", "event_page": "event", "demo_become": "person",
    "remove_factor": "factor", "reset_factors": "colleague",
    "live_chart": "live_chart", "publication_page": "publication", "publication_chart": "publication_chart",
    "publication_file": "publication_file", "draft_erratum": "publication", "publication_preview": "draft",
    "redraft_publication": "draft", "release_publication": "draft", "drop_publication": "draft",
    "preview_chart": "preview_chart",
}  # fmt: skip
OF_A_REQUEST = {
    "request_page", "request_you", "request_situation", "request_documents", "request_account", "request_declare",
    "request_correct", "request_withdraw", "request_reexamination", "request_other_account",
    "certify_request", "request_review", "cast_vote", "recuse",
}  # fmt: skip


def ask(client: Client, name: str, world: SimpleNamespace):
    kind = OBJECT_OF.get(name, "request" if name in OF_A_REQUEST else "")
    address = reverse(name, kwargs=world.kwargs.get(kind, {}))
    return client.post(address) if name in POST_ONLY else client.get(address)


def is_sign_in(response) -> bool:
    return response.status_code == 302 and response["Location"].startswith("/compte/connexion/")


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_who_may_and_who_may_not(name, world, client_of):
    allowed = MATRIX[name]
    visitor = ask(Client(), name, world)
    no_code_yet = name in ("account_confirm_login_code", "mfa_authenticate")
    leads_to_sign_in = allowed is not PUBLIC or no_code_yet
    assert is_sign_in(visitor) == leads_to_sign_in, f"{name}: a visitor got {visitor.status_code}"
    if allowed is PUBLIC:
        assert visitor.status_code < 500
        return
    for who in EVERYBODY:
        status = ask(client_of(getattr(world.people, who)), name, world).status_code
        if who in allowed or "everyone" in allowed:
            assert status not in (401, 403) and status < 500, f"{name}: {who} may, but got {status}"
        else:
            assert status in (403, 404), f"{name}: {who} may not, but got {status}"


def test_a_role_opens_nothing_before_its_second_factor(world):
    """Every private address, allowed or not: whoever signed in by a code alone is led to the second factor."""
    private = sorted(
        name for name in MATRIX if MATRIX[name] is not PUBLIC and name not in BEFORE_SECOND_FACTOR
    )
    for who in sorted(STAFF):
        client = Client()
        client.force_login(getattr(world.people, who), backend="django.contrib.auth.backends.ModelBackend")
        for name in private:
            response = ask(client, name, world)
            assert response.status_code == 302, f"{name}: {who} got {response.status_code}"
            assert response["Location"].startswith("/compte/second-facteur/"), f"{name}: {who}"


# What a stranger may send as often as he likes: signed by Stripe, or there in the demo only.
UNLIMITED = {"stripe_webhook", "demo_become", "demo_bank_answer", "demo_bank_outside"}


def test_whatever_a_stranger_can_send_is_limited(world):
    """A public address either refuses a POST, or says in the settings how often it takes one."""
    for name in sorted(name for name in MATRIX if MATRIX[name] is PUBLIC and name not in UNLIMITED):
        kind = OBJECT_OF.get(name, "request" if name in OF_A_REQUEST else "")
        status = Client().post(reverse(name, kwargs=world.kwargs.get(kind, {}))).status_code
        assert status in (404, 405) or name in settings.POST_LIMITS, f"{name} takes a POST without a limit"


@pytest.mark.parametrize("name", sorted(POST_ONLY))
def test_what_acts_does_not_answer_a_get(name, world, client_of):
    """A link, a robot or an image tag can only GET: it must reach nothing that acts."""
    if name == "account_logout":
        return
    kind = OBJECT_OF.get(name, "request" if name in OF_A_REQUEST else "")
    address = reverse(name, kwargs=world.kwargs.get(kind, {}))
    who = sorted(MATRIX[name] or {"owner"})[0]
    assert client_of(getattr(world.people, who)).get(address).status_code in (403, 404, 405)


def test_nothing_said_about_a_person_reaches_the_committee_or_the_payers(world, client_of):
    """Invariant 8: no name, street, school mark or account of the student in a page of who may not know it."""
    marks = [files.FIRST_NAME, files.LAST_NAME, files.EMAIL_NAME, files.STREET, files.IBAN, files.PAPER_NAME]
    pages = {
        "member1": ["request_queue", "request_review"],
        "chair": ["request_queue", "request_review"],
        "treasurer": [
            "treasury_desk",
            "batch_list",
            "batch_page",
            "statement_list",
            "statement_page",
            "event_inbox",
        ],
        "signatory": ["treasury_desk", "batch_page"],
        "auditor": ["treasury_desk", "batch_page", "statement_page", "event_page"],
    }
    for who, names in pages.items():
        for name in names:
            response = ask(client_of(getattr(world.people, who)), name, world)
            assert response.status_code == 200
            text = response.content.decode()
            assert [mark for mark in marks if mark in text] == [], f"{who} reads a person's data on {name}"
