"""The addresses of registers, as the sweep of all addresses asks them."""

from types import SimpleNamespace

from fund import clock
from fund.models import School
from tests.aid_requests.register.factories import OTHER, STUDENT, compared, made, text

BRINGERS: set[str] = {"referent", "administrator"}
MATRIX: dict[str, set[str] | None] = {
    "register_list": {"referent", "other_referent", "national_referent", "administrator"},
    "register_import": BRINGERS,
    "register_import_state": BRINGERS,
    "register_faults": BRINGERS,
    "apply_register": BRINGERS,
    "drop_register": BRINGERS,
    "invitation_lists": {"referent", "other_referent", "national_referent", "administrator"},
    "invitation_list": BRINGERS,
    "invitation_list_state": BRINGERS,
    "send_invitations": BRINGERS,
    "end_invitations": BRINGERS,
    "open_invitation": None,  # behind a token that nobody can guess
}
POST_ONLY = {"apply_register", "drop_register", "send_invitations", "end_invitations"}
_OF_AN_IMPORT = {
    "register_import",
    "register_import_state",
    "register_faults",
    "apply_register",
    "drop_register",
}
_OF_A_LIST = {"invitation_list", "invitation_list_state", "send_invitations", "end_invitations"}
OBJECT_OF = {
    **dict.fromkeys(_OF_AN_IMPORT, "register_import"),
    **dict.fromkeys(_OF_A_LIST, "invitation_list"),
    "open_invitation": "invitation_link",
}


def addresses(people: SimpleNamespace, school: School) -> dict[str, dict[str, object]]:
    with clock.at(clock.DEMO_START):
        row = compared(people.administrator, school, text(STUDENT, OTHER, ";;;;;;;;"))
        lists = made(people.administrator, school, "student@nord.example")
    return {
        "register_import": {"pk": row.pk},
        "invitation_list": {"pk": lists.pk},
        "invitation_link": {"token": "no-such-link"},
    }
