"""« Cette déclaration vous a été adressée »: one link a person, for its addressee only, told to the staff as counts."""

import re
import uuid
from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from aid_requests import actions, invited
from aid_requests.actions import invitations, register_retention
from aid_requests.invited import Counts, token_hash
from aid_requests.models import AidRequest, Invitation, InvitationList, SchemeVersion
from fund import clock, vault
from fund.models import AuditEvent, OutgoingMail, User
from fund.roles import Refused
from fund.workflow import WrongState
from tests.aid_requests import factories
from tests.aid_requests.register.factories import OTHER, STUDENT, THIRD, YEAR, applied, made, run_worker
from tests.conftest import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020", "foundation", "pocket")]


@pytest.fixture
def scheme() -> SchemeVersion:
    return factories.open_scheme()


@pytest.fixture
def invited_only(scheme) -> SchemeVersion:
    """The emergency aid, for those who were written to."""
    text = scheme.definition.replace("\ncaps:\n", "\naccess: invited\ncaps:\n")
    assert text != scheme.definition
    return actions.load_scheme(by=None, text=text).version


def sent(by: User, school, addresses: str = "student@nord.example", **values) -> InvitationList:
    row = made(by, school, addresses, **values)
    invitations.send_invitations(by=by, invitation_list=row)
    run_worker()
    return InvitationList.objects.get(pk=row.pk)


def link_to(email: str) -> str:
    """The address in the last invitation written to this person."""
    for mail in OutgoingMail.objects.filter(key__startswith="invitation:").order_by("-pk"):
        if vault.open_text(mail.to_sealed) == email:
            found = re.search(r"/invitation/[\w-]+/", vault.open_text(mail.text_sealed))
            assert found is not None
            return found[0]
    raise AssertionError("nothing was written to this person")


# Lists ---------------------------------------------------------------------------------------------------------------


def test_people_are_chosen_from_the_schools_list(people, school, scheme):
    applied(people.referent, school, [STUDENT, OTHER, THIRD])
    row = made(people.referent, school, filters={"level": ["L3"], "year_of_study": ["3"], "curriculum": []})
    run_worker()
    row.refresh_from_db()
    assert row.state == "ready" and row.filters == {"level": ["L3"], "year_of_study": ["3"]}
    emails = {vault.open_text(one.email_sealed) for one in row.invitations.all()}
    assert emails == {"hoa@nord.example", "ivan@nord.example"}


def test_who_left_the_list_is_not_invited(people, school, scheme):
    applied(people.referent, school, [STUDENT, OTHER])
    applied(people.referent, school, [OTHER])
    row = made(people.referent, school, filters={})
    run_worker()
    assert row.invitations.count() == 1


def test_typed_addresses_are_of_the_school_and_once_each(people, school, scheme):
    typed = "a@nord.example, A@NORD.example;\n<b@sub.nord.example>\nc@elsewhere.example d@nord.example. no"
    row = made(people.referent, school, typed)
    assert (row.state, row.refused, row.invitations.count()) == ("ready", 1, 3)
    assert "@" not in str(list(Invitation.objects.values()))


@pytest.mark.parametrize("typed", ["", "nobody", "c@elsewhere.example", "@nord.example"])
def test_no_address_of_the_school_is_told(people, school, scheme, typed):
    with pytest.raises(Refused):
        made(people.referent, school, typed)
    assert not InvitationList.objects.exists()


@pytest.mark.parametrize("day", [date(2020, 5, 14), date(2020, 7, 1)])
def test_a_last_day_that_is_past_or_after_the_aid_is_refused(people, school, scheme, day):
    with pytest.raises(Refused):
        made(people.referent, school, "a@nord.example", expires_on=day)


def test_only_the_schools_people_make_send_and_end(people, school, scheme):
    row = made(people.administrator, school, "a@nord.example")
    for who in (people.other_referent, people.national_referent, people.communication):
        with pytest.raises(Refused):
            made(who, school, "a@nord.example")
        for act in (invitations.send_invitations, invitations.end_invitations):
            with pytest.raises(Refused):
                act(by=who, invitation_list=row)


