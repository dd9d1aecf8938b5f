"""The demo's own pages: who one can become, what is invented, and mails that wait put into the mailbox at once."""

import pytest
from django.urls import reverse

from config.demo import cast, mailbox
from config.demo.models import DemoPerson, MailboxMail
from config.demo.views import GROUPS
from fund.mail import deliver_mail, queue_mail
from fund.models import OutgoingMail
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


def listed(*parts: cast.Part) -> None:
    DemoPerson.objects.bulk_create(
        DemoPerson(
            user=make_user(f"someone{number}"),
            position=number,
            title=part.title,
            does=part.does,
            group=part.group,
        )
        for number, part in enumerate(parts)
    )


def test_everybody_stands_in_the_group_of_what_they_do(client):
    listed(*cast.STAFF)
    groups = client.get(reverse("demo")).context["groups"]
    shown = {group.code: [person.title for person in group.people] for group in groups}
    for code, titles in shown.items():
        assert titles == [part.title for part in cast.STAFF if part.group == code]
    assert sum(len(titles) for titles in shown.values()) == len(cast.STAFF)


def test_every_group_of_the_cast_has_its_place_on_the_page():
    known = [group.code for group in GROUPS]
    assert len(known) == len(set(known))
    assert {part.group for part in cast.STAFF} | {cast.STUDENT_GROUP, cast.DONOR_GROUP} == set(known)


def test_a_demo_that_is_not_loaded_says_so(client):
    assert "La démonstration n’est pas chargée." in client.get(reverse("demo")).content.decode()


@pytest.mark.parametrize("name", ["give", "demo", "demo_mailbox", "account_login"])
def test_the_banner_leads_to_what_is_invented(client, name):
    assert reverse("demo_invented") in client.get(reverse(name)).content.decode()


def test_what_is_real_and_what_is_invented_is_said(client):
    page = client.get(reverse("demo_invented")).content.decode()
    assert "Réel" in page and "Inventé" in page and "quinze écoles" in page


def test_waiting_mails_are_put_into_the_mailbox_once():
    for number in (1, 2):
        queue_mail(
            key=f"k{number}", to=f"a{number}@x.example", subject="Votre code", text="Bonjour", html="<p>"
        )
    assert (mailbox.collect_waiting_mails(), mailbox.collect_waiting_mails()) == (2, 0)
    assert [(mail.to, mail.text) for mail in MailboxMail.objects.order_by("pk")] == [
        ("a1@x.example", "Bonjour"),
        ("a2@x.example", "Bonjour"),
    ]
    states = OutgoingMail.objects.order_by("pk").values_list("state", "tries")
    assert list(states) == [("sent", 1), ("sent", 1)]
    assert deliver_mail.func(OutgoingMail.objects.order_by("pk")[0].pk) == "already sent"
