"""The plan of the season, before anything is done: people, accounts and gifts as files and seed give them."""

import re
from collections import Counter

from config.demo import cast, schools
from config.demo.season.accounts import iban_of
from config.demo.season.chance import draw, pick_weighted
from config.demo.season.gifts import planned_gifts
from config.demo.season.students import students
from fund import clock
from fund.bank.iban import check_iban

DRAWN = [49, 96, 0, 18, 75]
FIRST = [
    ("2020-04-03T09:25:00+02:00", "Mounia", 5_000, "paid"),
    ("2020-04-03T09:50:00+02:00", "Henri", 50_000, "paid"),
    ("2020-04-03T10:47:00+02:00", "Régis", 5_000, "paid"),
]


def test_the_draws_are_these_on_every_machine():
    assert [draw(f"example:{number}", 100) for number in range(5)] == DRAWN
    assert Counter(pick_weighted(f"size:{number}", [(5, 1), (50, 3)]) for number in range(400))[50] > 250


def test_the_first_gifts_are_these_on_every_machine():
    first = [
        (gift.moment.isoformat(), gift.first_name, gift.amount_cents, gift.what)
        for gift in planned_gifts()[:3]
    ]
    assert first == FIRST


def test_the_gifts_follow_the_season():
    gifts = planned_gifts()
    days = Counter(gift.moment.date() for gift in gifts)
    assert days.most_common(1)[0][0].isoformat() == "2020-04-03"
    assert days[max(days)] and max(gift.moment for gift in gifts) < clock.DEMO_START
    after_mail = sum(days[day] for day in days if day.isoformat() in ("2020-04-16", "2020-04-30"))
    assert after_mail >= 20
    weekend = [count for day, count in days.items() if day.weekday() == 6 and day.isoformat() > "2020-04-06"]
    assert max(weekend) <= 3
    assert len({gift.form_token for gift in gifts}) == len(gifts)


def test_forty_messages_are_short_and_all_different():
    said = [gift.message for gift in planned_gifts() if gift.message]
    assert len(said) >= 40 and len(set(said)) == len(said)
    assert max(len(message) for message in said) <= 140
    assert all("’" in message or "'" not in message for message in said)


def test_every_student_has_a_name_a_story_and_an_account_of_their_own():
    rows = students()
    assert len({row.name for row in rows}) == len({row.email for row in rows}) == len(rows) == 66
    assert len({row.story for row in rows}) == len(rows)
    assert all(40 <= len(row.story) <= 400 or row.end == "draft" for row in rows)
    assert {row.school for row in rows} == {school.code for school in schools.all_schools()}
    accounts = [row.iban for row in rows] + [row.other_iban for row in rows]
    assert len(set(accounts)) == len(accounts)


def test_no_address_reaches_anybody():
    addresses = [row.email for row in students()] + [gift.email for gift in planned_gifts()]
    addresses += [part.email for part in cast.STAFF]
    assert all(re.fullmatch(r"[a-z0-9.-]+@([a-z-]+\.)*[a-z-]+\.example", address) for address in addresses)


def test_made_up_accounts_pass_every_check_in_three_countries_and_belong_to_no_bank_customer():
    checked = [check_iban(iban_of(number)) for number in range(200)]
    assert {iban.country for iban in checked} == {"FR", "IE", "NL"}
    assert len({iban.compact for iban in checked}) == 200
    assert all("DEMO" in iban.compact for iban in checked)


def test_fifteen_schools_and_a_committee_that_can_decide_twice():
    assert len(schools.all_schools()) == 15
    seats = [part for part in cast.STAFF if part.group == cast.COMMITTEE_GROUP]
    assert len(seats) == 6
    tellers = [part for part in cast.STAFF if part.group == cast.TELLING_GROUP]
    assert len(tellers) == 2
