"""One page per gift: everything that happened to it, its movements, and who gave only when asked."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from donations import story
from donations.actions import Words, giving_back, moderating
from donations.dispute_words import row_of
from donations.models import Dispute, Gift, RefundOrder
from fund import vault
from fund.models import AuditEvent
from tests.donations.factories import (
    dispute_of,
    event,
    make_attempt,
    make_gift,
    post_event,
    refund_of,
    session_of,
)
from tests.second_factor import prove

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation")]


@pytest.fixture
def gift(pocket) -> Gift:
    gift = make_gift(pocket, words=Words("Zoé", "Courage"))
    make_attempt(gift, session_id=f"cs_test_{gift.pk}")
    post_event(event("checkout.session.completed", session_of(gift)))
    return Gift.objects.get(pk=gift.pk)


@pytest.fixture
def treasurer(client_of, people):
    return client_of(people.treasurer)


def told(gift: Gift) -> list[str]:
    return [line.words for line in story.story_of(Gift.objects.get(pk=gift.pk))]


def page_of(client, gift: Gift) -> str:
    answer = client.get(reverse("gift_story", args=[gift.reference]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_gift_tells_its_way_from_the_promise_to_the_last_refund(gift, people):
    moderating.moderate_words(by=people.communication, words=gift.words, decision="approve")
    post_event(event("charge.dispute.created", dispute_of(gift, cents=1_000)))
    post_event(event("charge.dispute.closed", dispute_of(gift, cents=1_000, status="won")))
    giving_back.order_refund(
        by=people.treasurer,
        gift=gift,
        amount_cents=2_000,
        reason="donor_asked",
        risk_accepted=False,
        form_token=uuid.uuid4(),
    )
    post_event(event("refund.created", refund_of(gift, "re_1", 2_000)))
    post_event(event("refund.failed", refund_of(gift, "re_1", 2_000, "failed")))
    lines = told(gift)
    wanted = [
        "Le don a été promis.",
        "Une page de paiement a été ouverte, essai nº\u00a01.",
        "Le don est arrivé.",
        "Les mots du donateur ont été publiés.",
        "Le don est contesté\u00a0: la banque a repris l’argent pendant qu’elle décide.",
        "La contestation est gagnée\u00a0: l’argent est revenu.",
        f"{people.treasurer.display_name} a demandé un remboursement.",
        "Un remboursement a quitté la cagnotte.",
        "La banque a renvoyé le remboursement\u00a0: l’argent est de nouveau là.",
    ]
    assert [line for line in lines if line in wanted] == wanted
    assert "Le prestataire dit\u00a0: page de paiement terminée." in lines


def test_movements_come_with_accounts_and_tell_what_they_take_back(gift):
    post_event(event("refund.created", refund_of(gift)))
    rows = [
        (words, row.debit_id, row.credit_id, row.amount_cents, row.reverses_id is not None)
        for row, words in story.movements_of(gift)
    ]
    assert rows == [
        ("Don", "51151", "75411", 5_000, False),
        ("Remboursement", "75411", "51151", 5_000, True),
    ]


def test_a_payment_made_twice_tells_which_gift_it_repeats(gift):
    post_event(
        event("checkout.session.completed", session_of(gift, id="cs_2", payment_intent="pi_2", metadata={}))
    )
    second = Gift.objects.exclude(pk=gift.pk).get()
    assert told(second)[0] == "Ce don est arrivé d’un paiement fait deux fois."


def test_an_event_that_was_parked_tells_why(treasurer, gift):
    post_event(event("refund.created", refund_of(gift, "re_9", 5_001)))
    page = page_of(treasurer, gift)
    assert "Ce remboursement dépasse ce qui reste du don." in page


def test_the_page_names_nobody_until_asked_and_the_look_is_written_down(treasurer, people, gift):
    page = page_of(treasurer, gift)
    assert "Zoé" not in page and "donatrice@" not in page and "masquée" in page
    assert not AuditEvent.objects.filter(action="giver.read").exists()
    shown = treasurer.post(reverse("read_giver", args=[gift.reference])).content.decode()
    assert "Zoé Essai" in shown and "donatrice@example.org" in shown
    look = AuditEvent.objects.get(action="giver.read")
    assert (look.by, look.object_id, look.details) == (people.treasurer, str(gift.pk), {})


def test_an_erased_donor_leaves_the_gift_and_no_name(treasurer, gift):
    vault.erase_subject(gift.donor.subject_key)
    shown = treasurer.post(reverse("read_giver", args=[gift.reference])).content.decode()
    assert "effacée à sa demande" in shown and "Zoé" not in shown
    assert page_of(treasurer, gift)


def test_the_auditor_reads_and_cannot_refund(client_of, people, gift):
    auditor = client_of(people.auditor)
    assert "Rembourser…" not in page_of(auditor, gift)
    assert auditor.post(reverse("read_giver", args=[gift.reference])).status_code == 200
    assert auditor.get(reverse("refund_gift", args=[gift.reference])).status_code == 403


@pytest.mark.parametrize("reference", ["D-2020-999999", "D-1999-000001"])
def test_an_unknown_gift_is_not_found(treasurer, reference):
    assert treasurer.get(reverse("gift_story", args=[reference])).status_code == 404


# Refunds ----------------------------------------------------------------------------------------------------------


def post_refund(client, gift: Gift, **values):
    token = values.pop("form_token", str(uuid.uuid4()))
    given = {"form_token": token, "how_much": "whole", "reason": "donor_asked", **values}
    return client.post(reverse("refund_gift", args=[gift.reference]), given)


def test_the_treasurer_refunds_a_part_from_the_page(treasurer, gift):
    form = treasurer.get(reverse("refund_gift", args=[gift.reference])).content.decode()
    assert "Il reste 50,00\u00a0€ de ce don" in form
    answer = post_refund(treasurer, gift, how_much="part", amount="12,50")
    assert (answer.status_code, answer["Location"]) == (302, reverse("gift_story", args=[gift.reference]))
    assert RefundOrder.objects.get().amount_cents == 1_250
    assert "a demandé un remboursement" in page_of(treasurer, gift)


def test_a_click_twice_asks_once(treasurer, gift):
    token = str(uuid.uuid4())
    for values in ({}, {"how_much": "part", "amount": "50"}):
        assert post_refund(treasurer, gift, form_token=token, **values).status_code == 302
    assert RefundOrder.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "status", "sentence"),
    [
        ({"how_much": ""}, 422, "Choisissez de rendre tout ou une partie."),
        ({"reason": "whim"}, 422, "whim"),
        ({"how_much": "part", "amount": ""}, 422, "Écrivez un montant en euros"),
        ({"how_much": "part", "amount": "-3"}, 422, "plus grand que zéro"),
        ({"how_much": "part", "amount": "50,01"}, 409, "c’est trop"),
    ],
)
def test_a_bad_refund_is_told_and_asks_nothing(treasurer, gift, values, status, sentence):
    answer = post_refund(treasurer, gift, **values)
    assert answer.status_code == status and sentence in answer.content.decode()
    assert not RefundOrder.objects.exists()


def test_a_debit_shows_its_risk_and_a_tick(treasurer, gift):
    Gift.objects.filter(pk=gift.pk).update(paid_with="sepa_debit")
    page = treasurer.get(reverse("refund_gift", args=[gift.reference])).content.decode()
    assert "risk_accepted" in page and "sur simple demande" in page
    assert post_refund(treasurer, gift).status_code == 409
    assert post_refund(treasurer, gift, risk_accepted="on").status_code == 302


def test_a_refund_needs_a_fresh_second_factor(people, gift):
    client = Client()
    client.force_login(people.treasurer, backend="django.contrib.auth.backends.ModelBackend")
    prove(client, people.treasurer)
    session = client.session
    session["account_authentication_methods"] = [
        {**method, "at": method["at"] - 3_600} for method in session["account_authentication_methods"]
    ]
    session.save()
    answer = post_refund(client, gift)
    assert answer.status_code == 302 and "/compte/" in answer["Location"]
    assert not RefundOrder.objects.exists()


def test_what_cannot_be_refunded_says_why_instead_of_a_form(treasurer, pocket):
    promised = make_gift(pocket)
    page = treasurer.get(reverse("refund_gift", args=[promised.reference])).content.decode()
    assert "il n’y a rien à rendre" in page and "<form" not in page.split("<main")[1].split("</main>")[0]


# Disputes ---------------------------------------------------------------------------------------------------------


def test_contested_gifts_are_listed_by_the_day_to_answer(treasurer, pocket, gift):
    other = make_gift(pocket, amount_cents=7_000)
    post_event(event("checkout.session.completed", session_of(other)))
    for contested, name, days in ((gift, "du_1", 9), (other, "du_2", 2)):
        due = int((timezone.now() + timedelta(days=days)).timestamp())
        body = dispute_of(contested, name, evidence_details={"due_by": due})
        post_event(event("charge.dispute.created", body))
    page = treasurer.get(reverse("dispute_list")).content.decode()
    assert page.index(other.reference) < page.index(gift.reference)
    assert "dans 2 jours" in page and "dans 9 jours" in page and "du_1" in page
    assert "2 dons contestés à la banque" in page and "Ce qu’il faut envoyer" in page
    assert "Zoé" not in page
    desk = treasurer.get(reverse("desk")).content.decode()
    assert "2 dons contestés à la banque" in desk and "due dans 2 jours" in desk


def test_a_closed_dispute_stays_readable_and_asks_nothing(treasurer, gift):
    post_event(event("charge.dispute.created", dispute_of(gift)))
    post_event(event("charge.dispute.closed", dispute_of(gift, status="lost")))
    page = treasurer.get(reverse("dispute_list")).content.decode()
    assert "Aucun don contesté" in page and "L’argent est perdu" in page
    assert "contesté à la banque" not in treasurer.get(reverse("desk")).content.decode()


def test_the_link_to_the_provider_holds_the_id_only(settings, gift):
    post_event(event("charge.dispute.created", dispute_of(gift)))
    assert row_of(Dispute.objects.get()).url == ""
    settings.DEMO = False
    settings.STRIPE_SECRET_KEY = "sk_live_x"
    assert row_of(Dispute.objects.get()).url == "https://dashboard.stripe.com/disputes/du_1"
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    assert row_of(Dispute.objects.get()).url == "https://dashboard.stripe.com/test/disputes/du_1"


def test_a_refused_refund_waits_on_the_desk_until_it_is_asked_anew(treasurer, people, gift):
    values = {"by": people.treasurer, "gift": gift, "amount_cents": 100, "reason": "donor_asked"}
    order = giving_back.order_refund(**values, risk_accepted=False, form_token=uuid.uuid4())
    assert giving_back.ask_refund.func(order.pk) == "refused"
    sentence = f"Le remboursement du don {gift.reference} est refusé"
    assert sentence in treasurer.get(reverse("desk")).content.decode()
    assert "Le prestataire a refusé le remboursement." in told(gift)
    giving_back.order_refund(**values, risk_accepted=False, form_token=uuid.uuid4())
    assert sentence not in treasurer.get(reverse("desk")).content.decode()