def test_the_same_form_makes_one_list(people, school, scheme):
    wanted = invitations.Wanted(scheme.scheme, school, YEAR, date(2020, 6, 1), addresses="a@nord.example")
    token = uuid.uuid4()
    rows = {
        invitations.make_invitations(by=people.referent, wanted=wanted, form_token=token).pk for _ in range(2)
    }
    assert len(rows) == 1


# Sending -------------------------------------------------------------------------------------------------------------


def test_each_person_gets_one_neutral_mail_with_a_link_of_which_only_the_hash_is_kept(people, school, scheme):
    row = sent(people.referent, school, "student@nord.example hoa@nord.example")
    assert row.state == "sent" and OutgoingMail.objects.filter(key__startswith="invitation:").count() == 2
    link = link_to("student@nord.example")
    token = link.split("/")[2]
    kept = Invitation.objects.get(token_hash=token_hash(token))
    assert token not in str(list(Invitation.objects.values())) and link != link_to("hoa@nord.example")
    mail = OutgoingMail.objects.get(key=f"invitation:{kept.pk}")
    assert mail.subject == "Un message de votre école"
    assert "urgence" not in vault.open_text(mail.text_sealed)
    with pytest.raises(WrongState):
        invitations.send_invitations(by=people.referent, invitation_list=row)


