"""A minor's legal representative signs the student's own text first (C. civ. 388-1-1)."""

import re
from dataclasses import replace
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aid_requests import actions, representatives, verification
from aid_requests.actions.representatives import MAX_LINKS, MAX_REPRESENTATIVES
from aid_requests.committee import permissions as committee
from aid_requests.declarations import declaration_statement
from aid_requests.models import AidRequest, Declaration, Representative, RepresentativeLink, SignatureCode
from aid_requests.representatives import Guardian
from fund import clock, vault
from fund.models import AuditEvent, OutgoingMail
from fund.roles import Refused
from fund.workflow import AlreadyDone
from tests.aid_requests import factories
from tests.aid_requests.factories import fresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020")]
MINOR = replace(factories.IDENTITY, birth_date=date(2002, 11, 2))
GUARDIAN = Guardian("Odile-Marqueur", "Tutellemarqueur", "odile@maison.example", "mother")
MARKS = (*GUARDIAN.full_name.split(), GUARDIAN.email)
STUDENT_MARKS = (
    factories.FIRST_NAME,
    factories.LAST_NAME,
    factories.STREET,
    "150,00",
    "Quartzmarker",
    "Grenoble",
)


@pytest.fixture
def minor(complete, student) -> AidRequest:
    """Everything is there but the signatures."""
    actions.save_identity(by=student, request=complete, identity=MINOR, through_school=True)
    actions.name_representative(by=student, request=complete, guardian=GUARDIAN)
    return fresh(complete)


def refusal_of(act, **values: object) -> str:
    with pytest.raises(Refused) as caught:
        act(**values)
    return caught.value.refusal.code


def found(pattern: str, text: str, group: int) -> str:
    match = re.search(pattern, text, re.M)
    assert match is not None
    return match[group]


def last_mail(start: str) -> str:
    mail = OutgoingMail.objects.filter(key__startswith=start).order_by("-pk").first()
    assert vault.open_text(mail.to_sealed) == GUARDIAN.email
    return vault.open_text(mail.text_sealed)


def sent_link(student, request) -> tuple[RepresentativeLink, str]:
    """The link, and the address that only the mail holds."""
    link = actions.send_representative_link(by=student, request=request)
    return link, found(r"/representer/\S+/", last_mail(f"representative-link:{link.pk}"), 0)


def code_of(link: RepresentativeLink) -> str:
    actions.send_representative_code(link=link)
    return found(r"^(\d{6})$", last_mail("signature-code:"), 1)


def agree(student, request) -> Declaration:
    """The representative signs, through the pages."""
    _link, address = sent_link(student, request)
    return agree_at(address)


def agree_at(address: str, client: Client | None = None) -> Declaration:
    browser = client or Client()
    browser.post(address, {"act": "code"})
    code = found(r"^(\d{6})$", last_mail("signature-code:"), 1)
    browser.post(address, {"act": "open", "code": code})
    page = browser.get(address).content.decode()
    content_hash = found(r'name="content_hash" value="(\w+)"', page, 1)
    browser.post(address, {"act": "sign", "agrees": "on", "place": "Lyon", "content_hash": content_hash})
    return Declaration.objects.filter(purpose="guardian").latest("pk")


# Naming ------------------------------------------------------------------------------------------------------


def test_a_minor_is_led_to_say_who_represents(browser, draft):
    values = {"first_name": "Zoé", "birth_date": "02/11/2002", "birth_place": "Lyon", "address": "1 rue"}
    answer = browser.post(reverse("request_you", args=[draft.token]), values)
    address = reverse("request_representative", args=[draft.token])
    assert answer.headers["Location"] == address
    assert (
        "Avant 18 ans, dites qui vous représente"
        in browser.get(reverse("request_page", args=[draft.token])).content.decode()
    )
    named = {"first_name": "Odile", "relation": "mother", "email": "Odile@Maison.example", "language": "en"}
    assert browser.post(address, {**named, "act": "name"}).status_code == 302
    kept = representatives.representative_of(fresh(draft))
    assert representatives.guardian_of(kept) == Guardian("Odile", "", "odile@maison.example", "mother", "en")
    assert "Complétez d’abord votre demande" in browser.get(address).content.decode()


