"""The payment stand-in: it answers as the provider does, its page pays once, its events arrive or are tried again."""

import json
import re
from datetime import timedelta

import pytest
import stripe
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse, set_urlconf
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from config.demo import delivery, pay_handler, pay_page, payments
from config.demo.mailbox import MailboxBackend
from config.demo.models import MailboxMail, StandInDelivery, StandInObject
from config.demo.stripe_client import nested
from donations.actions import paying
from donations.models import Gift
from fund import clock, registry
from tests.conftest import shared_data
from tests.donations.factories import make_gift, post_raw
from tests.standin import events

pytestmark = pytest.mark.django_db

SESSION = {
    "mode": "payment",
    "success_url": "http://testserver/ok",
    "cancel_url": "http://testserver/no",
    "line_items": [{"quantity": 1, "price_data": {"currency": "eur", "unit_amount": 5_000}}],
}


@pytest.fixture
def session(provider):
    return provider.v1.checkout.sessions.create(SESSION)


# The interface ----------------------------------------------------------------------------------------------


def test_the_form_encoding_of_the_library_is_read_back():
    assert nested("a=1&b[c]=2&d[0][e][f]=3&d[1]=4") == {
        "a": "1",
        "b": {"c": "2"},
        "d": [{"e": {"f": "3"}}, "4"],
    }


def test_a_session_can_be_made_read_and_expired_once(provider, session):
    assert (session.status, session.amount_total, session.payment_status) == ("open", 5_000, "unpaid")
    assert provider.v1.checkout.sessions.retrieve(session.id).url == session.url
    assert provider.v1.checkout.sessions.expire(session.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError, match="status of open"):
        provider.v1.checkout.sessions.expire(session.id)
    assert events() == ["checkout.session.expired"]


def test_the_same_key_gets_the_same_answer_and_other_parameters_an_error(provider):
    options = {"idempotency_key": "k1"}
    first = provider.v1.checkout.sessions.create(SESSION, options)
    assert provider.v1.checkout.sessions.create(SESSION, options).id == first.id
    with pytest.raises(stripe.IdempotencyError):
        provider.v1.checkout.sessions.create({**SESSION, "locale": "en"}, options)
    assert StandInObject.objects.filter(kind="checkout.session").count() == 1


@pytest.mark.parametrize("changes", [{"mode": "subscription"}, {"line_items": []}, {"success_url": None}])
def test_wrong_parameters_are_refused_by_the_librarys_own_error(provider, changes):
    with pytest.raises(stripe.InvalidRequestError):
        provider.v1.checkout.sessions.create({**SESSION, **changes})


def test_less_than_fifty_cents_is_refused(provider):
    price = {"currency": "eur", "unit_amount": 49}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        provider.v1.checkout.sessions.create(
            {**SESSION, "line_items": [{"quantity": 1, "price_data": price}]}
        )
    assert refused.value.code == "amount_too_small"


def test_what_is_not_played_and_what_does_not_exist_are_told(provider):
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        provider.v1.customers.create({})
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent") as missing:
        provider.v1.payment_intents.retrieve("pi_none")
    assert missing.value.http_status == 404


def test_a_payment_can_be_read_down_to_its_balance_transaction(provider, session):
    paid = payments.pay_by_card(session.id)
    found = provider.v1.payment_intents.retrieve(
        paid["payment_intent"], {"expand": ["latest_charge.balance_transaction"]}
    ).to_dict()
    entry = found["latest_charge"]["balance_transaction"]
    assert (entry["amount"], entry["fee"], entry["net"]) == (5_000, 100, 4_900)
    plain = provider.v1.payment_intents.retrieve(paid["payment_intent"])
    assert plain.latest_charge == found["latest_charge"]["id"]


