"""Students, a caller, a list of a school, a representative: every field that tells who somebody is holds a mark.

One request stands at each place where other people read it: with the school, before the committee, paid; a minor's
waits for the representative. What students do, they do on the real pages.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from types import SimpleNamespace

from django.core import mail
from django.urls import reverse
from PIL import Image
from PIL.ExifTags import Base

from aid_requests import actions
from aid_requests.actions.corrections import ask_correction
from aid_requests.actions.messages import write_to_student, write_to_team
from aid_requests.call_backs import Caller
from aid_requests.committee.actions import cast_vote
from aid_requests.identity import Identity
from aid_requests.models import AidRequest
from aid_requests.models.correspondence import Party
from fund.models import PaymentOrder, School
from fund.treasury.batches import prepare_batch, sign_batch
from tests.aid_requests import people_pages
from tests.aid_requests.factories import ANSWERS, IDENTITY
from tests.aid_requests.register import factories as lists
from tests.stories.marks import MARKS
from tests.stories.students import Student
from tests.stories.world import found, run_queue

IBAN = f"FR76{MARKS['iban']}"
PHONE = f"+33{MARKS['phone']}"


@dataclass
class Planted:
    """The requests by where they stand, their students in their browsers, and what an address may name besides."""

    requests: dict[str, AidRequest] = field(default_factory=dict)
    students: dict[str, Student] = field(default_factory=dict)
    kwargs: dict[str, dict[str, object]] = field(default_factory=dict)
    imports: list[int] = field(default_factory=list)  # of the list of a school: applied, compared, brought

    def places(self, usual: dict[str, dict[str, object]]) -> list[dict[str, dict[str, object]]]:
        """What the addresses name, once for each request; each time another import."""
        named: list[dict[str, dict[str, object]]] = []
        for number, request in enumerate(self.requests.values()):
            row: dict[str, object] = {"pk": self.imports[number % len(self.imports)]}
            named.append({**addresses_of(request, {**usual, **self.kwargs}), "register_import": row})
        return named


def photo(number: int) -> bytes:
    """A photo that tells which camera took it, where, and of whom."""
    image = Image.new("RGB", (60 + number, 40), "white")
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Artist] = MARKS["exif"], MARKS["exif"]
    exif[Base.GPSInfo] = {1: "N", 2: (50.0, 37.0, 45.0), 29: MARKS["exif"]}
    buffer = BytesIO()
    image.save(buffer, "JPEG", exif=exif, comment=MARKS["exif"].encode())
    assert MARKS["exif"].encode() in buffer.getvalue()
    return buffer.getvalue()


def student(number: int) -> Student:
    one = Student(f"{MARKS['email']}{number}@nord.example")
    one.file_name, one.photo = f"{MARKS['file_name']} été.jpg", photo
    return one


def ask(one: Student, *, to_sign: bool = True, **identity: str) -> AidRequest:
    """The emergency aid from the simulator to the signature, or to just before it."""
    one.simulate("emergency-aid", ANSWERS)
    one.sign_in()
    one.start("emergency-aid")
    who = {name: MARKS[name] for name in ("first_name", "last_name", "chosen_name", "birth_place")}
    one.identify(**{**who, "address": f"9 {MARKS['street']}\r\n59000 Lille", **identity})
    if "relation" in one.page.names():
        name_guardian(one)
    one.answer(ANSWERS, **{"q-story": MARKS["story"]})
    one.add_papers()
    one.send({"iban": IBAN, "holder": MARKS["holder"]})
    if to_sign:
        one.follow("/declarer/")
        one.declare()
    return AidRequest.objects.latest("pk")


def name_guardian(one: Student) -> None:
    """The page that a minor comes to says who represents; the situation comes next."""
    who = {"first_name": MARKS["guardian"], "last_name": MARKS["guardian"], "relation": "mother"}
    one.send({**who, "email": f"{MARKS['guardian_email']}@maison.example"})
    token = one.page.address.split("/")[2]
    one.open(reverse("request_situation", args=[token]))


def plant(people: SimpleNamespace, school: School) -> Planted:
    """The owner of the sweep becomes the student of the first request."""
    here = Planted()
    for number, (place, act) in enumerate(PLACES.items(), 1):
        one = here.students[place] = student(number)
        act(here, one, people, school)
    by = here.requests["school"].applicant.user
    people.owner = by
    here.kwargs["typed"] = {"token": type_with(people, by.email)}
    call_me_back(here, people, school)
    bring_the_list(here, people, school)
    run_queue()
    return here


def wait_at_school(here: Planted, one: Student, people: SimpleNamespace, school: School) -> None:
    """Signed, not certified: the school asks for a correction, and both have written."""
    request = here.requests["school"] = ask(one)
    by = request.applicant.user
    write(by, request, Party.SCHOOL, MARKS["to_school"])
    write_to_student(by=people.referent, request=request, text=MARKS["from_school"], form_token=uuid.uuid4())
    correct(people.referent, request, "identity", MARKS["correction"])


def wait_for_committee(here: Planted, one: Student, people: SimpleNamespace, school: School) -> None:
    """Certified, one vote with a note, a message; a correction is asked for."""
    request = here.requests["committee"] = certified(ask(one), people)
    write(request.applicant.user, request, Party.COMMITTEE, MARKS["to_committee"])
    vote(people.member1, request)
    correct(people.chair, request, "story", MARKS["correction_of_committee"])


def leave_unfinished(one: Student, request: AidRequest) -> None:
    """Types into the story again, which the page's script keeps at once, and goes away without continuing."""
    address = reverse("request_situation", args=[request.token])
    typed = dict(one.open(address).form_with("q-story", "page").form_values())
    typed["q-story"] = MARKS["unfinished"]
    kept = one.client.post(reverse("keep_step", args=[request.token, "situation"]), typed)
    assert kept.status_code == 204, kept.content
    assert MARKS["unfinished"] in one.open(address).text