@pytest.mark.parametrize("changes", [{"email": "x"}, {"email": ""}, {"relation": ""}, {"first_name": ""}])
def test_a_representative_needs_a_name_a_tie_and_an_address(browser, minor, changes):
    values = {"first_name": "Odile", "relation": "mother", "email": "o@maison.example", "language": "fr"}
    answer = browser.post(reverse("request_representative", args=[minor.token]), {**values, **changes})
    assert answer.status_code == 422 and Representative.objects.count() == 1


def test_the_student_cannot_represent_himself_nor_name_one_after_another(minor, student):
    own = replace(GUARDIAN, email=student.email.upper())
    assert refusal_of(actions.name_representative, by=student, request=minor, guardian=own) == "own_address"
    actions.name_representative(by=student, request=minor, guardian=GUARDIAN)
    assert Representative.objects.count() == 1
    for number in range(MAX_REPRESENTATIVES - 1):
        other = replace(GUARDIAN, email=f"autre{number}@maison.example")
        actions.name_representative(by=student, request=minor, guardian=other)
    assert (
        refusal_of(actions.name_representative, by=student, request=minor, guardian=GUARDIAN)
        == "too_many_names"
    )


def test_an_adult_names_nobody(complete, student, browser):
    assert (
        refusal_of(actions.name_representative, by=student, request=complete, guardian=GUARDIAN) == "grown_up"
    )
    assert browser.get(reverse("request_representative", args=[complete.token])).status_code == 302


def test_who_represents_is_kept_under_the_students_key_only(minor, student):
    sent_link(student, minor)
    for text in (
        *map(str, Representative.objects.values()),
        *map(str, AuditEvent.objects.values()),
        repr(GUARDIAN),
    ):
        assert not [mark for mark in MARKS if mark in text]


# The link ----------------------------------------------------------------------------------------------------


def test_no_link_leaves_before_the_rest_is_there(student, draft):
    actions.save_identity(by=student, request=draft, identity=MINOR, through_school=True)
    actions.name_representative(by=student, request=draft, guardian=GUARDIAN)
    assert refusal_of(actions.send_representative_link, by=student, request=draft) == "incomplete"


def test_the_mail_says_nothing_and_its_link_says_nothing_of_the_student(minor, student):
    link, address = sent_link(student, minor)
    mail = OutgoingMail.objects.get(key=f"representative-link:{link.pk}")
    told = (mail.subject, vault.open_text(mail.text_sealed), Client().get(address).content.decode())
    for text in told:
        assert not [mark for mark in (*STUDENT_MARKS, *MARKS, minor.reference, "aide d") if mark in text]
    assert address.split("/")[2] not in str(RepresentativeLink.objects.values().get())
    assert "o•••@maison.example" in told[2]


def test_without_the_code_nothing_is_read_and_nothing_signed(minor, student):
    _link, address = sent_link(student, minor)
    thief = Client()
    for act in (
        {"act": "sign", "agrees": "on", "place": "Lyon", "content_hash": "x"},
        {"act": "open", "code": ""},
    ):
        page = thief.post(address, act).content.decode()
        assert not [mark for mark in STUDENT_MARKS if mark in page]
    assert not Declaration.objects.exists()


def test_a_code_is_tried_five_times(minor, student):
    link, address = sent_link(student, minor)
    right = code_of(link)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    thief = Client()
    for _turn in range(5):
        assert (
            "pas le bon" in thief.post(address, {"act": "open", "code": wrong}).content.decode() or _turn == 4
        )
    page = thief.post(address, {"act": "open", "code": right}).content.decode()
    assert "Cinq essais" in page and factories.FIRST_NAME not in page


def test_three_codes_a_quarter_of_an_hour_and_five_links_a_day(minor, student):
    link, _address = sent_link(student, minor)
    for _turn in range(3):
        actions.send_representative_code(link=link)
    assert refusal_of(actions.send_representative_code, link=link) == "too_many_codes"
    for _turn in range(MAX_LINKS - 1):
        sent_link(student, minor)
    assert refusal_of(actions.send_representative_link, by=student, request=minor) == "too_many_links"


