"""The stage of the demo: foundation, schools, campaign, pockets, people and schemes."""

from datetime import date

from django.conf import settings
from django.utils.translation import gettext_noop

from aid_requests.actions.schemes import load_scheme
from config.demo import cast, schools, script
from config.demo.models import DemoPerson
from fund import clock
from fund.models import Campaign, Foundation, Pocket, RoleGrant, School, User
from fund.models.people import MONEY_ROLES, POWER_OF_ROLE, Role

OPENED = date(2020, 4, 3)


def set_the_stage() -> None:
    """Everything that is there before the first gift."""
    Foundation.objects.create(
        legal_name="Fondation partenariale Polytech (démonstration)",
        short_name="Fondation Polytech",
        siren="000000000",
        street="1 place de l’Essai",
        postcode="63000",
        town="Clermont-Ferrand",
        iban=script.FOUNDATION_IBAN,
        bic=script.FOUNDATION_BIC,
        contact_email="contact@fondation.example",
    )
    for code, name, city, university in schools.SCHOOLS:
        School.objects.create(
            code=code,
            name=name,
            city=city,
            host_university=university,
            email_domains=[schools.domain_of(code)],
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
    for slug in (script.EMERGENCY, script.MOBILITY):
        text = (settings.BASE_DIR / "aid_requests" / "schedules" / f"{slug}.yaml").read_text(encoding="utf-8")
        load_scheme(by=None, text=text)


def bring_the_cast() -> dict[str, User]:
    """The staff by address. The first administrator comes from nowhere; every other role is given by someone."""
    people = {part.email: User.objects.create_user(part.email, display_name=part.name) for part in cast.STAFF}
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


def list_the_cast(people: dict[str, User], students: list[tuple[User, str, str]]) -> None:
    """Who can be become with a click; written last, so that its presence says that the loading was whole."""
    rows = [(user, title, does) for user, title, does in students]
    rows += [(people[part.email], part.title, part.does) for part in cast.STAFF]
    DemoPerson.objects.bulk_create(
        DemoPerson(user=user, position=number, title=title, does=does)
        for number, (user, title, does) in enumerate(rows)
    )
