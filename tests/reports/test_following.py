"""What a donor is told of one gift, on the page and in the picture."""

import re
from datetime import date

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from donations.models import Telling
from fund import clock
from reports.addresses import ChartImage
from reports.following import follow, scheme_titles
from tests.aid_requests.committee import factories as files
from tests.donations import factories as gifts
from tests.donations.allocating import APRIL, MAY, MOBILITY, URGENT, aid, close, comes_back, give, give_back

pytestmark = pytest.mark.django_db


def tell(closing, *, since=None, by_scheme=True) -> Telling:
    """A window told, whatever the rule says of it: here the page is the matter."""
    return Telling.objects.create(
        pocket=closing.pocket,
        since=since,
        closing=closing,
        publication=1,
        by_scheme=by_scheme,
        told_at=clock.moment(),
    )


def page_of(gift, language="fr") -> str:
    response = Client().get(reverse("follow_gift", args=[gift.token]), headers={"Accept-Language": language})
    assert response.status_code == 200
    text = re.sub(r"<[^>]+>", " ", response.content.decode().partition("<main")[2])
    return re.sub(r"\s+", " ", text.replace("\u202f", " ").replace("\u00a0", " "))


def add_up(story) -> int:
    return story.paid_cents + story.fees_cents + story.returned_cents + story.rest_cents - story.beyond_cents


def test_nothing_about_aid_is_told_before_a_window_is(pocket):
    gift = give(pocket, 5_000, date(2020, 4, 11), fee_cents=124)
    aid(pocket, 4_000, date(2020, 4, 24))
    close(pocket, APRIL)
    story = follow(gift)
    assert (story.parts, story.fees_cents, story.rest_cents) == ((), 124, 4_876)
    assert "Il est trop tôt pour le dire" in page_of(gift)


def test_a_told_month_is_told_by_scheme_and_the_rest_keeps_silent(pocket):
    version = files.open_scheme()
    gift = give(pocket, 5_000, date(2020, 4, 11), fee_cents=124)
    aid(pocket, 4_200, date(2020, 4, 24), scheme=version.scheme.slug)
    tell(close(pocket, APRIL))
    aid(pocket, 500, date(2020, 5, 5), scheme=MOBILITY)
    close(pocket, MAY)
    story = follow(gift)
    assert [(part.scheme, part.cents) for part in story.parts] == [(version.scheme.slug, 4_200)]
    assert (story.rest_cents, add_up(story)) == (676, 5_000)
    title = scheme_titles([version.scheme.slug], "fr")[version.scheme.slug]
    said = page_of(gift)
    assert f"42 € de vos 50 € ont payé des aides du dispositif « {title} », en avril 2020." in said
    assert "Employé en partie" in said and MOBILITY not in said


def test_months_told_together_are_told_as_one(pocket):
    gift = give(pocket, 5_000, date(2020, 4, 11))
    aid(pocket, 1_000, date(2020, 4, 24))
    aid(pocket, 500, date(2020, 5, 5), scheme=MOBILITY)
    tell(close(pocket, MAY), by_scheme=False)
    (part,) = follow(gift).parts
    assert (part.first, part.last, part.scheme, part.cents) == (APRIL, MAY, "", 1_500)
    assert (
        "15 € de vos 50 € ont payé des aides aux étudiantes et aux étudiants, entre avril 2020 et mai 2020."
        in (page_of(gift))
    )


def test_a_gift_given_back_after_it_was_told_is_carried_by_others(pocket):
    gift = give(pocket, 5_000, date(2020, 4, 11))
    give(pocket, 9_000, date(2020, 4, 12))
    aid(pocket, 4_000, date(2020, 4, 24))
    april = close(pocket, APRIL)
    tell(april)
    give_back(gift, 3_000, date(2020, 5, 20))
    story = follow(gift)
    assert (story.returned_cents, story.rest_cents, story.beyond_cents) == (3_000, 0, 2_000)
    assert add_up(story) == 5_000
    assert "Que d’autres dons portent à sa place" in page_of(gift)
    tell(close(pocket, MAY), since=april, by_scheme=False)
    story = follow(gift)
    assert [part.cents for part in story.parts] == [4_000, -2_000]
    assert (story.beyond_cents, add_up(story)) == (0, 5_000)
    assert "Plus tard, d’autres dons ont pris le relais pour 20 €." in page_of(gift)


def test_aid_that_came_back_is_taken_back_in_words(pocket):
    gift = give(pocket, 5_000, date(2020, 4, 11))
    returned = aid(pocket, 4_000, date(2020, 4, 24))
    april = close(pocket, APRIL)
    tell(april)
    comes_back(returned, date(2020, 5, 4))
    tell(close(pocket, MAY), since=april, by_scheme=False)
    story = follow(gift)
    assert (story.paid_cents, story.rest_cents) == (0, 5_000)


def test_the_page_speaks_english(pocket):
    gift = give(pocket, 5_000, date(2020, 4, 11))
    aid(pocket, 4_200, date(2020, 4, 24))
    tell(close(pocket, APRIL), by_scheme=False)
    translation.activate("fr")
    assert "€50" in page_of(gift, "en") and "April 2020" in page_of(gift, "en")


def test_a_gift_that_did_not_arrive_has_no_story(pocket):
    gift = gifts.make_gift(pocket)
    assert "Ce don n’est pas encore arrivé." in page_of(gift)
    image = ChartImage("part", "fr", "light")
    address = reverse("follow_picture", kwargs={"token": gift.token, "image": image})
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_the_picture_is_at_its_own_address_and_for_the_donor_alone(pocket, scheme, width):
    gift = give(pocket, 5_000, date(2020, 4, 11), fee_cents=124)
    aid(pocket, 4_200, date(2020, 4, 24))
    tell(close(pocket, APRIL))
    image = ChartImage("part", "fr", scheme, width)
    address = reverse("follow_picture", kwargs={"token": gift.token, "image": image})
    response = Client().get(address)
    assert response["Content-Type"].startswith("image/svg+xml")
    assert response["Cache-Control"].startswith("private")
    text = response.content.decode()
    assert "Aides 42,00" in text and "<script" not in text
    again = Client().get(address, headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


def test_the_gift_page_leads_there(pocket):
    gift = give(pocket, 5_000, date(2020, 4, 11))
    page = Client().get(reverse("gift_page", args=[gift.token])).content.decode()
    assert reverse("follow_gift", args=[gift.token]) in page


def test_reading_the_page_writes_nothing(pocket, django_assert_max_num_queries):
    gift = give(pocket, 5_000, date(2020, 4, 11))
    aid(pocket, 4_200, date(2020, 4, 24), scheme=URGENT)
    tell(close(pocket, APRIL))
    with django_assert_max_num_queries(12), transaction.atomic():
        follow(gift)