def test_a_sending_that_is_killed_goes_on_and_writes_to_nobody_twice(people, school, scheme, monkeypatch):
    monkeypatch.setattr(invitations, "MAILS_AT_ONCE", 1)
    row = made(people.referent, school, "a@nord.example b@nord.example c@nord.example")
    invitations.send_invitations(by=people.referent, invitation_list=row)
    assert invitations.take_batch(row.pk)

    def dies(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(Invitation.objects, "bulk_update", dies)
    with pytest.raises(KeyboardInterrupt):
        invitations.take_batch(row.pk)
    monkeypatch.undo()
    assert Invitation.objects.filter(sent_at__isnull=False).count() == 1
    run_worker()
    assert OutgoingMail.objects.filter(key__startswith="invitation:").count() == 3
    assert Invitation.objects.values("token_hash").distinct().count() == 3
    assert invitations.carry_on.func(row.pk) == "finished"


def test_nothing_is_sent_after_the_last_day_or_of_an_ended_list(people, school, scheme):
    row = made(people.referent, school, "a@nord.example b@nord.example")
    with clock.at(datetime(2020, 6, 2, 9, tzinfo=clock.PARIS)), pytest.raises(Refused):
        invitations.send_invitations(by=people.referent, invitation_list=row)
    invitations.send_invitations(by=people.referent, invitation_list=row)
    invitations.end_invitations(by=people.referent, invitation_list=row)
    run_worker()
    assert not OutgoingMail.objects.filter(key__startswith="invitation:").exists()


@pytest.mark.parametrize("values", [{"token_hash": "x" * 64}, {"opened_at": clock.DEMO_START}])
def test_the_database_refuses_a_link_that_was_not_sent(people, school, scheme, values):
    made(people.referent, school, "a@nord.example")
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.update(**values)


# The link ------------------------------------------------------------------------------------------------------------


def test_the_addressee_goes_from_the_link_to_the_draft(people, school, scheme, student, client_of):
    row = sent(people.referent, school)
    link = link_to(student.email)
    visitor = Client()
    page = visitor.get(link).content.decode()
    assert "Cette déclaration vous a été adressée." in page and student.email not in page
    assert not Invitation.objects.filter(opened_at__isnull=False).exists(), "a robot's GET opens nothing"
    response = visitor.post(link)
    assert response["Location"] == f"/compte/connexion/?next={link.replace('/', '%2F')}"
    assert "Connectez-vous avec l’adresse" in page and "il reste à commencer" not in page
    signed_in = client_of(student).get(link).content.decode()
    assert "il reste à commencer" in signed_in and "Connectez-vous avec l’adresse" not in signed_in
    response = client_of(student).post(link)
    request = AidRequest.objects.get()
    assert response["Location"] == reverse("request_you", args=[request.token])
    assert invited.counts_of(row) == Counts(invited=1, sent=1, opened=1, begun=0, signed=0)


def test_somebody_elses_link_begins_nothing_and_shows_nobody(people, school, scheme, student, client_of):
    row = sent(people.referent, school)
    other = client_of(make_user("other", "nord.example"))
    response = other.post(link_to(student.email))
    assert "à une autre adresse que la vôtre" in response.content.decode()
    assert "il reste à commencer" not in response.content.decode()
    assert student.email not in response.content.decode() and not AidRequest.objects.exists()
    assert invited.counts_of(row).opened == 0


def test_staff_begin_nothing_from_a_link(people, school, scheme, client_of):
    User.objects.filter(pk=people.treasurer.pk).update(email="treasurer@nord.example")
    people.treasurer.refresh_from_db()
    sent(people.referent, school, "treasurer@nord.example")
    response = client_of(people.treasurer).post(link_to("treasurer@nord.example"))
    assert "Avec un compte de l’équipe" in response.content.decode() and not AidRequest.objects.exists()


def test_a_used_link_leads_its_owner_back_and_tells_others_nothing(
    people, school, scheme, student, client_of
):
    sent(people.referent, school)
    link = link_to(student.email)
    client_of(student).post(link)
    request = AidRequest.objects.get()
    assert str(request.token) in client_of(student).get(link).content.decode()
    for client in (Client(), client_of(make_user("other", "nord.example"))):
        page = client.get(link).content.decode()
        assert "déjà servi" in page and str(request.token) not in page
    assert client_of(student).post(link).status_code == 200 and AidRequest.objects.count() == 1


def test_an_expired_an_ended_and_an_unknown_link_answer_kindly(people, school, scheme, student, client_of):
    row = sent(people.referent, school)
    link = link_to(student.email)
    with clock.at(datetime(2020, 6, 1, 23, 59, tzinfo=clock.PARIS)):
        assert "vous a été adressée" in Client().get(link).content.decode()
    with clock.at(datetime(2020, 6, 2, 0, 1, tzinfo=clock.PARIS)):
        assert "plus valable" in client_of(student).post(link).content.decode()
    invitations.end_invitations(by=people.referent, invitation_list=row)
    assert "plus valable" in client_of(student).post(link).content.decode()
    response = Client().get("/invitation/never-made/")
    assert response.status_code == 404 and "ne mène à rien" in response.content.decode()
    assert not AidRequest.objects.exists()


def test_an_aid_for_invited_people_begins_for_them_only(people, school, invited_only, student, client_of):
    with pytest.raises(Refused) as caught:
        factories.draft(student)
    assert caught.value.refusal.code == "not_invited"
    sent(people.referent, school)
    request = factories.draft(student)
    assert Invitation.objects.get().request == request
    with pytest.raises(Refused):
        factories.draft(make_user("other", "nord.example"))


def test_a_draft_of_an_invited_person_outlives_the_link(people, school, invited_only, student):
    row = sent(people.referent, school)
    request = factories.draft(student)
    invitations.end_invitations(by=people.referent, invitation_list=row)
    assert factories.draft(student) == request


def test_an_aid_open_to_all_needs_no_link(scheme, student):
    assert factories.draft(student).state == "draft"


def test_an_aid_for_invited_people_is_listed_to_them_alone(people, school, invited_only, student, client_of):
    link, listed = reverse("eligibility", args=["emergency-aid"]), reverse("aid_home")

    def sees(client: Client) -> bool:
        return link in client.get(listed).content.decode()

    assert not sees(Client()) and not sees(client_of(student))
    sent(people.referent, school)
    assert sees(client_of(student))
    assert not sees(Client()) and not sees(client_of(make_user("other", "nord.example")))
    assert Client().get(link_to("student@nord.example")).status_code == 200


def test_an_aid_open_to_all_is_listed_to_all(scheme):
    assert (
        reverse("eligibility", args=["emergency-aid"]) in Client().get(reverse("aid_home")).content.decode()
    )


# The staff's pages ---------------------------------------------------------------------------------------------------


def test_a_referent_invites_from_the_page_and_reads_counts_only(people, school, scheme, student, client_of):
    applied(people.referent, school, [STUDENT, OTHER])
    desk = client_of(people.referent)
    page = desk.get("/invitations/").content.decode()
    assert "Inviter, École du Nord" in page and "GEN4" in page and 'value="M1"' in page
    told = {
        "school": school.pk, "scheme": scheme.scheme_id, "expires_on": "01/06/2020", "who": "register",
        "level": ["M1"], "form_token": uuid.uuid4(),
    }  # fmt: skip
    address = desk.post("/invitations/", told)["Location"]
    run_worker()
    assert "1 personne recevra un message neutre" in desk.get(address).content.decode()
    desk.post(address + "envoyer/")
    assert 'hx-trigger="every 2s"' in desk.get(address).content.decode()
    run_worker()
    client_of(student).post(link_to(student.email))
    page = desk.get(address).content.decode()
    assert "Liens envoyés</dt><dd>1" in page and "Demandes commencées" not in page
    assert "Quartzmarker" not in page and "student@" not in page
    assert desk.get(address + "etat/")["HX-Refresh"] == "true"
    desk.post(address + "arreter/")
    assert "Arrêtée" in desk.get(address).content.decode()


def test_what_is_missing_on_the_form_is_told(people, school, scheme, client_of):
    desk = client_of(people.referent)
    told = {"school": school.pk, "expires_on": "31/02/2020", "who": "typed", "form_token": uuid.uuid4()}
    page = desk.post("/invitations/", told).content.decode()
    assert "Collez au moins une adresse, ou" in page and "une date qui existe" in page
    told |= {"scheme": scheme.scheme_id, "expires_on": "01/06/2020", "addresses": "x@elsewhere.example"}
    assert "Aucune adresse de l’école" in desk.post("/invitations/", told).content.decode()
    told |= {"addresses": "", "file": SimpleUploadedFile("l.csv", b"a@nord.example\n" * 200_000)}
    assert "1 Mo au plus." in desk.post("/invitations/", told).content.decode()
    assert not InvitationList.objects.exists()


def test_addresses_come_from_a_file_too(people, school, scheme, client_of):
    told = {
        "school": school.pk, "scheme": scheme.scheme_id, "expires_on": "01/06/2020", "who": "typed",
        "addresses": "a@nord.example", "form_token": uuid.uuid4(),
        "file": SimpleUploadedFile("l.csv", "nom;mail\r\nÉ;b@nord.example\r\n".encode("cp1252")),
    }  # fmt: skip
    assert client_of(people.referent).post("/invitations/", told).status_code == 302
    assert Invitation.objects.count() == 2


def test_another_schools_invitations_do_not_exist_here(people, school, other_school, scheme, client_of):
    row = made(people.administrator, other_school, "a@sud.example")
    desk = client_of(people.referent)
    assert "École du Sud" not in desk.get("/invitations/?ecole=sud").content.decode()
    for name in ("invitation_list", "invitation_list_state"):
        assert desk.get(reverse(name, args=[row.pk])).status_code == 404
    told = {
        "school": other_school.pk, "scheme": scheme.scheme_id, "expires_on": "01/06/2020", "who": "typed",
        "addresses": "a@sud.example", "form_token": uuid.uuid4(),
    }  # fmt: skip
    desk.post("/invitations/", told)
    assert InvitationList.objects.count() == 1


def test_the_trail_of_an_invitation_names_nobody(people, school, scheme, student):
    row = sent(people.referent, school)
    invitations.end_invitations(by=people.referent, invitation_list=row)
    events = AuditEvent.objects.filter(action__startswith="invitations.")
    assert list(events.values_list("action", flat=True)) == [
        "invitations.made", "invitations.sent", "invitations.ended",
    ]  # fmt: skip
    assert "student" not in str(list(events.values_list("details", flat=True)))


def test_addresses_are_emptied_a_month_after_the_last_day_and_links_deleted_with_their_year(
    people, school, scheme
):
    row = sent(people.referent, school)
    with clock.at(datetime(2020, 7, 1, 12, tzinfo=clock.PARIS)):
        assert register_retention.forget_old_invitations() == "0 emptied, 0 deleted"
    with clock.at(datetime(2020, 7, 2, 12, tzinfo=clock.PARIS)):
        assert register_retention.forget_old_invitations() == "1 emptied, 0 deleted"
    assert invited.counts_of(row).sent == 1
    with clock.at(datetime(2021, 9, 1, 12, tzinfo=clock.PARIS)):
        assert register_retention.forget_old_invitations() == "0 emptied, 1 deleted"
    assert AuditEvent.objects.get(action="invitations.forgotten").details == {"people": 1}