def test_payouts_can_be_made_listed_and_taken_apart(provider, session):
    payments.pay_by_card(session.id)
    made = provider.v1.payouts.create({"amount": 4_900, "currency": "eur"})
    entries = provider.v1.balance_transactions.list({"payout": made.id}).data
    assert provider.v1.payouts.retrieve(made.id).amount == provider.v1.payouts.list().data[0].amount == 4_900
    assert sum(entry.net for entry in entries) == 0
    with pytest.raises(stripe.InvalidRequestError, match="nothing to pay out"):
        provider.v1.payouts.create({"amount": 1, "currency": "eur"})


@pytest.mark.parametrize(
    ("amount", "fee"), [(100, 27), (2_000, 55), (5_000, 100), (33, 25), (34, 26), (12_345, 210)]
)
def test_the_fee_is_rounded_half_up_in_whole_cents(amount, fee):
    assert payments.fee_cents(amount) == fee


@pytest.mark.shared
@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("checkout.session", "checkout.session"),
        ("payment_intent", "payment_intent"),
        ("charge", "charge"),
        ("balance_transaction", "balance_transaction"),
        ("payout", "payout"),
    ],
)
def test_the_objects_have_no_field_that_the_providers_own_do_not(provider, session, kind, file):
    payments.pay_by_card(session.id)
    payments.make_payout()
    known = json.loads(shared_data("stripe", "objects-2026-07-29.dahlia", f"{file}.json").read_text())
    # Fields of the newest interface that the sample objects do not show.
    newer = {"payment_intent_data", "payout"}
    for row in StandInObject.objects.filter(kind=kind):
        assert set(row.body) - set(known) - newer == set()


# Paying -----------------------------------------------------------------------------------------------------


def test_each_act_announces_what_the_provider_would_and_a_second_time_nothing(session):
    for _turn in range(2):
        payments.pay_by_card(session.id)
    assert events() == ["payment_intent.succeeded", "checkout.session.completed"]
    assert payments.start_debit(session.id)["payment_status"] == "paid"
    assert payments.confirm_debit(session.id)["payment_status"] == "paid"
    assert len(events()) == 2


def test_a_debit_waits_until_the_bank_answers_or_a_minute_has_passed(session):
    payments.start_debit(session.id)
    assert payments.confirm_waiting_debits() == "0 debits confirmed"
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert payments.confirm_waiting_debits() == "1 debits confirmed"
        assert payments.confirm_waiting_debits() == "0 debits confirmed"
    assert events()[-1] == "checkout.session.async_payment_succeeded"


def test_a_refused_debit_stays_refused(session):
    payments.start_debit(session.id)
    payments.refuse_debit(session.id)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        payments.confirm_waiting_debits()
    assert events()[-1] == "checkout.session.async_payment_failed"


def test_nobody_can_pay_a_session_that_does_not_exist(db):
    with pytest.raises(payments.NoSuchSession):
        payments.pay_by_card("cs_none")


# The page -----------------------------------------------------------------------------------------------------


def ask(method: str, path: str, **data: str) -> tuple[int, dict[str, str], str]:
    """A request through the second origin's own handler: status, headers, body."""
    factory = RequestFactory()
    request = factory.post(path, data) if method == "POST" else factory.get(path)
    try:
        response = pay_handler.make_application().get_response(request)
    finally:
        set_urlconf(None)  # in real life the two origins are two processes
    assert isinstance(response, HttpResponse) and not response.cookies
    return response.status_code, dict(response.items()), response.content.decode()


def page_of(session) -> str:
    return f"/payer/{session.id}"


def mark_in(body: str) -> str:
    found = re.search(r'name="mark" value="([^"]+)"', body)
    assert found
    return found[1]


@pytest.fixture
def open_page(session):
    """The page's path and a mark of it."""
    return page_of(session), mark_in(ask("GET", page_of(session))[2])


def test_the_pay_page_stands_alone_under_its_own_policy(session, settings, client):
    status, headers, body = ask("GET", page_of(session))
    assert status == 200
    assert "50,00\u00a0€" in body and "Aucun argent ne circule" in body
    assert "<script" not in body
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and f"form-action 'self' {settings.SITE_URL}" in policy
    assert headers["Cache-Control"] == "no-store"
    assert client.get(page_of(session)).status_code == 404  # the site itself does not serve it


