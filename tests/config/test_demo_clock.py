"""One clock on the demo's screens: rows that keep real time are shown on the domain's day."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from config.demo.models import MailboxMail
from donations.models import ProviderEvent
from fund import clock
from tests.donations.factories import event, post_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo_day(settings):
    settings.DEMO = True
    clock.set_shift(timezone.now())
    yield
    clock.set_shift(None)


def test_a_mail_is_dated_on_the_demos_day(client, demo_day):
    MailboxMail.objects.create(to="a@example.org", subject="Votre code", text="Bonjour")
    assert "15 mai 2020" in client.get(reverse("demo_mailbox")).content.decode()


def test_a_box_without_mail_shows_nobody_elses(client):
    MailboxMail.objects.create(to="a@example.org", subject="Votre code", text="Bonjour")
    page = client.get(reverse("demo_mailbox"), {"of": "0123456789"}).content.decode()
    assert "Aucun courriel pour l’instant" in page and "Votre code" not in page
    assert '<option value="0123456789" selected>Une personne sans courriel</option>' in page


def dated_by_the_provider(client_of, people, **fields: datetime) -> str:
    row = post_event(event("plan.created", {"id": "x"}))
    ProviderEvent.objects.filter(pk=row.pk).update(**fields)
    page = client_of(people.treasurer).get(reverse("event_page", args=[row.pk])).content.decode()
    return page.split("Daté par le prestataire</dt><dd>")[1].split("</dd>")[0]


def test_an_event_is_dated_on_the_demos_day_and_never_after_it_was_received(client_of, people, demo_day):
    now = timezone.now()
    shown = dated_by_the_provider(client_of, people, occurred_at=now, received_at=clock.moment())
    assert shown.startswith("15 mai 2020")
    loaded_for = datetime(2020, 4, 24, 10, 0, tzinfo=clock.PARIS)
    assert dated_by_the_provider(client_of, people, occurred_at=now, received_at=loaded_for) == (
        "24 avril 2020, 10\u00a0h\u00a000"
    )


def test_outside_the_demo_the_providers_own_time_is_shown_even_when_its_clock_runs_ahead(
    client_of, people, settings
):
    settings.DEMO = False
    received = datetime(2026, 11, 21, 9, 0, tzinfo=clock.PARIS)
    ahead = received + timedelta(hours=1)
    shown = dated_by_the_provider(client_of, people, occurred_at=ahead, received_at=received)
    assert shown == "21 novembre 2026, 10\u00a0h\u00a000"
