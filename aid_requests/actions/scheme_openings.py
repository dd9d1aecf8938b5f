"""Having seen that somebody else opened a version: said once, kept in the audit trail."""

from django.db import transaction

from aid_requests import openings
from aid_requests.models import Scheme, SchemeVersion
from fund import audit, workflow
from fund.models import User
from fund.roles import demand, needs_role_now


def see_opening(*, by: User, version: SchemeVersion) -> None:
    """Takes the line away from this person's desk; a second time, or where no line is, changes nothing."""
    with transaction.atomic():
        demand(needs_role_now(by, *openings.TOLD))
        workflow.lock(Scheme, version.scheme_id)
        if version in openings.unseen(by):
            audit.record(openings.SEEN, version, by=by, number=version.number)
