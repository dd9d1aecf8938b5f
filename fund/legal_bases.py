"""The texts that let the fund give tax receipts or take gifts for one school: recorded and ended by administrators.

Without a standing basis the thing is off. One is never changed, only ended (a trigger holds it), and another recorded:
what was done under it stays explained by it.
"""

from dataclasses import dataclass, fields
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fund import audit, clock, guards, roles, workflow
from fund.models import LegalBasis, School, User
from fund.models.people import Role
from fund.roles import Refusal

STANDS_ALREADY = Refusal(
    "stands_already",
    gettext_lazy("Un texte est déjà en vigueur pour cela : mettez-y fin avant d’en inscrire un autre."),
)
TO_COME = Refusal(
    "to_come",
    gettext_lazy("Ce texte porte une date à venir : inscrivez-le le jour où il s’applique."),
)


@dataclass(frozen=True)
class Basis:
    """What an administrator writes down. `school` for a school's envelope only; the last three for receipts only."""

    kind: str
    text: str
    reference: str
    decided_on: date
    school: School | None = None
    object_text: str = ""
    signer_name: str = ""
    signer_quality: str = ""


def keep_frozen() -> None:
    """Declares what the database refuses: a change of what was written, and of an end."""
    written = (
        "kind", "school_id", "text", "reference", "decided_on", "object_text", "signer_name", "signer_quality",
        "recorded_by_id", "recorded_at",
    )  # fmt: skip
    guards.keep_frozen(guards.Frozen("fund_legalbasis", written))
    guards.keep_frozen(
        guards.Frozen("fund_legalbasis", ("ended_by_id", "ended_at"), "OLD.ended_at IS NOT NULL")
    )


def standing_basis(kind: str, school: School | None = None) -> LegalBasis | None:
    """The text that stands now, if there is one."""
    return LegalBasis.objects.filter(kind=kind, school=school, ended_at=None).first()


def record_basis(*, by: User, basis: Basis) -> LegalBasis:
    """Writes the text down: it stands from now on.

    Raises Refused: not an administrator, another one stands, or it is dated after today (Paris).
    """
    roles.demand(roles.needs_role(by, Role.ADMINISTRATOR))
    if basis.decided_on > clock.today():
        raise roles.Refused(TO_COME)
    if standing_basis(basis.kind, basis.school) is not None:
        raise roles.Refused(STANDS_ALREADY)
    try:
        with transaction.atomic():
            row = LegalBasis.objects.create(
                **{field.name: getattr(basis, field.name) for field in fields(basis)},
                recorded_by=by,
                recorded_at=clock.moment(),
            )
            school = basis.school.pk if basis.school else None
            audit.record("legal_basis.recorded", row, by=by, kind=basis.kind, school=school)
            return row
    except IntegrityError as error:
        if standing_basis(basis.kind, basis.school) is None:
            raise
        raise roles.Refused(STANDS_ALREADY) from error  # another administrator was first


def end_basis(*, by: User, basis: LegalBasis) -> LegalBasis:
    """The text stands no more. Raises Refused (not an administrator), AlreadyDone."""
    roles.demand(roles.needs_role(by, Role.ADMINISTRATOR))
    with transaction.atomic():
        row = workflow.lock(LegalBasis, basis.pk)
        if row.ended_at is not None:
            raise workflow.AlreadyDone(_("C’est déjà fait."))
        row.ended_by, row.ended_at = by, clock.moment()
        row.save(update_fields=["ended_by", "ended_at"])
        audit.record("legal_basis.ended", row, by=by, kind=row.kind, school=row.school_id)
        return row
