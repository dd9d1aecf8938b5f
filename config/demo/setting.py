"""The stage of the demo: foundation, schools, campaign, pockets, people and schemes."""

from datetime import date

from django.conf import settings
from django.utils.translation import gettext_noop

from aid_requests.actions.schemes import load_scheme
from config.demo import cast, schools
from config.demo.models import DemoPerson
from config.demo.season.students import EMERGENCY, MOBILITY
from fund import clock
from fund.models import Campaign, Foundation, Pocket, RoleGrant, School, User
from fund.models.people import MONEY_ROLES, POWER_OF_ROLE, Role

OPENED = date(2020, 4, 3)
FOUNDATION_IBAN = "FR7620041010059139099603004"
FOUNDATION_BIC = "PSSTFRPPPAR"


def set_the_stage() -> None:
    """Everything that is there before the first gift."""
    Foundation.objects.create(
        legal_name="Fondation partenariale Polytech (démonstration)",
        short_name="Fondation Polytech",
        siren="000000000",
        street="1 place de l’Essai",
        postcode="63000",
        town="Clermont-Ferrand",
        iban=FOUNDATION_IBAN,
        bic=FOUNDATION_BIC,
        contact_email="contact@fondation.example",
    )
    for school in schools.all_schools():
        School.objects.create(
            code=school.code,
            name=school.name,
            city=school.city,
            host_university=school.university,
            email_domains=[school.domain],
        )
    campaign = Campaign.objects.create(
        slug="printemps-2020",
        name=gettext_noop("Cagnotte nationale"),
        opens_on=OPENED,
        closes_on=date(2020, 6, 30),
        goal_cents=1_500_000,
    )
    name = gettext_noop("Là où le besoin est le plus grand")
    Pocket.objects.create(code=Pocket.GENERAL, name=name, campaign=campaign)
    for slug in (EMERGENCY, MOBILITY):
        text = (settings.BASE_DIR / "aid_requests" / "schedules" / f"{slug}.yaml").read_text(encoding="utf-8")
        load_scheme(by=None, text=text)


def bring_the_cast() -> dict[str, User]:
    """The staff and a donor by address. The first administrator comes from nowhere; others are given their role."""
    people = {part.email: User.objects.create_user(part.email, display_name=part.name) for part in cast.STAFF}
    email, name, _title, _does = cast.DONOR
    people[email] = User.objects.create_user(email, display_name=name)
    administrator = people[cast.STAFF[0].email]
    auditor = people[cast.STAFF[1].email]
    for part in cast.STAFF:
        RoleGrant.objects.create(
            user=people[part.email],
            role=part.role,
            power=POWER_OF_ROLE[part.role],
            school=School.objects.get(code=part.school) if part.school else None,
            granted_by=None if part.role == Role.ADMINISTRATOR else administrator,
            consented_by=auditor if part.role in MONEY_ROLES else None,
            granted_at=clock.moment(),
        )
    return people


def members_of(people: dict[str, User]) -> list[tuple[User, School | None]]:
    """The committee in the order in which it votes, each with the school the person is of."""
    schools_by_code = {school.code: school for school in School.objects.all()}
    members = [part for part in cast.STAFF if part.group == cast.COMMITTEE_GROUP]
    return [(people[part.email], schools_by_code.get(part.school)) for part in members]


def list_the_cast(people: dict[str, User], students: dict[str, User]) -> None:
    """Who can be become with a click, in the order of the page; `students` by their mark in `cast.STUDENTS`."""
    email, name, _school = cast.NEW_STUDENT
    does = gettext_noop("N’a encore rien demandé : tout reste à faire.")
    new = User.objects.create_user(email, display_name=name)
    rows = [(new, gettext_noop("Étudiante à Polytech Lyon"), does, cast.STUDENT_GROUP)]
    donor, _name, title, does = cast.DONOR
    rows += [(people[donor], title, does, cast.DONOR_GROUP)]
    rows += [(students[mark], *words, cast.STUDENT_GROUP) for mark, words in cast.STUDENTS.items()]
    rows += [(people[part.email], part.title, part.does, part.group) for part in cast.STAFF]
    DemoPerson.objects.bulk_create(
        DemoPerson(user=user, position=number, title=title, does=does, group=group)
        for number, (user, title, does, group) in enumerate(rows)
    )
