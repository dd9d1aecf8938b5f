"""A season of the committee: eight sittings, two consultations, ten people in browsers, every student told.

`SEASON_FILES=200` runs the whole season; without it a small one. The rules of three commissions are opened from their
files on the way. See season_plan for what each file is, season_acts for what people do on pages.
"""

import os
import time as watch
from collections import Counter
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

from aid_requests.models import AgendaItem, Decision, Minutes, Sitting, Vote
from fund import registry
from fund.models import RoleGrant, School
from fund.models.people import Role
from reports.figures import read_figures
from tests.aid_requests.committee import factories
from tests.browser import season_acts as acts
from tests.browser.season_hall import Hall, Time, keep_files, one_at_a_time, schools
from tests.browser.season_plan import GRANT, REFUSE, WAITING, Case, answers_of, ballots, plans_of, shares
from tests.conftest import grant, make_user
from tests.fund.treasury.camt import camt, credit
from tests.fund.treasury.factories import DEPOSIT, deposits_claimed
from tests.stories.world import run_queue

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FILES = int(os.environ.get("SEASON_FILES", "18"))
RULES = Path(__file__).parent.parent / "stories" / "rules"
ROOM, REMOTE = "en salle", "à distance"
MEMBERS = ("member1", "member2", "member3", "member4", "member5", "member6", "leaver")
PHONES = ("member3", "member4", "member6", "leaver")


def rules(name: str) -> str:
    return (RULES / f"{name}.yaml").read_text(encoding="utf-8")


