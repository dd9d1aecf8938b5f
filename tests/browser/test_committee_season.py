"""A season of the committee: eight sittings, two consultations, a delegation; each in a browser, students told.

`SEASON_FILES=200` runs the whole season; without it a small one. The rules of three commissions are opened from their
files on the way. See season_plan for what each file is, season_acts for what people do on pages, season_count for what
is held against the plan.
"""

import time as watch
from pathlib import Path

import pytest

from fund.models import RoleGrant
from fund.models.people import Role
from tests.browser import season_acts as acts
from tests.browser.season_count import MEMBERS, Season
from tests.browser.season_hall import Hall, Time, keep_files, one_at_a_time, schools
from tests.browser.season_plan import ballots
from tests.conftest import grant, make_user
from tests.fund.treasury.factories import deposits_claimed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = Path(__file__).parent.parent / "stories" / "rules"
ROOM, REMOTE = "en salle", "à distance"
PHONES = ("member3", "member4", "member6", "leaver")


def rules(name: str, **changed: tuple[str, str]) -> str:
    """The rules of a commission; `changed`: what stands for a number or a case of theirs here."""
    text = (RULES / f"{name}.yaml").read_text(encoding="utf-8")
    for key, (before, after) in changed.items():
        assert before in text, key
        text = text.replace(before, after)
    return text


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


@pytest.fixture
def season(
    time, foundation, pocket, people, school, other_school, client_of, live_server, own_browser, monkeypatch
):
    """Ten people before their browsers on 15 May 2020."""
    one_at_a_time(monkeypatch)
    keep_files(monkeypatch)
    hall = Hall(own_browser, live_server.url, client_of, time)
    for name in ("member4", "member5", "member6", "leaver"):
        user = make_user(name)
        grant(user, Role.MEMBER, by=people.administrator)
        setattr(people, name, user)
    for name in ("chair", *MEMBERS):
        hall.admit(name, getattr(people, name), on_phone=name in PHONES)
    for name in ("administrator", "treasurer", "referent", "national_referent"):
        hall.admit(name, getattr(people, name), is_blind=False)
    with deposits_claimed(pocket):
        yield Season(hall, people, schools(school, other_school), pocket)


def half_then_none(season: Season) -> None:
    """Four sittings: a proxy and an advance; one without quorum and its second call; a tie, and no money left."""
    hall = season.hall
    acts.open_rules(hall["administrator"], rules("half-then-none"))
    first_evening(season)
    two_calls(season)
    tied_evening(season)


def first_evening(season: Season) -> None:
    hall, when = season.hall, season.hall.time
    made = season.files("first")
    season.money(season.spent(made) or 100)
    season.advance(made)
    for case in made:
        if case.plan == "recused":
            acts.step_back(hall["member4"], case.reference)
    address = acts.prepare(hall["chair"], when.day(5, 20, 17))
    acts.convene(hall["chair"], address, hall.users["member1"])
    acts.give_proxy(hall["member6"], address, hall.users["member2"])
    when.goes_to(5, 20, 17)
    there = dict.fromkeys(("member1", "member2", "member5"), ROOM)
    season.sitting(address, {**there, **dict.fromkeys(("member3", "member4", "leaver"), REMOTE)}, made)


def two_calls(season: Season) -> None:
    """Three of eight seats: nothing is taken. The second call decides with them."""
    hall, when = season.hall, season.hall.time
    when.goes_to(5, 21)
    made = season.files("no quorum")
    season.money(season.spent([case for case in season.order() if case.request.state == "in_review"]) or 100)
    address = acts.prepare(hall["chair"], when.day(5, 27, 17))
    acts.convene(hall["chair"], address, hall.users["member1"])
    when.goes_to(5, 27, 17)
    there = {"member1": ROOM, "member4": REMOTE}
    acts.open_sitting(hall, address, there)
    acts.take_next(hall["member1"], address, [case.reference for case in made])
    assert "non atteint" in hall["member1"].page.inner_text("body")
    acts.close_sitting(hall["member1"], address)
    season.sign(address)
    page = hall["chair"].goto("/comite/seances/")
    again = page.locator(".todo li").filter(has_text="seconde convocation")
    second = hall["chair"].follow("2020", again).url
    acts.convene(hall["chair"], second, hall.users["member1"])
    when.goes_to(5, 30, 17)
    season.sitting(second, there, season.order())


