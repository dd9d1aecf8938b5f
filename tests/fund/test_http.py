"""Private by default, and a page that is looked at never writes."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path

from fund import roles, workflow
from fund.http import GetWrote
from fund.models import School


@login_not_required
def writes(request):
    with transaction.atomic():
        School.objects.create(code="x", name="x", city="x")
    return HttpResponse("written")


@login_not_required
def refuses(request):
    roles.demand(roles.Refusal("no", "Pas vous, et voici pourquoi."))


@login_not_required
def too_late(request):
    raise workflow.AlreadyDone("C’est déjà fait, le 14 mai.")


def undeclared(request):
    return HttpResponse("private")


from config.urls import urlpatterns as site  # noqa: E402

urlpatterns = [
    path("t/writes/", writes),
    path("t/refuses/", refuses),
    path("t/late/", too_late),
    path("t/undeclared/", undeclared),
    *site,
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def test_a_get_that_writes_raises(client):
    with pytest.raises(GetWrote, match="fund_school"):
        client.get("/t/writes/")
    assert School.objects.count() == 0


def test_the_same_view_may_write_on_post(client):
    assert client.post("/t/writes/").content == b"written"


def test_a_view_that_declares_nothing_is_private(client):
    response = client.get("/t/undeclared/")
    assert response.status_code == 302
    assert response["Location"].startswith("/compte/connexion/")


def test_a_refusal_is_a_page_with_its_sentence(client):
    response = client.get("/t/refuses/")
    assert response.status_code == 403
    assert "Pas vous, et voici pourquoi." in response.content.decode()


def test_an_act_that_came_too_late_is_a_page_with_its_sentence(client):
    response = client.get("/t/late/")
    assert response.status_code == 409
    assert "C’est déjà fait, le 14 mai." in response.content.decode()


def test_a_form_without_its_token_is_refused():
    response = Client(enforce_csrf_checks=True).post("/affichage/", {"theme": "dark"})
    assert response.status_code == 403
    assert "Rien n’a été envoyé" in response.content.decode()


def test_display_choices_stay_on_this_site(client):
    response = client.post("/affichage/", {"theme": "dark", "next": "https://evil.example/"})
    assert response["Location"] == "/"
    assert response.cookies["theme"].value == "dark"


@override_settings(DEBUG=False)
def test_an_unknown_address_is_a_kind_page(client):
    response = client.get("/nulle-part/")
    assert response.status_code == 302 or "n’existe pas" in response.content.decode()