class Season:
    """The hall, the files, and the test's own count."""

    def __init__(self, hall: Hall, people, of_schools, pocket) -> None:
        self.hall, self.people, self.schools, self.pocket = hall, people, of_schools, pocket
        self.versions = {name: factories.open_scheme(name) for name in ("emergency-aid", "mobility-aid")}
        self.cases: dict[str, Case] = {}
        self.shares = shares(FILES)
        self.closing_cents = 0
        self.numbers: list[str] = []
        self.seen = 0

    def files(self, session: str) -> list[Case]:
        """The files that reach the committee before a session, two days old."""
        made = []
        for plan in plans_of(session, self.shares[session]):
            number = len(self.cases) + 1
            answers = answers_of(plan, number)
            version = self.versions["mobility-aid" if "situation" in answers else "emergency-aid"]
            school = self.school(plan, number)
            applicant = factories.make_applicant(school, number)
            request = factories.make_file(
                version, applicant, self.people.referent, number=number, answers=answers
            )
            made.append(Case(request, plan, school.code))
            self.cases[request.reference] = made[-1]
        return made

    def school(self, plan: str, number: int) -> School:
        """A tie wants everybody's voice: no member comes from the first two schools; the referent is of the third."""
        if plan == "advance":
            return self.schools[2]
        return self.schools[number % (2 if plan in ("tie", "even_tie") else 4)]

    def money(self, cents: int) -> None:
        """A statement with one deposit, read by the treasurer."""
        name = f"DEPOT-{self.closing_cents}"
        acts.read_statement(
            self.hall["treasurer"], name, camt(name, self.closing_cents, [credit(cents, remittance=DEPOSIT)])
        )
        self.closing_cents += cents
        self.hall["treasurer"].page.goto("about:blank")

    def sitting(self, address: str, present: dict[str, str], order: list[Case]) -> None:
        """Opened, every file voted on in `order`, closed and signed."""
        acts.open_sitting(self.hall, address, present)
        table = ["chair", *present]
        references = [case.reference for case in order]
        while (reference := acts.take_next(self.hall["member1"], address, references)) is not None:
            self.decide(address, self.cases[reference], table)
        acts.close_sitting(self.hall["chair"], address)
        self.sign(address)

    def decide(self, address: str, case: Case, table: list[str]) -> None:
        """Each on the own device, or by hand; then the vote is closed, or the file put off."""
        voters = [name for name in table if acts.may_vote(self.hall[name], address)]
        said = ballots(case, voters)
        for name, ballot in said.items():
            if case.plan == "by_hand" and name in ("member1", "member5"):
                acts.note_vote(self.hall["chair"], address, self.hall.users[name], ballot)
            else:
                acts.vote(self.hall[name], ballot)
        if case.plan == "discussed" and case.looked == 0:
            acts.put_off(self.hall["member1"], address)
        else:
            acts.end_vote(self.hall["chair"], address)
        self.look(case)

    def look(self, case: Case) -> None:
        """What came of it now, against the plan."""
        case.request.refresh_from_db()
        state = case.request.state
        if case.is_put_off:
            assert state == "in_review", (case.plan, state)
        elif case.plan == "wait":
            assert state == "waitlisted", (case.plan, state)
            self.student(case, WAITING)
        else:
            wanted = {"refuse": "refused", "unanimous": "refused", "abstained": "refused"}
            wanted["redirect"] = "redirected"
            assert state == wanted.get(case.plan, "granted"), (case.plan, state, case.reference)
        case.looked += 1

    def sign(self, address: str) -> None:
        self.numbers.append(acts.sign_minutes([self.hall["chair"], self.hall["member1"]], address))

    def student(self, case: Case, headline: str) -> None:
        """The student opens the own request, and reads what became of it."""
        with self.hall.student(case.request.applicant.user) as person:
            page = person.goto("/demandes/")
            assert page.locator("h1").inner_text() == headline, (case.plan, page.locator("h1").inner_text())
            text = page.locator("main").inner_text()
            missing = [words for words in case.words if headline != WAITING and words not in text]
            assert missing == [], (case.plan, missing)
            if case.is_granted and headline != WAITING:
                assert f"{(case.request.amount_cents or 0) // 100},00\u00a0€" in text
            if case.plan == "advance":
                assert "Une avance de 100,00\u00a0€" in text
        self.seen += headline != WAITING

    def order(self) -> list[Case]:
        """Everything not decided yet, what waits for money last."""
        return sorted(self.cases.values(), key=lambda case: case.plan == "wait")

    @staticmethod
    def spent(cases: list[Case]) -> int:
        """Cents of what will be granted."""
        return sum(
            case.request.amount_cents or 0 for case in cases if case.is_granted and not case.is_put_off
        )

    def everything(self) -> int:
        """More than all that may still come: what waits, what was put off, and the files of the rest of the season."""
        return FILES * 50_000

    @staticmethod
    def as_held(text: str) -> str:
        """Without the modes that no page holds yet."""
        lines = yaml.safe_load(text)
        for name in ("modes", "delegation", "opinion"):
            lines.pop(name, None)
        return yaml.safe_dump(lines, allow_unicode=True)

    def advance(self, made: list[Case]) -> None:
        """The administrator sets the caps, the referent of another school gives 100 € before the decision."""
        page = self.hall["administrator"].goto("/comite/avances/reglage/")
        page.get_by_label("Enveloppe qui paie les avances").select_option(str(self.pocket.pk))
        page.get_by_label("Plafond d’une avance").fill("100")
        page.get_by_label("Plafond de toutes les avances d’un mois").fill("1 000")
        self.hall["administrator"].press("Enregistrer")
        for case in made:
            if case.plan != "advance":
                continue
            page = self.hall["referent"].goto(f"/avances/{case.request.token}/")
            page.get_by_label("Montant de l’avance").fill("100")
            page.get_by_label("Ce qui ne peut pas attendre").select_option("food")
            page.get_by_label("En une phrase ou deux").fill("Plus rien pour la semaine.")
            page.get_by_label("Je n’ai aucun lien personnel").check()
            self.hall["referent"].press("Accorder l’avance")

    def on(self, address: str) -> list[Case]:
        """The files of an agenda, in its order."""
        token = address.rstrip("/").split("/")[-1]
        rows = AgendaItem.objects.filter(sitting__token=token).order_by("number")
        return [self.cases[row.request.reference] for row in rows.select_related("request")]

    def readers(self, case: Case) -> list[str]:
        """Members of the file's school neither read nor decide it under these rules."""
        own = {"nord": "member3", "sud": "member2"}.get(case.school)
        live = [name for name in ("chair", *MEMBERS) if self.hall[name].stays]
        # One never answers: the end date counts, not the last vote.
        return [name for name in live if name not in (own, "member6")]

    def written(self, cases: list[Case]) -> None:
        for case in cases:
            for name, ballot in ballots(case, self.readers(case)).items():
                acts.write_vote(self.hall[name], case.reference, ballot)

    def batched(self, cases: list[Case]) -> None:
        for name in ("chair", *MEMBERS):
            for plan, ballot in (("grant", GRANT), ("refuse", REFUSE)):
                mine = [one.reference for one in cases if one.plan == plan and name in self.readers(one)]
                while mine:
                    ticked = acts.vote_on_many(self.hall[name], mine, ballot)
                    mine = [reference for reference in mine if reference not in ticked]
                    run_queue()

    def end(self, address: str) -> None:
        """The timed work counts the consultation after its end date."""
        cases = self.on(address)
        _every, job = registry.jobs()["consultations"]
        job()
        for case in cases:
            self.look(case)
        self.sign(address)

    def goes_home(self, told: list[str]) -> None:
        """Every student reads the own page; sums, minutes and the ledger agree."""
        for case in self.cases.values():
            case.request.refresh_from_db()
            self.student(case, case.headline)
        assert self.seen == len(self.cases) == FILES
        granted = sum(case.request.amount_cents or 0 for case in self.cases.values() if case.is_granted)
        figures = read_figures().as_json()
        assert (figures["promised_cents"], figures["given_cents"]) == (granted, 0)
        call_command("check_ledger")
        assert self.numbers == [f"2020-{number}" for number in range(1, len(self.numbers) + 1)]
        assert Minutes.objects.filter(paper=None).count() == 0
        kinds = Counter(Sitting.objects.values_list("kind", flat=True))
        outcomes = Counter(case.headline for case in self.cases.values())
        told.append(f"{FILES} files, {kinds['both']} sittings, {kinds['consultation']} consultations")
        told.append(f"{Vote.objects.count()} votes, {Decision.objects.count()} decisions: {dict(outcomes)}")
        told.append(f"{self.seen} outcomes seen of {FILES}; {sum(self.hall.seen.values())} pages looked at")
        told.append(f"{granted / 100:.2f} € promised or given")


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
    for name in ("administrator", "treasurer", "referent"):
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
    text = rules("votes-cast-unanimity").replace(
        "emergency-aid/equipment", "emergency-aid/money_blocked_abroad"
    )
    acts.open_rules(hall["administrator"], season.as_held(text))
    made = season.files("in writing") + [case for case in season.order() if case.is_put_off]
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
    assert made


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
    """Four sittings: abstentions weigh against, a tie puts off."""
    hall, when = season.hall, season.hall.time
    when.goes_to(6, 26)
    acts.open_rules(hall["administrator"], season.as_held(rules("present-or-represented")))
    evenings = {"present": (7, 6), "half": (7, 15), "back": (7, 24), "last": (8, 3)}
    for name, (month, day) in evenings.items():
        season.files(name)
        address = acts.prepare(hall["chair"], when.day(month, day, 17))
        acts.convene(hall["chair"], address, hall.users["member1"])
        for case in season.on(address):
            if case.plan == "recused":
                acts.step_back(hall["member4"], case.reference)
        when.goes_to(month, day, 17)
        there = dict.fromkeys(("member1", "member2", "member5"), ROOM)
        season.sitting(address, {**there, "member3": REMOTE, "member4": REMOTE}, season.order())


def test_the_season(season: Season, told: list[str]) -> None:
    began = watch.monotonic()
    half_then_none(season)
    votes_cast(season)
    present_or_represented(season)
    season.goes_home(told)
    told.append(f"{watch.monotonic() - began:.0f} s")
    assert sorted(set(season.hall.complaints)) == []