def test_a_double_click_pays_once_and_leads_back(open_page):
    path, mark = open_page
    answers = [ask("POST", path, choice="card", mark=mark) for _turn in range(2)]
    assert [(status, headers["Location"]) for status, headers, _body in answers] == [
        (302, "http://testserver/ok")
    ] * 2
    assert StandInObject.objects.filter(kind="charge").count() == 1


def test_a_declined_card_stays_on_the_page_and_a_double_click_declines_once(open_page):
    path, mark = open_page
    for _turn in range(2):
        status, _headers, body = ask("POST", path, choice="decline", mark=mark)
        assert status == 200 and "La carte est refusée." in body
    assert events() == ["payment_intent.payment_failed"]
    assert ask("POST", path, choice="card", mark=mark_in(body))[0] == 302


def test_a_debit_leads_back_and_the_page_then_lets_the_bank_answer(open_page):
    path, mark = open_page
    assert ask("POST", path, choice="debit", mark=mark)[0] == 302
    body = ask("GET", path)[2]
    assert "La banque confirme" in body
    assert ask("POST", path, choice="bank_confirms", mark=mark_in(body))[0] == 302
    assert "C’est déjà payé" in ask("GET", path)[2]


def test_the_page_of_a_paid_debit_lets_its_bank_take_it_back_once(open_page):
    path, mark = open_page
    for choice in ("debit", "bank_confirms", "bank_takes_back", "bank_takes_back"):
        assert ask("POST", path, choice=choice, mark=mark)[0] == 302
        body = ask("GET", path)[2]
        assert ("La banque reprend le prélèvement" in body) == (choice == "bank_confirms")
        mark = mark_in(body) if 'name="mark"' in body else mark
    assert "La banque a repris ce prélèvement." in body
    assert events().count("charge.failed") == 1


def test_a_card_payment_is_not_taken_back(open_page):
    path, mark = open_page
    ask("POST", path, choice="card", mark=mark)
    body = ask("GET", path)[2]
    assert "La banque reprend" not in body
    assert pay_page.take_debit_back(path.rpartition("/")[2])["payment_status"] == "paid"


def test_a_form_that_this_page_did_not_make_pays_nothing(open_page):
    path, mark = open_page
    assert ask("POST", path, choice="card", mark="forged")[0] == 400
    assert ask("POST", path, choice="everything", mark=mark)[0] == 400
    assert ask("POST", path, choice="card")[0] == 400
    assert events() == []


def test_a_closed_page_says_so_and_takes_nothing(provider, session):
    provider.v1.checkout.sessions.expire(session.id)
    assert "Cette page de paiement est fermée" in ask("GET", page_of(session))[2]


def test_an_unknown_address_is_a_plain_404(db):
    for path in ("/payer/cs_none", "/", "/don/"):
        status, headers, body = ask("GET", path)
        assert status == 404 and "n’existe pas" in body and "Content-Security-Policy" in headers


def test_the_pay_page_does_not_exist_outside_the_demo(settings):
    settings.DEMO = False
    with pytest.raises(RuntimeError, match="DEMO"):
        pay_handler.make_application()


# Delivery -----------------------------------------------------------------------------------------------------


@pytest.fixture
def paid(pocket):
    """A gift paid at the stand-in, its events not delivered yet."""
    gift = make_gift(pocket)
    payments.pay_by_card(paying.start_payment(gift=gift).rpartition("/")[2])
    return gift


def to_the_test_client(address: str, body: bytes, header: str) -> int:
    assert address.endswith(reverse("stripe_webhook"))
    return post_raw(body, header=header).status_code