def be_paid(here: Planted, one: Student, people: SimpleNamespace, school: School) -> None:
    """Granted by two votes, in a batch that is signed."""
    # Born on another day than the others, whose names are the same marks: one person twice would not be paid.
    request = here.requests["paid"] = certified(ask(one, birth_date="10/10/1998"), people)
    vote(people.member1, request)
    vote(people.chair, request)
    order = PaymentOrder.objects.order_by("-pk").first()
    batch = prepare_batch(by=people.treasurer, order_ids=[order.pk])
    sign_batch(by=people.signatory, batch=batch)
    here.kwargs["batch"] = {"number": batch.number}


def wait_for_guardian(here: Planted, one: Student, people: SimpleNamespace, school: School) -> None:
    """A minor's draft, whose representative has the link."""
    request = here.requests["minor"] = ask(one, to_sign=False, birth_date="09/09/2003")
    one.open(reverse("request_representative", args=[request.token]))
    one.send({}, button=("act", "send"))
    run_queue()
    letter = [letter for letter in mail.outbox if MARKS["guardian_email"] in letter.to[0]][-1]
    here.kwargs["represent"] = {"token": found(r"/([\w-]{20,})/\s*$", str(letter.body))}
    leave_unfinished(one, request)


def avoid_the_school(here: Planted, one: Student, people: SimpleNamespace, school: School) -> None:
    """Signed, and not through the school: a referent from elsewhere reads it."""
    mark = MARKS["not_through_school"]
    who = {"first_name": mark, "last_name": mark, "chosen_name": mark, "not_through_school": "on"}
    request = here.requests["elsewhere"] = ask(one, **who)
    write(request.applicant.user, request, Party.SCHOOL, mark)


Act = Callable[[Planted, Student, SimpleNamespace, School], None]
PLACES: dict[str, Act] = {
    "school": wait_at_school,
    "committee": wait_for_committee,
    "paid": be_paid,
    "minor": wait_for_guardian,
    "elsewhere": avoid_the_school,
}


def certified(request: AidRequest, people: SimpleNamespace) -> AidRequest:
    actions.certify_enrolment(
        by=people.referent,
        request=request,
        university_year="2019-2020",
        level="year-4",
        revision=request.revision,
    )
    return AidRequest.objects.get(pk=request.pk)


def vote(by, request: AidRequest) -> None:
    cast_vote(by=by, request=request, choice="grant", revision=request.revision, note=MARKS["vote_note"])


def write(by, request: AidRequest, party: str, text: str) -> None:
    write_to_team(by=by, request=request, party=party, text=text, form_token=uuid.uuid4())


def correct(by, request: AidRequest, point: str, sentence: str) -> None:
    points = {point: sentence}
    ask_correction(by=by, request=request, revision=request.revision, points=points, form_token=uuid.uuid4())


def type_with(people: SimpleNamespace, email: str) -> object:
    who = Identity(**{**vars(IDENTITY), "first_name": MARKS["typed"], "last_name": MARKS["typed"]})
    return people_pages.type_for(people.referent, email, identity=who, story=MARKS["typed"]).token


def call_me_back(here: Planted, people: SimpleNamespace, school: School) -> None:
    """Asked for, tried by a referent who notes something, and handed over."""
    call = people_pages.ask_call(school, Caller(MARKS["caller"], PHONE, MARKS["caller_words"]))
    actions.take_call_back(by=people.referent, call_back=call)
    actions.hand_over_call_back(by=people.referent, call_back=call, note=MARKS["call_note"])
    actions.take_call_back(by=people.referent, call_back=call)
    here.kwargs["call_back"] = {"token": call.token}


def bring_the_list(here: Planted, people: SimpleNamespace, school: School) -> None:
    """A list of the school, and an invitation of somebody on it."""
    name, number = MARKS["register_name"], MARKS["register_number"]
    line = f"{number};{name};{name};09/09/1999;{MARKS['register_email']}@nord.example;M1;4;GEN4;oui"
    rows = [
        lists.applied(people.referent, school, [line]),
        lists.compared(people.referent, school, lists.text(line, line, f"{number};;;;;;;;")),
        lists.upload(people.referent, school, lists.text(line)),
    ]
    here.imports = [row.pk for row in rows]
    made = lists.made(people.referent, school, f"{MARKS['register_email']}@nord.example")
    here.kwargs["invitation_list"] = {"pk": made.pk}


def addresses_of(request: AidRequest, usual: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    """What the addresses of one request name; a number that is not there stays the sweep's."""
    own: dict[str, object] = {"token": request.token}
    named = {
        "declaration": request.declarations.order_by("-pk").first(),
        "decision": request.decisions.first(),
        "told_error": request.messages.first(),
        "correction": request.corrections.first(),
    }
    numbers = {kind: {**own, "number": row.pk if row else 0} for kind, row in named.items()}
    paper = request.documents.first()
    return {
        **usual,
        **numbers,
        "request": own,
        "step": {**own, "step": "you"},
        "document": {**own, "document": paper.token if paper else uuid.uuid4()},
    }
