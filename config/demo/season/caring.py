"""Who accompanies a request: calls, a page typed with somebody, messages, a correction, a minor's representative."""

import uuid
from datetime import date
from typing import Any

from aid_requests import actions, schemes, sealed, unfinished
from aid_requests.actions import messages
from aid_requests.actions.call_backs import Wish
from aid_requests.call_backs import Caller
from aid_requests.models import AidRequest, CallBack, SchemeVersion
from aid_requests.models.correspondence import Party
from aid_requests.representatives import Guardian
from aid_requests.typed_requests import TypedContent
from config.demo.season import asking, data
from config.demo.season.students import EMERGENCY, Student, emergency_answers
from fund import clock
from fund.models import School, User

# Numbers behind those of the files' students, so that no account is given twice.
TYPED_NUMBER, MINOR_NUMBER = 67, 68


def told() -> dict[str, Any]:
    return dict(data.read("meanwhile.yaml"))


def ask_calls() -> None:
    """Whoever asks to be called back needs no account."""
    for number, row in enumerate(told()["calls"]):
        wish = Wish(
            caller=Caller(row["name"], row["phone"], row["words"]),
            part_of_day=row["part_of_day"],
            school=School.objects.get(code=row["school"]),
            through_school=row["through_school"],
        )
        actions.ask_call_back(wish=wish, form_token=_token(f"call-{number}"), by=None)


def take_call_outside_school(by: User) -> None:
    """The call that no school sees is taken by `by`, a national referent."""
    actions.take_call_back(by=by, call_back=CallBack.objects.get(through_school=False))


def type_with_student(by: User) -> User:
    """A referent types what somebody says on the telephone; it waits for that person, who has an account already."""
    student = typed_student()
    content = TypedContent(
        email=student.email,
        identity=asking.identity_of(student),
        answers=_packed(student),
        story=student.story,
        through_school=True,
    )
    user = User.objects.create_user(student.email, display_name=student.name)
    actions.type_request(by=by, slug=EMERGENCY, content=content, form_token=_token("typed"), call_back=None)
    return user


def _packed(student: Student) -> dict[str, Any]:
    """The answers as the page sends them on."""
    scheme = sealed.scheme_of(SchemeVersion.objects.get(scheme__slug=student.slug))
    answers, _errors = schemes.clean_answers(scheme, student.answers, {"date.requested_on": clock.today()})
    return dict(schemes.pack_answers(scheme, answers))


def typed_student() -> Student:
    return _student(TYPED_NUMBER, told()["typed"])


def minor() -> Student:
    return _student(MINOR_NUMBER, told()["minor"])


def _student(number: int, row: dict[str, Any]) -> Student:
    first_name, last_name = row["name"]
    return Student(
        number=number,
        slug=EMERGENCY,
        first_name=first_name,
        last_name=last_name,
        school=row["school"],
        asked_on=date(2020, 5, 14),
        end="ready",
        story=row["story"],
        answers=emergency_answers(row),
        born=row.get("born"),
    )


def ask_as_minor() -> AidRequest:
    """Everything is there but the signatures: the representative has the link and signs first."""
    request = asking.ask(minor())
    user = request.applicant.user
    actions.name_representative(by=user, request=request, guardian=Guardian(**told()["minor"]["guardian"]))
    actions.send_representative_link(by=user, request=request)
    return request


def type_half_an_account(request: AidRequest) -> None:
    """A page that was closed before the number was whole."""
    typed = {name: [text] for name, text in told()["half_typed"].items()}
    actions.keep_typed(
        by=request.applicant.user,
        request=request,
        step=unfinished.ACCOUNT,
        page="demo",
        typed=typed,
        seen=actions.kept_account_mark(request),
    )


def ask_question(by: User, request: AidRequest) -> None:
    messages.write_to_student(by=by, request=request, text=told()["question"], form_token=_token("question"))


def answer_question(request: AidRequest) -> None:
    """Read and answered by the student; nobody has read the answer."""
    user = request.applicant.user
    messages.mark_read_by_student(by=user, request=request)
    messages.write_to_team(
        by=user, request=request, party=Party.SCHOOL, text=told()["answer"], form_token=_token("answer")
    )


def ask_correction(by: User, request: AidRequest) -> None:
    actions.ask_correction(
        by=by,
        request=request,
        revision=request.revision,
        points=told()["correction"],
        form_token=_token("correction"),
    )


def _token(label: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"demo-care-{label}")
