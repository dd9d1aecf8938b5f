"""Taking one's own data away leaves a line in the journal."""

from django.db import transaction
from django.utils.translation import gettext as _

from aid_requests.models import Applicant
from fund import audit
from fund.models import User
from fund.roles import Refusal, Refused


def note_export(*, by: User, applicant: Applicant) -> None:
    """Raises Refused for anybody but the person."""
    if applicant.user_id != by.pk:
        raise Refused(Refusal("not_yours", _("Ces données ne sont pas les vôtres.")))
    with transaction.atomic():
        audit.record("applicant.exported", applicant, by=by)
