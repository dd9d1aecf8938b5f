"""What the season counts: its files, what each evening made of them, and what each student read."""

import os
from collections import Counter

from aid_requests.models import AgendaItem, Decision, Minutes, Opinion, Sitting, Vote
from fund import registry
from fund.models import School
from reports.figures import read_figures
from tests.aid_requests.committee import factories
from tests.browser import season_acts as acts
from tests.browser.season_hall import Hall
from tests.browser.season_plan import (
    GRANT,
    READ_AGAIN,
    REFUSE,
    SUBJECT_TO,
    WAITING,
    Case,
    answers_of,
    ballots,
    plans_of,
    shares,
)
from tests.fund.treasury.camt import camt, credit
from tests.fund.treasury.factories import DEPOSIT
from tests.stories.world import run_queue

FILES = int(os.environ.get("SEASON_FILES", "14"))
MEMBERS = ("member1", "member2", "member3", "member4", "member5", "member6", "leaver")
STATES = {"refuse": "refused", "unanimous": "refused", "abstained": "refused", "redirect": "redirected"}


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
            answers = answers_of(session, plan, number)
            version = self.versions["mobility-aid" if "situation" in answers else "emergency-aid"]
            school = self.school(session, plan, number)
            applicant = factories.make_applicant(school, number)
            request = factories.make_file(
                version, applicant, self.people.referent, number=number, answers=answers
            )
            made.append(Case(request, plan, school.code))
            self.cases[request.reference] = made[-1]
        return made

    def school(self, session: str, plan: str, number: int) -> School:
        """A tie wants everybody's voice: no member comes from the first two schools. The referent is of the third, the
        delegate of the fourth."""
        if plan == "advance":
            return self.schools[2]
        known = 2 if plan in ("tie", "even_tie") else 3 if session == "alone" else 4
        return self.schools[number % known]

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
        if case.is_opinion:
            acts.sign_decision(self.hall["member5"], case.reference)
        case.request.refresh_from_db()
        state = case.request.state
        if case.is_put_off:
            assert state == "in_review", (case.plan, state)
            if case.plan == "put_off":
                self.student(case, READ_AGAIN)
        elif case.plan == "wait":
            assert state == "waitlisted", (case.plan, state)
            self.student(case, WAITING)
        elif case.plan == "subject":
            assert state == "conditional", (case.plan, state)
            self.bring(case)
        else:
            assert state == STATES.get(case.plan, "granted"), (case.plan, state, case.reference)
        case.looked += 1

    def bring(self, case: Case) -> None:
        """The student reads which paper is awaited, brings it, and somebody looks at it."""
        self.student(case, SUBJECT_TO)
        with self.hall.student(case.request.applicant.user) as person:
            acts.bring_paper(person, case.request.token)
        acts.accept_paper(self.hall["national_referent"], case.reference)
        case.request.refresh_from_db()
        assert case.request.state == "granted", case.request.state

    def sign(self, address: str) -> None:
        self.numbers.append(acts.sign_minutes([self.hall["chair"], self.hall["member1"]], address))

    def student(self, case: Case, headline: str) -> None:
        """The student opens the own request, and reads what became of it."""
        with self.hall.student(case.request.applicant.user) as person:
            page = person.goto("/demandes/")
            assert page.locator("h1").inner_text() == headline, (case.plan, page.locator("h1").inner_text())
            text = page.locator("main").inner_text()
            is_last = headline == case.headline
            missing = [words for words in case.words if is_last and words not in text]
            assert missing == [], (case.plan, missing)
            if case.is_granted and is_last:
                assert f"{(case.request.amount_cents or 0) // 100},00\u00a0€" in text
            if case.plan == "advance":
                assert "Une avance de 100,00\u00a0€" in text

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
        """Members of the file's school neither read nor decide it under these rules; whoever signs gives no opinion."""
        own = {"nord": "member3", "sud": "member2"}.get(case.school)
        # One never answers: the end date counts, not the last vote.
        away = {own, "member6", "member5" if case.is_opinion else None}
        return [name for name in ("chair", *MEMBERS) if self.hall[name].stays and name not in away]

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
            self.seen += 1
        assert self.seen == len(self.cases) == FILES
        granted = sum(case.request.amount_cents or 0 for case in self.cases.values() if case.is_granted)
        figures = read_figures().as_json()
        assert (figures["promised_cents"], figures["given_cents"]) == (granted, 0)
        assert {name: broken for name, check in registry.checks().items() if (broken := list(check()))} == {}
        last = len(self.numbers)
        assert self.numbers == [f"2020-{number}" for number in range(1, last + 1)]
        assert Minutes.objects.filter(paper=None).count() == 0
        kinds = Counter(Sitting.objects.values_list("kind", flat=True))
        outcomes = Counter(case.headline for case in self.cases.values())
        alone = Decision.objects.exclude(delegation="").count()
        held = (
            f"{kinds['both']} sittings, {kinds['consultation']} consultations, {alone} decided by delegation"
        )
        told.append(f"{FILES} files, {held}, {Opinion.objects.count()} signed after an opinion")
        told.append(f"{Vote.objects.count()} votes, {Decision.objects.count()} decisions: {dict(outcomes)}")
        told.append(f"{self.seen} outcomes seen of {FILES}; {sum(self.hall.seen.values())} pages looked at")
        told.append(f"{granted / 100:.2f} € promised or given")
