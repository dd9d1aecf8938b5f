"""A school's list of doors elsewhere, kept by its referents."""

from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from aid_requests import doors
from aid_requests.models import SchoolDoor
from fund import audit, clock, workflow
from fund.models import School, User
from fund.roles import Refusal, Refused, demand
from fund.workflow import AlreadyDone

MAX_DOORS = 20


@dataclass(frozen=True)
class DoorWords:
    """What a door says, in both languages; `phone` is E.164 or "", `url` begins with https or is ""."""

    label_fr: str
    label_en: str
    hint_fr: str
    hint_en: str
    url: str
    phone: str
    position: int


def add_door(*, by: User, school: School | None, words: DoorWords, code: str = "") -> SchoolDoor:
    """A new door of this school, or of all when it is None. `code`: that of a scheme's door it replaces, or "".

    Raises Refused to whoever does not keep that list, when it is full, and when the code is taken there.
    """
    code = code or slugify(words.label_fr)[:40] or "door"
    with transaction.atomic():
        demand(doors.can_keep(by, school))
        if doors.kept_by(by).count() >= MAX_DOORS:
            raise Refused(Refusal("full", _("Cette liste est pleine : retirez d’abord une adresse.")))
        try:
            with transaction.atomic():
                door = SchoolDoor.objects.create(
                    school=school, code=code, changed_by=by, changed_at=clock.moment(), **asdict(words)
                )
        except IntegrityError as error:
            raise Refused(Refusal("same_code", _("Cette adresse est déjà dans la liste."))) from error
        audit.record("door.added", door, by=by, code=code)
    return door


def change_door(*, by: User, door: SchoolDoor, words: DoorWords) -> SchoolDoor:
    """Other words for a door. Raises AlreadyDone once it was retired, Refused to whoever does not keep its list."""
    with transaction.atomic():
        door = _lock(by, door)
        for name, value in asdict(words).items():
            setattr(door, name, value)
        door.changed_by, door.changed_at = by, clock.moment()
        door.save(update_fields=[*asdict(words), "changed_by", "changed_at"])
        audit.record("door.changed", door, by=by, code=door.code)
    return door


def retire_door(*, by: User, door: SchoolDoor) -> SchoolDoor:
    """Takes a door out of the list; the row stays. Raises AlreadyDone, Refused."""
    with transaction.atomic():
        door = _lock(by, door)
        door.retired_at = door.changed_at = clock.moment()
        door.changed_by = by
        door.save(update_fields=["retired_at", "changed_at", "changed_by"])
        audit.record("door.retired", door, by=by, code=door.code)
    return door


def _lock(by: User, door: SchoolDoor) -> SchoolDoor:
    door = workflow.lock(SchoolDoor, door.pk)
    demand(doors.can_keep(by, door.school))
    if door.retired_at is not None:
        raise AlreadyDone(_("Cette adresse est déjà retirée."))
    return door
