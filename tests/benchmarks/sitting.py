"""Votes on one sitting: `python -m tests.benchmarks.sitting [--members 40] [--files 10]`, on a durable PostgreSQL.

Every member votes on each file on the own phone, eight at a time; then the desk closes it. Told: votes a second, the
statements of the first and of the last vote (they must be as many), and those of the closing. The bound is the audit
event of a vote, written alone by as many phones.
"""

import argparse
import statistics
import threading
import time
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

from tests.benchmarks.durable import installed_application

PHONES = 8


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--members", type=int, default=40)
    parser.add_argument("--files", type=int, default=10)
    asked = parser.parse_args()
    with installed_application():
        measure(prepare(asked.members, asked.files))


def prepare(members: int, files: int) -> SimpleNamespace:
    """A committee of so many, all in the room of an open sitting with so many files."""
    from aid_requests.committee import actions  # noqa: PLC0415 - Django must be set up first
    from fund import clock  # noqa: PLC0415
    from tests.aid_requests.committee import sitting_files as sittings  # noqa: PLC0415

    people = _committee(members)
    with clock.at(clock.DEMO_START):
        requests = _files(files)
        sittings.open_rules(people.administrator)
    names = tuple(user.email.split("@")[0] for user in people.voters)
    with clock.at(sittings.EVENING):
        people.sitting = sittings.opened(people, *requests, there=names)
    people.act = actions
    return people


def _committee(members: int) -> SimpleNamespace:
    from fund import clock  # noqa: PLC0415
    from fund.models import RoleGrant  # noqa: PLC0415
    from fund.models.people import POWER_OF_ROLE, Role  # noqa: PLC0415
    from tests.conftest import grant, make_user  # noqa: PLC0415

    people = SimpleNamespace(administrator=make_user("administrator"), chair=make_user("chair"), voters=[])
    RoleGrant.objects.create(
        user=people.administrator,
        role=Role.ADMINISTRATOR,
        power=POWER_OF_ROLE[Role.ADMINISTRATOR],
        granted_at=clock.moment(),
    )
    grant(people.chair, Role.CHAIR, by=people.administrator)
    for number in range(1, members + 1):
        user = make_user(f"member{number}")
        grant(user, Role.MEMBER, by=people.administrator)
        setattr(people, f"member{number}", user)
        people.voters.append(user)
    return people


def _files(number: int) -> list[Any]:
    """So many files in review, and money for all of them."""
    from fund.models import Campaign, Foundation, Pocket, School  # noqa: PLC0415
    from tests.aid_requests.committee import factories  # noqa: PLC0415
    from tests.conftest import make_user  # noqa: PLC0415
    from tests.fund.treasury.factories import give_by_card  # noqa: PLC0415

    Foundation.objects.create(
        legal_name="Fondation d’essai", short_name="Essai", siren="732829320", street="1 rue de l’Essai",
        postcode="75001", town="Paris", iban="FR1420041010050500013M02606", bic="PSSTFRPPPAR",
        contact_email="contact@fondation.example",
    )  # fmt: skip
    values = {"code": "nord", "name": "École du Nord", "city": "Lille", "email_domains": ["nord.example"]}
    school = School.objects.create(**values)
    dates = {"opens_on": date(2020, 4, 3), "closes_on": date(2020, 6, 30), "goal_cents": 1_500_000}
    campaign = Campaign.objects.create(slug="essai", name="Essai", **dates)
    general = {"name": "Général", "campaign": campaign}
    pocket, _made = Pocket.objects.get_or_create(code=Pocket.GENERAL, defaults=general)
    give_by_card(pocket, 10_000_000)
    version, referent = factories.open_scheme(), make_user("referent")
    return [
        factories.make_file(version, factories.make_applicant(school, one), referent, number=one)
        for one in range(1, number + 1)
    ]


def measure(people: SimpleNamespace) -> None:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from fund import clock  # noqa: PLC0415
    from tests.aid_requests.committee import sitting_files as sittings  # noqa: PLC0415

    rates, bounds, firsts, lasts, closings = [], [], [], [], []
    with clock.at(sittings.EVENING):
        for item in people.sitting.items.order_by("number"):
            people.act.take_item(by=people.chair, item=item)
            first, *others, last = people.voters
            firsts.append(_statements(CaptureQueriesContext(connection), lambda: sittings.say(first, item)))  # noqa: B023 - called at once
            rates.append(_by_phones([(sittings.say, voter, item) for voter in others], sittings.EVENING))
            bounds.append(_by_phones([(_alone, voter, item) for voter in others], sittings.EVENING))
            lasts.append(_statements(CaptureQueriesContext(connection), lambda: sittings.say(last, item)))  # noqa: B023
            close = people.act.close_item
            closings.append(
                _statements(CaptureQueriesContext(connection), lambda: close(by=people.chair, item=item))  # noqa: B023
            )
    rate, bound = statistics.median(rates), statistics.median(bounds)
    told = f"{rate:.0f} votes a second, {rate / bound:.2f} of the bound"
    print(f"{len(people.voters)} members, {len(rates)} files: {told}")
    print(f"statements: first vote {firsts[0]} to {firsts[-1]}, last vote {lasts[0]} to {lasts[-1]}")
    print(f"statements of a closing that grants: {closings[0]} to {closings[-1]}")


def _statements(counted: Any, act: Callable[[], Any]) -> int:
    with counted:
        act()
    return len(counted)


def _alone(voter: Any, item: Any) -> None:
    from django.db import transaction  # noqa: PLC0415

    from fund import audit  # noqa: PLC0415

    with transaction.atomic():
        audit.record("vote.cast", item, by=voter)


def _by_phones(acts: list[tuple[Any, ...]], when: Any) -> float:
    """Eight at a time, each phone with its own connection; how many acts a second."""
    from django.db import connections  # noqa: PLC0415

    from fund import clock  # noqa: PLC0415

    waiting = list(acts)

    def phone() -> None:
        with clock.at(when):
            while waiting:
                try:
                    act, *arguments = waiting.pop()
                except IndexError:
                    break
                act(*arguments)
        connections.close_all()

    threads = [threading.Thread(target=phone) for _phone in range(PHONES)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(acts) / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
