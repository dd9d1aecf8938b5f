"""« Mes dons »: opened by a code sent to the donor's mailbox; one sees one's own, changes it, takes it along."""

import json
import re
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from aid_requests.models import AidRequest, Applicant
from config.demo import payments
from donations import givers, monthly_links, news_links, space
from donations.actions.pledging import Words
from donations.actions.setting_giving import set_rules
from donations.givers import Address, Giver
from donations.models import Donor, Gift, MonthlyGift, PreferenceChoice
from fund import clock, vault
from fund.models import OutgoingMail, User
from tests.aid_requests.committee import factories as files
from tests.donations.factories import EMAIL, event, make_gift, post_event, session_of, write_thanks
from tests.donations.receipts import factories as receipts
from tests.donations.test_giving_form import stand
from tests.donations.test_giving_settings import RULES
from tests.donations.test_monthly_changes import monthly
from tests.standin import deliver

__all__ = ["monthly"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation", "proved")]
STRANGER = "passante@example.org"


def received(pocket, **values) -> Gift:
    gift = make_gift(pocket, **values)
    post_event(event("checkout.session.completed", session_of(gift)))
    gift.refresh_from_db()
    return gift


def code_sent_to(email: str) -> str:
    """The six figures of the last code in that mailbox; empty when none was sent."""
    for row in OutgoingMail.objects.filter(key__startswith="sign-in:").order_by("-pk"):
        if vault.open_text(row.to_sealed) == email:
            return re.findall(r"\b(\d{6})\b", vault.open_text(row.text_sealed))[0]
    return ""


def sign_in(email: str) -> Client:
    client = Client()
    assert client.post(reverse("account_login"), {"email": email}).status_code == 302
    answer = client.post(reverse("account_confirm_login_code"), {"code": code_sent_to(email)}, follow=True)
    assert answer.status_code == 200
    return client


def page(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_donor_signs_in_by_a_code_and_lands_on_the_own_gifts(pocket):
    gift = received(pocket)
    assert not User.objects.exists()
    client = Client()
    client.post(reverse("account_login"), {"email": f" {EMAIL.upper()} "})
    answer = client.post(reverse("account_confirm_login_code"), {"code": code_sent_to(EMAIL)}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("my_gifts")
    text = answer.content.decode()
    assert gift.reference in text and str(gift.token) in text and "Ma demande" not in text
    assert User.objects.get().email == EMAIL


def test_the_form_answers_the_same_to_a_donor_and_a_stranger_who_gets_no_mail(pocket):
    received(pocket)
    make_gift(pocket, email=STRANGER)  # typed by somebody, never paid
    answers = [Client().post(reverse("account_login"), {"email": email}) for email in (EMAIL, STRANGER)]
    assert [(a.status_code, a["Location"]) for a in answers] == [
        (302, reverse("account_confirm_login_code"))
    ] * 2
    assert code_sent_to(EMAIL) and not code_sent_to(STRANGER)
    assert not User.objects.filter(email=STRANGER).exists()


def test_a_donor_who_is_no_student_cannot_ask_for_aid(pocket, school):
    files.open_scheme("mobility-aid")
    received(pocket)
    client = sign_in(EMAIL)
    with clock.at(clock.DEMO_START):
        answer = client.post(reverse("start_request", args=["mobility-aid"]))
    assert answer.status_code == 403 and "adresse d’école" in answer.content.decode()
    assert not AidRequest.objects.exists() and not Applicant.objects.exists()


def test_a_student_who_gave_has_both_places(pocket, student, client_of):
    received(pocket, email=student.email)
    answer = client_of(student).get(reverse("desk"), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("my_requests")
    assert reverse("my_gifts") in answer.content.decode()


def test_the_staff_see_their_own_gifts_and_others_see_none(pocket, people, client_of):
    gift = received(pocket, email=people.treasurer.email)
    assert gift.reference in page(client_of(people.treasurer), "my_gifts")
    assert "Aucun don à cette adresse" in page(client_of(people.auditor), "my_gifts")
    assert client_of(people.auditor).get(reverse("my_data")).status_code == 404


def test_one_sees_and_changes_the_own_monthly_gift_only(pocket, monthly, student, client_of):
    make_gift(pocket, email=student.email)
    assert client_of(student).get(reverse("my_monthly", args=[monthly.token])).status_code == 404
    client = sign_in(EMAIL)
    assert reverse("my_monthly", args=[monthly.token]) in page(client, "my_gifts")
    assert "Mettre en pause" in page(client, "my_monthly", monthly.token)
    client.post(reverse("my_monthly", args=[monthly.token]), {"change": "pause", "pause": "open"})
    card = client.post(reverse("my_monthly_card", args=[monthly.token]))
    assert "/carte/bps_" in card["Location"]
    monthly.refresh_from_db()
    assert (monthly.state, monthly.changes.get().asked_from) == ("paused", "space")


def test_without_a_text_neither_mail_nor_page_says_a_word_of_taxes(pocket, people):
    for with_text in (False, True):
        if with_text:
            stand(people)
        received(pocket)
        write_thanks()
        thanks = OutgoingMail.objects.filter(key__endswith=":thanks").latest("pk")
        told = vault.open_text(thanks.text_sealed) + page(sign_in(EMAIL), "my_details")
        assert bool(re.search("fisca|impôt", told)) is with_text


def test_the_page_that_replaces_a_card_is_no_better_place_to_try_cards(pocket, monthly):
    client = sign_in(EMAIL)
    address = reverse("my_monthly_card", args=[monthly.token])
    most = settings.PAY_PAGE_LIMITS["gift"][0]
    answers = [client.post(address).status_code for _number in range(most + 1)]
    assert answers == [302] * most + [429]
    signed = Client().post(reverse("monthly_card", args=[monthly_links.sign(monthly)]))
    assert signed.status_code == 429, "another browser tries the same monthly gift's cards"


def test_no_card_is_replaced_while_cards_are_tried(pocket, monthly, people):
    client, address = sign_in(EMAIL), reverse("my_monthly_card", args=[monthly.token])
    for revision, (because, page_opens) in enumerate((("card_testing", False), ("pause", True))):
        rules = replace(RULES, closed_because=because)
        set_rules(by=people.administrator, rules=rules, revision=revision)
        assert ("/carte/bps_" in client.post(address)["Location"]) is page_opens


def test_name_and_address_are_completed_for_the_receipts_to_come(pocket):
    open_gift = received(pocket)
    client = sign_in(EMAIL)
    assert "Zoé" in page(client, "my_details")
    told = {"first_name": "Zoé", "last_name": "Nouveau-Nom", "street": "1 rue Neuve", "postcode": "69001"}
    values = {f"person-{name}": value for name, value in told.items()}
    where = {"form": "person", "person-country": "FR"}
    half = client.post(reverse("my_details"), {**values, **where, "person-town": ""})
    assert half.status_code == 422 and "Complétez l’adresse" in half.content.decode()
    done = client.post(reverse("my_details"), {**values, **where, "person-town": "Lyon"})
    assert done.status_code == 302
    wanted = Giver("Zoé", "Nouveau-Nom", address=Address("1 rue Neuve", "69001", "Lyon"))
    assert givers.giver_of(Gift.objects.get(pk=open_gift.pk)) == wanted
    assert givers.giver_as_last_told(Donor.objects.get()) == wanted


def test_a_company_is_completed_by_its_siren_and_leaves_the_person_alone(pocket):
    company = Giver(
        "Zoé", "Essai", kind="company", company_name="Essais", legal_form="SAS", siren="732829320"
    )
    received(pocket)
    of_company = received(pocket, giver=company)
    client = sign_in(EMAIL)
    assert "SIREN 732829320" in page(client, "my_details")
    told = {"first_name": "Zoé", "last_name": "Essai", "company_name": "Essais réunis", "legal_form": "SA"}
    values = {f"732829320-{name}": value for name, value in {**told, "country": "FR"}.items()}
    assert client.post(reverse("my_details"), {"form": "732829320", **values}).status_code == 302
    kinds = {gift.pk: givers.giver_of(gift) for gift in Gift.objects.all()}
    assert kinds[of_company.pk].company_name == "Essais réunis"
    assert {giver.kind for pk, giver in kinds.items() if pk != of_company.pk} == {"person"}
    assert client.post(reverse("my_details"), {"form": "999999999"}).status_code == 404


def test_news_are_never_ticked_in_advance_and_each_choice_is_kept(pocket):
    received(pocket)
    client, donor = sign_in(EMAIL), Donor.objects.get()
    assert not re.search(r'name="wants_news"[^>]*checked', page(client, "my_preferences"))
    address = reverse("my_preferences")
    client.post(address, {"language": "fr", "wants_news": "on"})
    client.post(address, {"language": "fr", "wants_news": "on"})
    assert space.wants_news(donor) and PreferenceChoice.objects.count() == 1
    text = vault.open_text(OutgoingMail.objects.get(key__startswith="news-choice:").text_sealed)
    link = re.findall(r"/mes-dons/sans-nouvelles/\S+/", text)[0]
    assert Client().get(link).status_code == 200 and space.wants_news(donor)
    one_click = Client(enforce_csrf_checks=True).post(link, {"List-Unsubscribe": "One-Click"})
    assert one_click.status_code == 200 and not space.wants_news(donor)
    Client().post(link)
    kept = list(PreferenceChoice.objects.order_by("pk").values_list("wants_news", "chosen_from", "wording"))
    assert kept == [(True, "space", "news-1"), (False, "one_click", "news-1")]
    assert Client().get(link.replace("/sans-nouvelles/", "/sans-nouvelles/x")).status_code == 404
    client.post(address, {"language": "en"})
    donor.refresh_from_db()
    assert donor.language == "en"
    assert client.post(address, {"language": "xx"}).status_code == 422


def test_the_file_holds_everything_about_one_donor_and_nothing_about_others(pocket, monthly):
    mine = received(pocket, words=Words("Zoé", "Courage à toutes"))
    other = received(pocket, email=STRANGER, first_name="Passante", last_name="Autre")
    answer = sign_in(EMAIL).post(reverse("export_my_data"))
    assert answer["Content-Type"] == "application/json" and "no-store" in answer["Cache-Control"]
    assert "attachment" in answer["Content-Disposition"] and EMAIL not in answer["Content-Disposition"]
    told = json.loads(answer.content)
    assert told["donor"]["email"] == EMAIL and told["donor"]["giver"]["last_name"] == "Essai"
    assert {gift["reference"] for gift in told["gifts"]} == set(
        Gift.objects.filter(donor=mine.donor).values_list("reference", flat=True)
    )
    said = next(gift["words"] for gift in told["gifts"] if gift["reference"] == mine.reference)
    assert said == {"name": "Zoé", "message": "Courage à toutes", "is_public": False}
    assert told["monthly_gifts"][0]["amounts_agreed_cents"] == [1_500]
    text = answer.content.decode()
    assert STRANGER not in text and "Passante" not in text and other.reference not in text
    assert sign_in(EMAIL).get(reverse("export_my_data")).status_code == 405


def test_a_donor_signed_in_long_ago_types_a_new_code_before_the_file(pocket):
    received(pocket)
    client = sign_in(EMAIL)
    session = client.session
    session["account_authentication_methods"][-1]["at"] -= 660
    session.save()
    assert "Recevoir un code" in page(client, "my_data")
    answer = client.post(reverse("export_my_data"))
    assert answer["Location"].startswith(reverse("account_confirm_login_code"))
    client.post(answer["Location"], {"code": code_sent_to(EMAIL), "next": reverse("my_data")})
    assert client.post(reverse("export_my_data"))["Content-Type"] == "application/json"


def test_a_visitor_is_led_to_the_form_that_serves_both(pocket):
    answer = Client().get(reverse("my_gifts"), follow=True)
    text = answer.content.decode()
    assert "Pour vos dons" in text and "adresse d’école" in text


def test_receipts_stand_in_the_space(pocket, people):
    receipts.allow_receipts(people.administrator)
    receipts.received(pocket, email=EMAIL)
    receipts.run_worker()
    found = [receipt.reference for receipt in Donor.objects.get().receipts.all()]
    text = page(sign_in(EMAIL), "my_gifts")
    assert all(reference in text for reference in found)


def test_a_monthly_gift_that_stopped_stays_readable(monthly):
    payments.end_subscription(monthly.subscription_id)
    deliver()
    text = page(sign_in(EMAIL), "my_monthly", monthly.token)
    assert "Plus rien n’est pris" in text and MonthlyGift.objects.get().state == "stopped"
    assert news_links.donor_of_link("x") is None