def test_the_codes_of_one_person_do_not_use_up_the_others(minor, student):
    agree(student, minor)
    link_codes = SignatureCode.objects.filter(purpose="guardian").count()
    actions.send_signature_code(by=student, request=minor)
    assert SignatureCode.objects.filter(purpose="declaration").count() == 1 and link_codes == 1


def test_an_unknown_token_is_not_found(client, db):
    assert client.get("/representer/x/").status_code == 404


def test_a_newer_link_replaces_the_older(minor, student):
    _link, first = sent_link(student, minor)
    _link, second = sent_link(student, minor)
    page = Client().get(first).content.decode()
    assert "lien plus récent" in page and "Recevoir" not in page
    assert "Recevoir mon code" in Client().get(second).content.decode()


def test_a_link_expires_kindly(minor, student):
    link, address = sent_link(student, minor)
    later = timezone.now() + timedelta(days=settings.REPRESENTATIVE_LINK_DAYS, seconds=1)
    with patch("aid_requests.representatives.timezone.now", return_value=later):
        page = Client().get(address).content.decode()
        assert "plus valable" in page and "Recevoir mon code" not in page
        assert refusal_of(actions.send_representative_code, link=link) == "link_expired"


def test_naming_another_person_ends_the_link_of_the_first(minor, student):
    _link, address = sent_link(student, minor)
    actions.name_representative(
        by=student, request=minor, guardian=replace(GUARDIAN, email="autre@maison.example")
    )
    assert "lien plus récent" in Client().get(address).content.decode()


def test_a_text_that_changed_is_not_shown_any_more(minor, student):
    _link, address = sent_link(student, minor)
    actions.save_identity(
        by=student, request=minor, identity=replace(MINOR, address="2 rue"), through_school=True
    )
    page = Client().get(address).content.decode()
    assert "a changé" in page and "Recevoir mon code" not in page


# The signatures ----------------------------------------------------------------------------------------------


def test_the_representative_reads_the_very_text_and_signs_it(minor, student):
    _link, address = sent_link(student, minor)
    browser = Client()
    browser.post(address, {"act": "code"})
    code = found(r"^(\d{6})$", last_mail("signature-code:"), 1)
    assert browser.post(address, {"act": "open", "code": code}).status_code == 302
    page = browser.get(address).content.decode()
    statement = declaration_statement(fresh(minor))
    for _fact, sentence in statement.facts:
        assert sentence in page
    assert (
        "mère de Zélie-Marker Quartzmarker" in page
        and "checked" not in page
        and "marqueur-de-récit" not in page
    )
    refused = browser.post(address, {"act": "sign", "place": "", "content_hash": statement.content_hash})
    assert "Cochez la case" in refused.content.decode() and not Declaration.objects.exists()
    signed = {"act": "sign", "agrees": "on", "place": "Lyon", "content_hash": statement.content_hash}
    assert browser.post(address, signed).status_code == 302
    row = Declaration.objects.get()
    assert (row.purpose, row.content_hash, row.revision) == ("guardian", statement.content_hash, 1)
    told = browser.get(address).content.decode()
    assert "C’est signé" in told and "Zélie-Marker" not in told
    assert "C’est signé" in browser.post(address, signed).content.decode()
    assert Declaration.objects.count() == 1
    assert OutgoingMail.objects.filter(key__contains=":represented:").count() == 1


def test_in_english_the_facts_are_explained_beside_the_french_text(minor, student):
    _link, address = sent_link(student, minor)
    browser = Client()
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    browser.post(address, {"act": "code"})
    code = found(r"^(\d{6})$", last_mail("signature-code:"), 1)
    browser.post(address, {"act": "open", "code": code})
    page = browser.get(address).content.decode()
    assert '<div class="letter stack" lang="fr">' in page and 'aria-labelledby="aide"' in page


def test_the_student_signs_only_after_the_representative(minor, student, browser):
    assert refusal_of(actions.send_signature_code, by=student, request=minor) == representatives.UNSIGNED
    answer = browser.get(reverse("request_declare", args=[minor.token]))
    assert answer.headers["Location"] == reverse("request_representative", args=[minor.token])
    agree(student, minor)
    factories.sign(student, fresh(minor))
    assert fresh(minor).state == "submitted"
    assert set(Declaration.objects.values_list("purpose", flat=True)) == {"guardian", "declaration"}
    assert len(set(Declaration.objects.values_list("content_hash", flat=True))) == 1


