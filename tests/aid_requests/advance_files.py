"""Who opens which address of the advances, and a request on which one may be given."""

from types import SimpleNamespace

from aid_requests.models import SchemeVersion
from fund.models import School
from tests.aid_requests.committee.factories import make_applicant, make_file

_READERS = {"member1", "member2", "member3", "chair", "treasurer", "signatory", "auditor", "administrator"}
MATRIX: dict[str, set[str] | None] = {
    "advance_start": {"referent", "other_referent", "national_referent", "chair"},
    "advance_give": {"referent", "chair"},
    "advance_list": _READERS,
    "advance_rules": {"administrator"},
}
OBJECT_OF = {"advance_give": "advance"}


def addresses(
    people: SimpleNamespace, school: School, version: SchemeVersion
) -> dict[str, dict[str, object]]:
    file = make_file(version, make_applicant(school, 85), people.national_referent, number=85)
    return {"advance": {"token": file.token}}
