"""One person with two addresses of a school: told to who certifies, never with the other file."""

from django.utils.translation import gettext as _

from aid_requests import lookalikes
from aid_requests.models import AidRequest, Applicant
from aid_requests.register.matching import Match
from aid_requests.register.people import open_person
from fund.models import User


def has_another_account(by: User, request: AidRequest, match: Match) -> bool:
    """Whether the address at which the list names the same person has an account here.

    Who asks « pas par mon école », or has not said yet, is nothing that a school's own referent may learn: for them
    only a signed request that goes through the school counts.
    """
    addresses = {entry.email_fingerprint for entry in match.elsewhere}
    if not addresses:
        return False
    others = Applicant.objects.exclude(pk=request.applicant_id).filter(school_email_fingerprint__in=addresses)
    if lookalikes.can_look(by) is not None:
        return others.filter(requests__through_school=True, requests__submitted_at__isnull=False).exists()
    emails = {open_person(entry.facts_sealed).email for entry in match.elsewhere}
    accounts = User.objects.filter(email__in=emails, is_active=True).exclude(pk=request.applicant.user_id)
    return others.exists() or accounts.exists()


def warning_for(by: User, request: AidRequest, match: Match) -> str:
    """What the referent reads above the form, "" where nothing points at a second account."""
    if not has_another_account(by, request, match):
        return ""
    if lookalikes.can_look(by) is None:
        return _(
            "Possible doublon : la liste nomme cette personne à une autre adresse, et cette adresse a déjà un compte "
            "ici. Regardez sous « Doublons possibles » avant de confirmer."
        )
    return _(
        "Possible doublon : la liste nomme cette personne à une autre adresse, et cette adresse a déjà un compte ici. "
        "Demandez au référent national avant de confirmer."
    )
