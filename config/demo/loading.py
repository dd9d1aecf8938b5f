"""Loads the demo through the real actions, on the domain's days of spring 2020. The same figures on each machine.

`calendar` is the season, day by day; `season/` has one module for each matter that happens in it.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from itertools import groupby

from django.db import connection
from django.utils import timezone
from django.utils.translation import override
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from aid_requests.models import AidRequest
from config.demo import cast, mailbox, setting
from config.demo.delivery import deliver_event
from config.demo.models import DemoPerson
from config.demo.season import asking, certifying, outside, telling
from config.demo.season.deciding import Committee, allow_advances, vote
from config.demo.season.giving import Giving
from config.demo.season.meanwhile import Meanwhile
from config.demo.season.paying import Treasury
from config.demo.season.sitting import Table, open_rules
from config.demo.season.sponsoring import Sponsoring
from config.demo.season.students import EMERGENCY, MOBILITY, Student, students
from config.demo.season.teams import Teams
from config.demo.season.times import Act, Timed, at, on, when
from donations.allocation.closing import close_due_months
from fund import clock
from fund.installation import mark_installation
from fund.mail import deliver_mail
from fund.models import User
from reports.telling import tell_closed_months

SUNDAY = 6
Tell = Callable[[str], object]


class LoadingFailed(RuntimeError):
    """An act lies in the visitor's future: the calendar is wrong."""


def is_loaded() -> bool:
    return DemoPerson.objects.exists()


def load(tell: Tell = lambda line: None) -> None:
    """Loads everything into an empty database; afterwards the domain's clock reads 15 May 2020, 10:00 Paris.

    `tell` is given one line for each day of the season. Raises LoadingFailed.
    """
    installation = mark_installation(is_demo=True)
    clock.set_shift(installation.created_at)
    with override("fr"), _in_haste():
        with clock.at(when(setting.OPENED, 8)):
            setting.set_the_stage()
            people = setting.bring_the_cast()
        season = Season(people)
        for day, acts in groupby(sorted(season.calendar()), key=lambda timed: timed.day):
            told = 0
            for timed in acts:
                if timed.moment >= clock.DEMO_START:
                    raise LoadingFailed(f"An act of {timed.moment:%d %B %H:%M} lies in the visitor's future.")
                with clock.at(timed.moment):
                    timed.act()
                told += 1
            with clock.at(timed.moment):
                run_queue()
            if day.weekday() == SUNDAY:
                gc.collect()
            tell(f"{day:%d/%m/%Y}: {told} acts")
        season.list_people()


@contextmanager
def _in_haste() -> Iterator[None]:
    """A loading that is cut off starts again from nothing, so that it need not outlive a power cut at each step."""
    lifetime = connection.settings_dict["CONN_MAX_AGE"]
    connection.settings_dict["CONN_MAX_AGE"] = None
    connection.close_at = None
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA synchronous=OFF")
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()
        if connection.vendor == "sqlite":
            connection.cursor().execute("PRAGMA synchronous=FULL")
        connection.settings_dict["CONN_MAX_AGE"] = lifetime


def run_queue() -> None:
    """What the day left to do: its mails into the mailbox, its fees into the ledger. What fails stops the loading."""
    mailbox.collect_waiting_mails()
    # The mails are sent and the events have arrived: their tasks have nothing left to do.
    done = (deliver_mail.module_path, deliver_event.module_path)
    DBTaskResult.objects.ready().filter(task_path__in=done).delete()
    while waiting := list(DBTaskResult.objects.ready().order_by("enqueued_at", "pk")):
        for row in waiting:
            row.task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
        now = timezone.now()
        DBTaskResult.objects.filter(pk__in=[row.pk for row in waiting]).update(
            status=TaskResultStatus.SUCCESSFUL, started_at=now, finished_at=now, worker_ids=["demo-loader"]
        )


