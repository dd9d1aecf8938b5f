"""A school's own work in the season: its list of enrolled students, invitations made from it, its doors elsewhere."""

import uuid
from datetime import date
from typing import Any

from aid_requests import actions
from aid_requests.actions import invitations, register, register_runs
from aid_requests.actions.doors import DoorWords
from aid_requests.models import RegisterImport, Scheme
from aid_requests.register import columns
from aid_requests.register.files import SealingWriter
from config.demo.season import data
from config.demo.season.students import MOBILITY, Student, school_address
from fund.models import School, User

YEAR = "2019-2020"
SCHOOL = "marseille"
TITLES = "N° étudiant;Nom de naissance;Prénom;Mail étudiant;Date de naissance;Année d’études"
LAST_DAY = date(2020, 5, 31)
_NOT_LISTED = "stalled"  # the request that waits for its school is of somebody whom the list does not name


class SchoolList:
    """The list that `referent` brings twice: once applied, then with the differences that wait to be read."""

    def __init__(self, referent: User, students: list[Student]) -> None:
        self.referent = referent
        self.told: dict[str, Any] = data.read("meanwhile.yaml")["register"]
        self.students = [one for one in students if one.school == SCHOOL and one.end != _NOT_LISTED]

    def bring_and_apply(self) -> None:
        row = self._bring(self._lines(self.told["first"]))
        register_runs.work_to_the_end(register.apply_import(by=self.referent, row=row))

    def bring_again(self) -> None:
        changed = self.told["changed"]
        stayed = [
            [first, last, changed.get(first, year)]
            for first, last, year in self.told["first"]
            if first != self.told["left"]
        ]
        self._bring([*self._lines([*stayed, *self.told["new"]]), self.told["refused"]])

    def _bring(self, lines: list[str]) -> RegisterImport:
        """The import of these lines, compared with the list in force."""
        writer = SealingWriter()
        writer.write("\r\n".join([TITLES, *lines, ""]).encode())
        row = register.upload_register(
            by=self.referent,
            school=School.objects.get(code=SCHOOL),
            university_year=YEAR,
            file=writer.finish(),
            form_token=_token(f"register-{len(lines)}"),
        )
        layout = register.layout_of(row)
        guessed = columns.guess(register.titles_of(layout), register.remembered_titles(row.school))
        return register_runs.work_to_the_end(
            register.choose_columns(by=self.referent, row=row, columns=guessed, layout=layout)
        )

    def _lines(self, others: list[list[Any]]) -> list[str]:
        """Those who asked for an aid, then `others` as (first name, last name, year); each keeps its number."""
        people = [
            (one.number, one.last_name, one.first_name, one.email, one.birth_date, 3 + one.number % 3)
            for one in self.students
        ]
        for first, last, year in others:
            number = 200 + len(first) * 7 + len(last)
            born = date(2002 - year, 1 + number % 12, 1 + number % 28)
            people.append((number, last, first, school_address(first, last, SCHOOL), born, year))
        return [
            f"22{number:06d};{last};{first};{email};{born:%d/%m/%Y};{year}"
            for number, last, first, email, born, year in people
        ]

    def invite(self) -> None:
        """The fourth year is told of the mobility aid: each its own link."""
        wanted = invitations.Wanted(
            scheme=Scheme.objects.get(slug=MOBILITY),
            school=School.objects.get(code=SCHOOL),
            university_year=YEAR,
            expires_on=LAST_DAY,
            filters={"year_of_study": ["4"]},
        )
        made = invitations.make_invitations(by=self.referent, wanted=wanted, form_token=_token("invitations"))
        while invitations.take_batch(made.pk):
            pass
        invitations.send_invitations(by=self.referent, invitation_list=made)


def list_doors(referent: User, school_code: str) -> None:
    """Where else this school sends its students."""
    school = School.objects.get(code=school_code)
    for position, words in enumerate(data.read("meanwhile.yaml")["doors"], start=1):
        actions.add_door(by=referent, school=school, words=DoorWords(**words, position=position))


def _token(label: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"demo-school-{label}")
