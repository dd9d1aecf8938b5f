"""A donor is erased: what names the person goes everywhere at once, what the law wants stays and names nobody."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from aid_requests.models import Applicant
from config.demo import faults, payments, stripe_objects
from donations import queries
from donations.actions import paying
from donations.actions.moderating import moderate_words
from donations.actions.pledging import Words
from donations.models import Donor, DonorErasure, Gift, MonthlyGift, Team
from fund import balances, clock, mail, vault
from fund.models import AuditEvent, OutgoingMail, User
from fund.roles import Refused
from tests.conftest import make_user
from tests.donations.factories import EMAIL, event, make_gift, post_event, refund_of, write_thanks
from tests.donations.receipts import factories as receipts
from tests.donations.test_monthly_changes import monthly
from tests.donations.test_space import received, sign_in
from tests.standin import deliver

__all__ = ["monthly"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation", "proved")]
NAME = "Zénobie-Marqueur"


def erase(client: Client, word: str = "effacer"):
    return client.post(reverse("erase_me"), {"word": word})


def test_nothing_shows_the_person_any_more(pocket, people, client_of):
    gift = received(pocket, first_name=NAME, words=Words(NAME, "Courage"))
    write_thanks()
    moderate_words(by=people.communication, words=gift.words, decision="approve")
    assert queries.public_words(5)
    client = sign_in(EMAIL)
    assert client.get(reverse("my_data")).status_code == 200
    answer = erase(client)
    assert answer.status_code == 200 and "C’est effacé" in answer.content.decode()
    assert "Votre adresse de connexion reste" not in answer.content.decode()
    assert queries.public_words(5) == []
    donor = Donor.objects.get()
    assert (donor.email_fingerprint, donor.email_sealed, donor.identity_sealed) == (None, "", "")
    with pytest.raises(vault.Erased):
        vault.open_text_for(donor.subject_key, "x")
    for row in OutgoingMail.objects.all():
        for sealed in (row.to_sealed, row.text_sealed, row.html_sealed):
            text = vault.open_text(sealed) if sealed else ""
            assert NAME not in text and EMAIL not in text
    pages = [
        client_of(people.communication).get(reverse("message_list")),
        client_of(people.treasurer).get(reverse("gift_list")),
        client_of(people.treasurer).get(reverse("gift_story", args=[gift.reference])),
        Client().get(reverse("gift_page", args=[gift.token])),
        Client().get(reverse("home")),
    ]
    for shown in pages:
        text = shown.content.decode()
        assert shown.status_code == 200 and NAME not in text and EMAIL not in text and "Courage" not in text
    assert balances.left_cents() == 5_000


def test_the_account_is_closed_and_the_same_address_is_a_new_donor(pocket):
    received(pocket)
    client = sign_in(EMAIL)
    erase(client)
    user = User.objects.get()
    assert (user.is_active, user.display_name) == (False, "") and EMAIL not in user.email
    assert client.get(reverse("my_gifts")).status_code == 302
    before = OutgoingMail.objects.count()
    Client().post(reverse("account_login"), {"email": EMAIL})
    assert OutgoingMail.objects.count() == before  # a stranger now
    again = received(pocket)
    assert Donor.objects.count() == 2 and again.donor.email_fingerprint
    text = sign_in(EMAIL).get(reverse("my_gifts")).content.decode()
    assert again.reference in text and Gift.objects.order_by("pk")[0].reference not in text


def test_a_running_monthly_gift_is_stopped_first_and_its_links_die(monthly):
    client = sign_in(EMAIL)
    assert "arrêtez-le d’abord" in client.get(reverse("my_data")).content.decode()
    assert erase(client).status_code == 403 and not DonorErasure.objects.exists()
    client.post(reverse("my_monthly", args=[monthly.token]), {"change": "stop"})
    deliver()
    assert erase(client).status_code == 200
    assert MonthlyGift.objects.get().token != monthly.token
    assert Client().get(reverse("my_monthly", args=[monthly.token])).status_code == 302


def test_money_that_still_comes_back_or_forth_counts_and_writes_to_nobody(pocket, monthly):
    payments.end_subscription(monthly.subscription_id)
    deliver()
    erase(sign_in(EMAIL))
    before = OutgoingMail.objects.count()
    gift = Gift.objects.get()
    payment = gift.attempts.get().payment_intent_id
    post_event(event("refund.created", refund_of(gift, payment_intent=payment)))
    write_thanks()
    gift.refresh_from_db()
    assert (gift.state, OutgoingMail.objects.count(), balances.left_cents()) == ("refunded", before, 0)


def test_an_open_pay_page_is_closed_first(pocket):
    received(pocket)
    waiting = make_gift(pocket)
    session = paying.start_payment(gift=waiting).rpartition("/")[2]
    client = sign_in(EMAIL)
    faults.break_next(1, faults.SILENT)
    assert erase(client).status_code == 302 and not DonorErasure.objects.exists()
    assert erase(client).status_code == 200
    assert (stripe_objects.read(session, "checkout.session") or {})["status"] == "expired"
    deliver()
    for pay in (paying.pay_again, paying.start_payment):
        with pytest.raises(Refused) as refused:
            pay(gift=Gift.objects.get(pk=waiting.pk))
        assert refused.value.refusal.code == "erased"
    assert waiting.attempts.count() == 1


def test_a_debit_under_way_is_waited_for(pocket):
    received(pocket)
    gift = make_gift(pocket)
    payments.start_debit(paying.start_payment(gift=gift).rpartition("/")[2])
    client = sign_in(EMAIL)
    assert erase(client).status_code == 403  # its event is still on its way
    deliver()
    assert erase(client).status_code == 403 and not DonorErasure.objects.exists()


@pytest.mark.parametrize("word", ["", "oui", "effac"])
def test_another_word_erases_nothing(pocket, word):
    received(pocket)
    answer = erase(sign_in(EMAIL), word)
    assert answer.status_code == 422 and "Écrivez EFFACER" in answer.content.decode()
    assert not DonorErasure.objects.exists()


def test_receipts_stay_as_they_were_issued(pocket, people):
    receipts.allow_receipts(people.administrator)
    receipts.received(pocket, email=EMAIL)
    receipts.run_worker()
    donor = Donor.objects.get()
    kept = donor.receipts.count()
    frozen = [(row.pdf_sha256, vault.open_for(row.key, row.pdf_sealed)) for row in donor.receipts.all()]
    answer = erase(sign_in(EMAIL), "ERASE")
    assert answer.status_code == 200
    erasure = DonorErasure.objects.get()
    assert (erasure.receipts_kept, kept >= 1) == (kept, True)
    donor.refresh_from_db()
    assert frozen == [
        (row.pdf_sha256, vault.open_for(row.key, row.pdf_sealed)) for row in donor.receipts.all()
    ]
    for receipt in donor.receipts.all():
        assert Client().get(reverse("receipt_page", args=[receipt.token])).status_code == 404
        assert Client().get(reverse("receipt_file", args=[receipt.token])).status_code == 404
        assert Client().get(reverse("check_receipt", args=[receipt.check_token])).status_code == 200
    assert AuditEvent.objects.filter(action="donor.erased", object_id=str(donor.pk)).count() == 1


@pytest.mark.parametrize("other", ["staff", "student", "team"])
def test_an_account_with_another_use_stays(pocket, people, school, client_of, other):
    if other == "staff":
        user = people.treasurer
    elif other == "student":
        from_school = make_user("elle", "nord.example")
        user = from_school
        files_applicant(from_school, school)
    else:
        user = make_user("equipe", "example.org")
        make_team_of(user, pocket)
    received(pocket, email=user.email)
    client = client_of(user)
    assert "elle sert aussi à une page d’équipe" in client.get(reverse("my_data")).content.decode()
    erased = erase(client)
    assert erased.status_code == 200 and "Votre adresse de connexion reste" in erased.content.decode()
    user.refresh_from_db()
    assert user.is_active and DonorErasure.objects.count() == 1


def files_applicant(user: User, school) -> None:
    from_key = vault.make_subject_key("applicant")
    Applicant.objects.create(user=user, subject_key=from_key, school=school, created_at=clock.moment())


def make_team_of(user: User, pocket) -> None:
    about = {"slug": "equipe", "name": "Équipe", "story": "Nous", "goal_cents": 1, "pocket": pocket}
    Team.objects.create(**about, made_by=user, created_at=clock.moment())


def test_a_mail_that_waits_is_never_sent_to_who_was_erased(pocket):
    received(pocket)
    write_thanks()
    waiting = OutgoingMail.objects.get(key__endswith=":thanks")
    erase(sign_in(EMAIL))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.to_sealed) == ("failed", "")
    assert mail.deliver_mail.func(waiting.pk) == "forgotten"


def test_an_erasure_is_written_once_and_for_good(pocket):
    received(pocket)
    erase(sign_in(EMAIL))
    row = DonorErasure.objects.get()
    for act in (lambda: DonorErasure.objects.update(receipts_kept=9), row.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    assert not re.search(EMAIL, str(AuditEvent.objects.values_list("details", flat=True)))