class Season:
    """Who acts, and on which day."""

    def __init__(self, people: dict[str, User]) -> None:
        self.people = people
        self.students = students()
        self.requests: dict[int, AidRequest] = {}
        self.committee = Committee(setting.members_of(people))
        self.treasury = Treasury(people[cast.TREASURER], people[cast.SIGNATORY])
        self.teams = Teams(people, people[cast.COMMUNICATION])
        self.sponsoring = Sponsoring(people[cast.TREASURER], people[cast.SIGNATORY])
        self.giving = Giving(people[cast.COMMUNICATION], self.teams.rows)
        self.table = Table(people)
        self.meanwhile = Meanwhile(people, self.students, self.requests)

    def calendar(self) -> Iterator[Timed]:
        """The whole season. Gifts and signatures come every day; the fund's own days are these."""
        yield from self.giving.days()
        yield from self._asking()
        yield from self._other_ways()
        yield from self.meanwhile.days()
        yield from self._sittings()
        pay, tell = self.treasury, self.people

        yield on(4, 10, 8, pay.read_payouts)
        yield on(4, 17, 8, pay.read_payouts)

        yield on(4, 23, 18, self._grant("first", "returned"))
        yield on(4, 24, 8, pay.read_payouts)
        yield on(4, 24, 10, pay.send_batch)
        yield on(4, 27, 18, partial(self._read_answer, 1, comes_back="returned"))
        yield on(4, 29, 10, self._other_account)
        yield on(4, 29, 18, self._grant("second"))
        yield on(4, 29, 19, partial(allow_advances, tell[cast.ADMINISTRATOR]))
        yield on(4, 30, 9, partial(telling.draft, tell[cast.COMMUNICATION], telling.FIRST, date(2020, 4, 29)))
        yield on(4, 30, 11, partial(telling.release_last_draft, tell[cast.DIRECTOR]))

        yield on(5, 4, 8, pay.read_payouts)
        yield on(5, 4, 10, pay.send_batch)
        yield on(5, 5, 18, partial(pay.read_answer, 2))
        yield on(5, 7, 18, self._grant("third", "paid", "bounced"))
        yield on(5, 7, 19, partial(self._refuse, "reexamined", "change_not_shown", cast.REFUSERS))
        yield on(5, 7, 19, partial(self._refuse, "refused", "not_covered", cast.CHAIRS), 30)

        yield on(5, 10, 6, close_due_months)
        yield on(5, 11, 8, pay.read_payouts)
        yield on(5, 11, 10, pay.send_batch)
        yield on(5, 12, 17, partial(self._read_answer, 3, comes_back="bounced"))
        yield on(5, 12, 18, self._grant("granted"))
        yield on(5, 13, 10, partial(telling.draft, tell[cast.DIRECTOR], telling.SECOND, date(2020, 5, 12)))
        yield on(5, 13, 14, partial(telling.release_last_draft, tell[cast.COMMUNICATION]))
        yield on(5, 13, 15, tell_closed_months)
        yield on(5, 13, 16, self._ask_again)
        yield on(5, 15, 7, pay.read_payouts)
        yield on(5, 15, 9, partial(telling.draft, tell[cast.COMMUNICATION], telling.THIRD, date(2020, 5, 14)))

    def _other_ways(self) -> Iterator[Timed]:
        """Teams, sponsors, receipts, and what comes by cheque or transfer."""
        yield from self.teams.days()
        people, sponsoring = self.people, self.sponsoring
        yield on(4, 6, 8, lambda: sponsoring.match_team(self.teams.rows["students"]), 30)
        yield on(4, 8, 8, partial(certifying.record_example, people[cast.ADMINISTRATOR]))
        yield on(4, 8, 8, partial(certifying.certify_earlier_gifts, people[cast.TREASURER]), 30)
        yield on(5, 13, 11, outside.announce_transfer)
        yield on(5, 14, 9, partial(outside.type_cheques, people[cast.TREASURER]))
        yield on(5, 14, 10, sponsoring.record_agreement)
        yield on(5, 14, 11, sponsoring.offer_to_all)

    def _sittings(self) -> Iterator[Timed]:
        """One vote where a second is awaited. Mobility aids come before a table from the middle of May on, but for the
        one on which somebody voted; the next sitting is that of the visitor, who may open it at once."""
        yield on(5, 12, 18, partial(self._vote_once, MOBILITY), 30)
        yield on(5, 12, 19, partial(open_rules, self.people[cast.ADMINISTRATOR]))
        yield on(5, 12, 20, self._convene("put_off", when(date(2020, 5, 14), 12)))
        yield on(5, 13, 9, self._convene("convened", when(date(2020, 5, 15), 10, 30)))
        yield on(5, 14, 12, self.table.hold)
        yield on(5, 14, 18, partial(self._vote_once, EMERGENCY))

    def _asking(self) -> Iterator[Timed]:
        """Each student signs; the school or the social worker confirms on the next working day."""
        for student in self.students:
            hour = 9 + student.number % 11
            yield at(when(student.asked_on, hour), partial(self._ask, student))
            if student.end == "withdrawn":
                yield at(when(student.asked_on, 21), partial(self._withdraw, student))
            elif student.end not in ("draft", "submitted", "stalled"):
                by = cast.LYON_REFERENT if asking.goes_through_school(student) else cast.SOCIAL_WORKER
                yield at(when(asking.certified_on(student), 9), partial(self._certify, student, by))

    def _ask(self, student: Student) -> None:
        self.requests[student.number] = asking.ask(student)

    def _certify(self, student: Student, by: str) -> None:
        asking.certify(self.people[by], self.requests[student.number])

    def _withdraw(self, student: Student) -> None:
        asking.withdraw(self.requests[student.number])

    def _that_end(self, *ends: str) -> list[AidRequest]:
        return [self.requests[student.number] for student in self.students if student.end in ends]

    def _grant(self, *ends: str) -> Act:
        return lambda: self.committee.grant(self._that_end(*ends))

    def _convene(self, end: str, held_at: datetime) -> Act:
        def done() -> None:
            (request,) = self._that_end(end)
            self.table.convene(request, held_at)

        return done

    def _vote_once(self, slug: str) -> None:
        for request in self._that_end("one_vote"):
            if request.scheme_version.scheme.slug == slug:
                vote(request, self.people[cast.LAST_VOTER], "grant")

    def _refuse(self, end: str, reason_code: str, voters: tuple[str, ...]) -> None:
        for request in self._that_end(end):
            for email in voters:
                vote(request, self.people[email], "refuse", reason_code)

    def _read_answer(self, number: int, *, comes_back: str) -> None:
        (request,) = self._that_end(comes_back)
        self.treasury.read_answer(number, request.pk)

    def _other_account(self) -> None:
        (student,) = [student for student in self.students if student.end == "returned"]
        asking.give_other_account(student, self.requests[student.number])

    def _ask_again(self) -> None:
        (request,) = self._that_end("reexamined")
        asking.ask_again(request)

    def list_people(self) -> None:
        """Who can be become with a click; written last, so that its presence says that the loading was whole."""
        shown = {student.shown: self.requests[student.number] for student in self.students if student.shown}
        users = {mark: made.applicant.user for mark, made in shown.items()}
        setting.list_the_cast(self.people, {**users, **self.meanwhile.users})
