"""Calls, doors elsewhere, typed requests and representatives for tests; who opens which of their addresses."""

import uuid
from types import SimpleNamespace
from typing import Any

from aid_requests import actions
from aid_requests.actions.call_backs import Wish
from aid_requests.actions.doors import DoorWords
from aid_requests.call_backs import Caller
from aid_requests.models import CallBack, SchoolDoor, TypedRequest
from aid_requests.typed_requests import TypedContent
from fund.models import School, User
from tests.aid_requests.factories import ANSWERS, IDENTITY, STORY

REFERENTS = {"referent", "other_referent", "national_referent"}
MATRIX: dict[str, set[str] | None] = {
    "call_me_back": None,
    "call_back_asked": None,
    "call_back_list": REFERENTS,
    "call_back_page": {"referent", "national_referent"},
    "door_list": REFERENTS,
    "type_request": REFERENTS,
    "type_scheme_request": REFERENTS,
    "typed_request": {"owner"},
    "another_request": {"owner", "other_student"},
    "request_representative": {"owner"},
    "represent": None,  # behind a link that nobody can guess, and a code
    "door_page": {"referent"},  # a door of that school: the national referent keeps those of all schools
}
OBJECT_OF = {
    "request_representative": "request",
    "represent": "represent",
    "call_back_page": "call_back",
    "door_page": "door",
    "type_scheme_request": "slug",
    "typed_request": "typed",
    "another_request": "slug",
}
# Words that may stand nowhere but under the call's own key.
CALLER = Caller("Sacha-Marqueur", "+33612345678", "marqueur-du-mot")
FORM = {
    "name": "Sacha-Marqueur",
    "phone": "06 12 34 56 78",
    "part_of_day": "evening",
    "words": "marqueur-du-mot",
}
WORDS = DoorWords(
    label_fr="Épicerie solidaire du Nord",
    label_en="Northern food shop",
    hint_fr="Des paniers chaque jeudi.",
    hint_en="Baskets every Thursday.",
    url="https://epicerie.example/",
    phone="+33320000000",
    position=1,
)


def ask_call(school: School, caller: Caller = CALLER, **changes: Any) -> CallBack:
    """A call that waits; raises CallBack.DoesNotExist when none was made."""
    token = uuid.uuid4()
    values = {"caller": caller, "part_of_day": "evening", "school": school, "through_school": True, **changes}
    actions.ask_call_back(wish=Wish(**values), form_token=token, by=None)
    return CallBack.objects.get(form_token=token)


def add_door(by: User, school: School | None, words: DoorWords = WORDS, code: str = "") -> SchoolDoor:
    return actions.add_door(by=by, school=school, words=words, code=code)


def typed_content(email: str, **changes: Any) -> TypedContent:
    """As a referent types it: good answers to the emergency aid, packed."""
    values = {
        "email": email,
        "identity": IDENTITY,
        "answers": {**ANSWERS, "stopped_on": "2020-03-16", "amount_due": "412.50"},  # as they are kept
        "story": STORY,
        "through_school": True,
        **changes,
    }
    return TypedContent(**values)


def type_for(by: User, email: str, slug: str = "emergency-aid", **changes: Any) -> TypedRequest:
    """A request typed with the owner of this address, waiting."""
    content = typed_content(email, **changes)
    return actions.type_request(by=by, slug=slug, content=content, form_token=uuid.uuid4(), call_back=None)


def addresses(people: SimpleNamespace, school: School, student: User) -> dict[str, dict[str, object]]:
    return {
        "represent": {"token": "no-such-link"},
        "typed": {"token": type_for(people.referent, student.email).token},
        "call_back": {"token": ask_call(school).token},
        "door": {"pk": add_door(people.referent, school).pk},
    }