def tied_evening(season: Season) -> None:
    """In urgency; an alternate sits, the chair's voice breaks a tie, and there is no money for the last ones."""
    hall, when = season.hall, season.hall.time
    when.goes_to(6, 2)
    made = season.files("tied")
    season.money(season.spent([case for case in made if case.plan != "wait"]) or 100)
    address = acts.prepare(hall["chair"], when.day(6, 5, 17))
    names = {name: hall.users[name].display_name for name in MEMBERS}
    acts.convene(
        hall["chair"],
        address,
        hall.users["member1"],
        urgency="Des loyers tombent le 10 juin.",
        alternates={f"{names['member5']} supplée": names["leaver"]},
    )
    when.goes_to(6, 5, 17)
    there = dict.fromkeys(("member1", "member2", "member5"), ROOM)
    season.sitting(address, {**there, "member3": REMOTE, "member4": REMOTE}, made)
    when.goes_to(6, 6)
    season.money(season.everything())
    page = hall["chair"].goto("/comite/liste-attente/")
    if page.get_by_role("button", name="Servir la liste maintenant").count():
        hall["chair"].press("Servir la liste maintenant")
    for case in made:
        case.request.refresh_from_db()
        assert case.plan != "wait" or case.request.state == "granted"


def votes_cast(season: Season) -> None:
    """Two consultations. A member leaves in the middle of the first, and that vote counts no more; the second is voted
    on many files at once."""
    hall, when = season.hall, season.hall.time
    when.goes_to(6, 8)
    text = rules(
        "votes-cast-unanimity",
        case=("emergency-aid/equipment", "emergency-aid/money_blocked_abroad"),
        signer=("signed_by: 40", f"signed_by: {hall.users['member5'].pk}"),
    )
    acts.open_rules(hall["administrator"], text)
    season.files("in writing")
    ends = when.day(6, 16, 18)
    address = acts.prepare(hall["chair"], when.day(6, 8, 10), ends=ends)
    acts.convene(hall["chair"], address, hall.users["member1"])
    when.goes_to(6, 10)
    season.written(season.on(address))
    RoleGrant.objects.filter(user=season.people.leaver).update(revoked_at=when.now)
    hall["leaver"].stays = False
    assert "403" in str(hall["leaver"].page.goto(hall.address + "/comite/").status)
    when.goes_to(6, 16, 19)
    season.end(address)
    batch_consultation(season)


def batch_consultation(season: Season) -> None:
    hall, when = season.hall, season.hall.time
    when.goes_to(6, 17)
    season.files("by batch")
    address = acts.prepare(hall["chair"], when.day(6, 17, 10), ends=when.day(6, 25, 18))
    acts.convene(hall["chair"], address, hall.users["member1"])
    season.batched(season.on(address))
    when.goes_to(6, 25, 19)
    season.end(address)


def present_or_represented(season: Season) -> None:
    """A delegation, and four sittings: abstentions weigh against, a tie puts off."""
    hall, when = season.hall, season.hall.time
    when.goes_to(6, 26)
    delegate = ("person: 2\n", f"person: {hall.users['member2'].pk}\n")
    acts.open_rules(hall["administrator"], rules("present-or-represented", delegate=delegate))
    for case in season.files("alone"):
        acts.decide_alone(hall["member2"], case.reference, ballots(case, ["member2"])["member2"])
        season.look(case)
    evening(season, "present", (6, 27), (7, 6))
    evening(season, "half", (7, 7), (7, 15))
    evening(season, "back", (7, 20), (7, 29))
    evening(season, "last", (8, 3), (8, 12))


def evening(season: Season, name: str, called: tuple[int, int], held: tuple[int, int]) -> None:
    """Convened eight days before at the least; whoever knows a student steps back."""
    hall, when = season.hall, season.hall.time
    when.goes_to(*called)
    season.files(name)
    address = acts.prepare(hall["chair"], when.day(*held, 17))
    acts.convene(hall["chair"], address, hall.users["member1"])
    for case in season.on(address):
        if case.plan == "recused":
            acts.step_back(hall["member4"], case.reference)
    when.goes_to(*held, 17)
    there = dict.fromkeys(("member1", "member2", "member5"), ROOM)
    season.sitting(address, {**there, "member3": REMOTE, "member4": REMOTE}, season.order())


def test_the_season(season: Season, told: list[str]) -> None:
    began = watch.monotonic()
    half_then_none(season)
    votes_cast(season)
    present_or_represented(season)
    season.goes_home(told)
    told.append(f"{watch.monotonic() - began:.0f} s")
    assert sorted(set(season.hall.complaints)) == [], "\n".join(sorted(set(season.hall.complaints)))
