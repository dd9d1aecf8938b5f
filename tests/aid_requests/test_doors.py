"""Doors elsewhere: who keeps the list, and where it is read."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from aid_requests import actions, doors, sealed
from aid_requests.actions.doors import MAX_DOORS
from aid_requests.doors import doors_of
from aid_requests.models import SchoolDoor
from fund import clock
from fund.roles import Refused
from fund.workflow import AlreadyDone
from tests.aid_requests import factories
from tests.aid_requests.people_pages import WORDS, add_door

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020")]
FORM = {**{name: getattr(WORDS, name) for name in WORDS.__dataclass_fields__}, "phone": "03 20 00 00 00"}


def labels(*args: object, **values: object) -> list[str]:
    return [door.label for door in doors_of(*args, **values)]  # type: ignore[arg-type]


@pytest.fixture
def scheme():
    return sealed.scheme_of(factories.open_scheme())


def test_the_schools_doors_come_first_then_those_of_all_then_the_schemes(
    people, school, other_school, scheme
):
    add_door(people.national_referent, None, replace(WORDS, label_fr="Pour tous"))
    add_door(people.referent, school)
    own = [door.label.fr for door in scheme.doors]
    assert labels(school, scheme, language="fr") == ["Épicerie solidaire du Nord", "Pour tous", *own]
    assert labels(other_school, scheme, language="fr") == ["Pour tous", *own]
    assert labels(None, None, language="fr") == ["Pour tous"]
    assert labels(school, scheme, language="en")[0] == "Northern food shop"


def test_a_schools_door_stands_in_place_of_its_namesakes(people, school, scheme):
    code = scheme.doors[0].code
    add_door(people.national_referent, None, replace(WORDS, label_fr="Partout"), code=code)
    add_door(people.referent, school, code=code)
    shown = labels(school, scheme, language="fr")
    assert "Épicerie solidaire du Nord" in shown and "Partout" not in shown
    assert scheme.doors[0].label.fr not in shown and len(shown) == len(scheme.doors)
    assert labels(None, scheme, language="fr")[0] == "Partout"


def test_only_the_schemes_doors_that_an_outcome_names_are_shown(people, school, scheme):
    add_door(people.referent, school)
    first = scheme.doors[0]
    assert labels(school, scheme, language="fr", codes={first.code}) == [
        "Épicerie solidaire du Nord", first.label.fr
    ]  # fmt: skip


def test_a_retired_door_is_shown_no_more_and_its_code_is_free(people, school):
    door = add_door(people.referent, school)
    actions.retire_door(by=people.referent, door=door)
    assert labels(school, None) == []
    with pytest.raises(AlreadyDone):
        actions.retire_door(by=people.referent, door=door)
    add_door(people.referent, school)
    assert SchoolDoor.objects.count() == 2


def test_each_referent_keeps_the_own_list_only(people, school, other_school):
    door = add_door(people.referent, school)
    for by in (people.other_referent, people.national_referent, people.member1):
        with pytest.raises(Refused):
            actions.change_door(by=by, door=door, words=WORDS)
        with pytest.raises(Refused):
            add_door(by, school)
    with pytest.raises(Refused):
        add_door(people.referent, None)
    assert list(doors.kept_by(people.referent)) == [door]
    assert not doors.kept_by(people.national_referent).exists()


def test_a_list_has_an_end_and_no_name_twice(people, school):
    add_door(people.referent, school)
    with pytest.raises(Refused) as caught:
        add_door(people.referent, school)
    assert caught.value.refusal.code == "same_code"
    for number in range(MAX_DOORS - 1):
        add_door(people.referent, school, code=f"door-{number}")
    with pytest.raises(Refused) as caught:
        add_door(people.referent, school, code="one-more")
    assert caught.value.refusal.code == "full"


def test_a_referent_writes_changes_and_retires_a_door_in_the_browser(people, school, client_of):
    browser = client_of(people.referent)
    assert browser.post(reverse("door_list"), FORM).status_code == 302
    door = SchoolDoor.objects.get()
    assert (door.school, door.phone, door.url) == (school, "+33320000000", "https://epicerie.example/")
    address = reverse("door_page", args=[door.pk])
    assert "Baskets every Thursday." in browser.get(address).content.decode()
    assert browser.post(address, {**FORM, "hint_fr": "Des paniers chaque lundi."}).status_code == 302
    assert "chaque lundi" in browser.get(reverse("door_list")).content.decode()
    assert client_of(people.other_referent).get(address).status_code == 404
    assert browser.post(address, {"act": "retire"}).status_code == 302
    assert labels(school, None) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("label_en", ""), ("hint_fr", ""), ("url", "javascript:alert(1)"), ("url", "http://epicerie.example"),
        ("phone", "12"), ("position", "0"), ("label_fr", "Un\u202enom"),
    ],
)  # fmt: skip
def test_a_door_that_cannot_be_read_or_opened_is_refused(people, client_of, field, value):
    answer = client_of(people.referent).post(reverse("door_list"), {**FORM, field: value})
    assert answer.status_code == 422 and SchoolDoor.objects.count() == 0
    assert "Baskets every Thursday." in answer.content.decode()


def test_the_database_refuses_a_door_in_one_language_or_to_a_plain_site(people, school):
    door = add_door(people.referent, school)
    for changes in ({"label_en": ""}, {"url": "http://epicerie.example"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SchoolDoor.objects.filter(pk=door.pk).update(**changes)


def test_students_read_them_with_a_refusal_and_while_they_wait_for_a_call(people, school, browser, client):
    add_door(people.referent, school)
    add_door(people.national_referent, None, replace(WORDS, label_fr="Pour tous", phone=""))
    factories.open_scheme()
    asked = {"q-enrolled": "no", "q-shown": "enrolled"}
    told = browser.post(reverse("eligibility", args=["emergency-aid"]), asked, follow=True).content.decode()
    assert "Épicerie solidaire du Nord" in told and 'href="tel:+33320000000"' in told and "Pour tous" in told
    stranger = client.post(
        reverse("eligibility", args=["emergency-aid"]), asked, follow=True
    ).content.decode()
    assert "Épicerie solidaire du Nord" not in stranger and "Pour tous" in stranger
    assert "Pour tous" in Client().get(reverse("call_me_back")).content.decode()
    assert "Épicerie solidaire du Nord" in browser.get(reverse("call_me_back")).content.decode()


def test_a_door_is_dated_by_who_changed_it(people, school):
    door = add_door(people.referent, school)
    assert (door.changed_by, door.changed_at) == (people.referent, clock.moment())
