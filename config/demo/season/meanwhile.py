"""What happens beside the requests, and waits on somebody's desk when the visitor comes. No money hangs on it."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from aid_requests.models import AidRequest
from config.demo import cast
from config.demo.season import caring, drafting, lists
from config.demo.season.students import Student
from config.demo.season.times import Act, Timed, on
from fund.models import User

DOORS_OF = "lyon"


class Meanwhile:
    """`requests` are the season's, by the number of their student; `users` are those one can become besides."""

    def __init__(
        self, people: Mapping[str, User], students: list[Student], requests: Mapping[int, AidRequest]
    ) -> None:
        self.people, self.students, self.requests = people, students, requests
        self.school_list = lists.SchoolList(people[cast.MARSEILLE_REFERENT], students)
        self.users: dict[str, User] = {}

    def days(self) -> Iterator[Timed]:
        """After the last request is signed where a reference number is given out, so that none of theirs changes."""
        lyon, chair = self.people[cast.LYON_REFERENT], self.people[cast.CHAIR]
        yield on(5, 12, 11, self.school_list.bring_and_apply)
        yield on(5, 13, 17, self._about("asked", partial(caring.ask_question, lyon)))
        yield on(5, 13, 20, self._about("asked", caring.answer_question))
        yield on(5, 14, 9, partial(lists.list_doors, lyon, DOORS_OF), 30)
        yield on(5, 14, 10, self._about("correction", partial(caring.ask_correction, chair)), 30)
        yield on(5, 14, 11, self.school_list.bring_again, 30)
        yield on(5, 14, 12, self.school_list.invite)
        yield on(5, 14, 16, caring.ask_calls)
        yield on(5, 14, 16, partial(drafting.begin, self.people[cast.ADMINISTRATOR]), 30)
        yield on(5, 14, 17, partial(caring.take_call_outside_school, self.people[cast.SOCIAL_WORKER]))
        yield on(5, 14, 17, self._type_with_student, 30)
        yield on(5, 14, 20, self._about("draft", caring.type_half_an_account))
        yield on(5, 14, 21, self._ask_as_minor)

    def _about(self, shown: str, act: Callable[[AidRequest], None]) -> Act:
        """`act` on the request of the student with this mark."""

        def done() -> None:
            (number,) = [student.number for student in self.students if student.shown == shown]
            act(self.requests[number])

        return done

    def _type_with_student(self) -> None:
        self.users["typed"] = caring.type_with_student(self.people[cast.LYON_REFERENT])

    def _ask_as_minor(self) -> None:
        self.users["minor"] = caring.ask_as_minor().applicant.user