@pytest.mark.usefixtures("proved")
def test_delivered_events_are_signed_taken_and_confirm_the_gift(paid):
    for row in StandInDelivery.objects.order_by("pk"):
        assert delivery.deliver(row, post=to_the_test_client)
    assert Gift.objects.get().state == "succeeded"
    assert set(StandInDelivery.objects.values_list("last_status", "tries")) == {("200", 1)}


def test_an_event_is_queued_with_what_it_announces(paid):
    queued = DBTaskResult.objects.filter(task_path__endswith="deliver_event")
    assert [task.args_kwargs["args"] for task in queued.order_by("enqueued_at")] == [
        [pk] for pk in StandInDelivery.objects.order_by("pk").values_list("pk", flat=True)
    ]


@pytest.mark.parametrize("answer", [500, 400, 302])
def test_an_answer_that_is_no_2xx_is_no_delivery_and_the_next_try_is_queued_later(paid, monkeypatch, answer):
    monkeypatch.setattr(delivery, "post_over_http", lambda *_arguments: answer)
    row = StandInDelivery.objects.order_by("pk")[0]
    assert delivery.deliver_event.func(row.pk) == str(answer)
    row.refresh_from_db()
    assert (row.delivered_at, row.tries) == (None, 1)
    assert DBTaskResult.objects.filter(
        task_path__endswith="deliver_event", run_after__gt=timezone.now()
    ).exists()


def test_a_site_that_does_not_answer_is_tried_again_by_the_timed_work(paid, monkeypatch):
    def refuses(*_arguments):
        raise ConnectionRefusedError

    monkeypatch.setattr(delivery, "post_over_http", refuses)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert delivery.deliver_waiting_events() == "0 delivered of 2"
        assert StandInDelivery.objects.values_list("last_status", flat=True)[0] == "ConnectionRefusedError"
        monkeypatch.setattr(delivery, "post_over_http", lambda *_arguments: 200)
        assert delivery.deliver_waiting_events() == "2 delivered of 2"
        assert delivery.deliver_waiting_events() == "0 delivered of 0"
    assert {"standin_deliveries", "standin_debits"} <= set(registry.jobs())


def test_a_delivered_event_is_not_delivered_again(paid, monkeypatch):
    monkeypatch.setattr(delivery, "post_over_http", lambda *_arguments: 200)
    row = StandInDelivery.objects.order_by("pk")[0]
    assert [delivery.deliver_event.func(row.pk) for _turn in range(2)] == ["delivered", "already delivered"]


# The mailbox ------------------------------------------------------------------------------------------------


def send(to: list[str], subject: str) -> None:
    message = EmailMultiAlternatives(subject, "Voir http://testserver/don/ ici", to=to)
    message.attach_alternative("<p>Voir</p>", "text/html")
    assert MailboxBackend().send_messages([message]) == 1


def test_mails_land_in_the_mailbox_and_can_be_read_by_whom_they_are_for(client: Client):
    send(["a@example.org", "b@example.org"], "Pour deux")
    send(["b@example.org"], "Pour un")
    assert MailboxMail.objects.filter(html="<p>Voir</p>").count() == 3
    page = client.get(reverse("demo_mailbox")).content.decode()
    assert page.index("Pour un") < page.index("Pour deux")
    assert '<a href="http://testserver/don/"' in page
    found = re.search(r'value="(\w+)">a@example.org', page)
    assert found
    of_a = client.get(reverse("demo_mailbox"), {"of": found[1]}).content.decode()
    assert "Pour deux" in of_a and "Pour un<" not in of_a


def test_an_empty_mailbox_and_an_unknown_person_do_not_break_the_page(client: Client):
    assert "Aucun courriel pour l’instant" in client.get(reverse("demo_mailbox")).content.decode()
    assert client.get(reverse("demo_mailbox"), {"of": "nobody"}).status_code == 200


def test_time_at_the_stand_in_is_real_while_the_funds_is_that_of_the_demo(session):
    with clock.at(clock.DEMO_START):
        assert abs(session.created - timezone.now().timestamp()) < 60
