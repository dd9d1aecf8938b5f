"""Looking at who gave: each look leaves an audit event, which names the gift or the donor by number only."""

from django.db import transaction

from donations import givers
from donations.actions.pledging import fingerprint_of
from donations.givers import Giver
from donations.models import Donor, Gift
from fund import audit, vault
from fund.models import User
from fund.models.people import Role
from fund.roles import demand, needs_role

READERS = (Role.TREASURER, Role.AUDITOR)


def read_giver(*, by: User, gift: Gift) -> tuple[Giver, str] | None:
    """Who gave a gift, as told with it, and the address we write to; None when that person was erased.

    Raises Refused for other roles than the treasury and the auditor (decision 0015).
    """
    demand(needs_role(by, *READERS))
    with transaction.atomic():
        audit.record("giver.read", gift, by=by)
        try:
            giver = givers.giver_of(gift)
            email = (
                vault.open_text_for(gift.donor.subject_key, gift.donor.email_sealed)
                if has_email(gift)
                else ""
            )
        except vault.Erased:
            return None
        return giver, email


def has_email(gift: Gift) -> bool:
    return bool(gift.donor.email_sealed)


def find_donor(*, by: User, email: str) -> Donor | None:
    """The donor whose address this is, by its keyed hash; a find is written down, a miss names nobody.

    Raises Refused for other roles than the treasury and the auditor.
    """
    demand(needs_role(by, *READERS))
    with transaction.atomic():
        donor = Donor.objects.filter(email_fingerprint=fingerprint_of(email)).first()
        if donor is not None:
            audit.record("donor.found", donor, by=by)
        return donor


def note_export(*, by: User, gifts: int, chosen: dict[str, str]) -> None:
    """Writes down that a table of so many gifts, filtered so, left the site. Raises Refused."""
    demand(needs_role(by, *READERS))
    with transaction.atomic():
        audit.record("gifts.exported", by, by=by, gifts=gifts, filters=chosen)