def test_any_change_asks_for_the_representative_again(minor, student):
    agree(student, minor)
    actions.save_identity(
        by=student, request=minor, identity=replace(MINOR, address="2 rue"), through_school=True
    )
    assert refusal_of(factories.sign, student=student, request=fresh(minor)) == representatives.UNSIGNED
    agree(student, minor)
    factories.sign(student, fresh(minor))
    assert Declaration.objects.filter(purpose="guardian").count() == 2
    actions.correct_request(by=student, request=minor)
    assert refusal_of(factories.sign, student=student, request=fresh(minor)) == representatives.UNSIGNED


def test_one_text_is_agreed_to_once(minor, student):
    row = agree(student, minor)
    with pytest.raises(AlreadyDone):
        actions.send_representative_link(by=student, request=minor)
    values = {name: getattr(row, name) for name in ("request", "revision", "purpose", "scheme_hash", "facts")}
    more = {name: getattr(row, name) for name in ("content_hash", "pdf_sealed", "pdf_sha256", "proof_sealed")}
    with pytest.raises(IntegrityError), transaction.atomic():
        Declaration.objects.create(**values, **more, bank_details=row.bank_details, signed_at=row.signed_at)


def test_on_the_eighteenth_birthday_nobody_else_is_needed(minor, student):
    _link, address = sent_link(student, minor)
    eve = clock.DEMO_START.replace(year=2020, month=6, day=14, hour=23, minute=59)
    turning = replace(MINOR, birth_date=date(2002, 6, 15))
    actions.save_identity(by=student, request=minor, identity=turning, through_school=True)
    with clock.at(eve):
        assert refusal_of(actions.send_signature_code, by=student, request=minor) == representatives.UNSIGNED
    with clock.at(eve + timedelta(minutes=1)):
        assert "majeure" in Client().get(address).content.decode()
        factories.sign(student, fresh(minor))
    assert fresh(minor).state == "submitted"


def test_after_half_an_hour_another_code_is_needed(minor, student):
    link, _address = sent_link(student, minor)
    code = actions.open_with_code(link=link, typed=code_of(link))
    assert actions.may_read(link, code.pk) and not actions.may_read(link, None)
    later = timezone.now() + timedelta(minutes=31)
    with patch("aid_requests.actions.representatives.timezone.now", return_value=later):
        assert not actions.may_read(link, code.pk)
        refused = refusal_of(
            actions.sign_as_representative,
            link=link, code_id=code.pk, agrees="agree", place="Lyon", content_hash=link.content_hash,
            trace=factories.TRACE,
        )  # fmt: skip
    assert refused == "late"


def test_the_code_of_another_request_opens_nothing(minor, student):
    link, _address = sent_link(student, minor)
    actions.open_with_code(link=link, typed=code_of(link))
    code = SignatureCode.objects.get()
    SignatureCode.objects.filter(pk=code.pk).update(content_hash="0" * 64)
    assert not actions.may_read(link, code.pk)


def test_the_paper_proves_itself(minor, student):
    row = agree(student, minor)
    pdf = vault.open_for(minor.applicant.subject_key, row.pdf_sealed)
    verdict = verification.verify(pdf)
    assert verdict.is_authentic, verdict.findings
    proof = vault.open_json_for(minor.applicant.subject_key, row.proof_sealed)
    assert proof["representative"]["email"] == GUARDIAN.email and proof["code"]["channel"] == "e-mail"


def test_the_student_finds_the_agreement_among_the_papers_and_the_committee_a_whole_file(
    minor, student, people, browser
):
    agree(student, minor)
    factories.sign(student, fresh(minor))
    page = browser.get(reverse("request_page", args=[minor.token])).content.decode()
    assert "L’accord de la personne qui me représente" in page
    actions.certify_enrolment(
        by=people.referent, request=minor, university_year="2019-2020", level="year-1", revision=1
    )
    assert committee.is_whole(fresh(minor)) is None
