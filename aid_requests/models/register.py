"""The schools' lists of enrolled students: a file and what became of it, its lines while they are compared, the list.

No name, number or address stands readable in any column: keyed hashes recognise, the field keys read.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fund.models import School, User


class RegisterColumns(models.Model):
    """Which header of a school's file means what, as last confirmed: JSON {field: header} under the field keys.

    Sealed, because a file without a header line gives a person's data for headers.
    """

    school = models.OneToOneField(School, on_delete=models.PROTECT, related_name="+")
    headers_sealed = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "register columns"

    def __str__(self) -> str:
        return f"columns of school {self.school_id}"


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("Colonnes à vérifier")
    COMPARING = "comparing", _("Lecture en cours")
    COMPARED = "compared", _("À appliquer")
    APPLYING = "applying", _("Application en cours")
    APPLIED = "applied", _("En vigueur")
    REPLACED = "replaced", _("Remplacée")
    UNREADABLE = "unreadable", _("Illisible")
    DROPPED = "dropped", _("Abandonnée")


ENDED_STATES = (ImportState.APPLIED, ImportState.REPLACED, ImportState.DROPPED)
WORKING_STATES = (ImportState.COMPARING, ImportState.APPLYING)


class RegisterImport(models.Model):
    """One file of one school for one university year, from its upload to its application.

    `columns` is {field: index of the column}. `lines` estimates the file's lines, `lines_done` counts those read by
    the comparison: both it and `applied_line` (id of the last line applied) are written with the rows they tell of,
    so that a killed worker loses and repeats nothing. `base` is the import that was in force when this one was
    compared: what was shown is what is applied. `found` counts lines by outcome, and the people gone; `values_sealed`
    holds the levels, years and curricula that the file names. The file's ciphertext goes once the import has ended.
    """

    READ_WITH_LOCK = ("school",)

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    university_year = models.CharField(max_length=9)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    form_token = models.UUIDField(unique=True, default=uuid.uuid4)
    file_fingerprint = models.CharField(max_length=64)
    storage_name = models.CharField(max_length=80, unique=True)
    size = models.PositiveIntegerField()
    lines = models.PositiveIntegerField()
    encoding = models.CharField(max_length=12)
    delimiter = models.CharField(max_length=1)
    columns = models.JSONField(default=dict)
    lines_done = models.PositiveIntegerField(default=0)
    applied_line = models.BigIntegerField(default=0)
    found = models.JSONField(default=dict)
    values_sealed = models.TextField(blank=True)
    fault = models.CharField(max_length=20, blank=True)
    fault_line = models.PositiveIntegerField(null=True, blank=True)
    base = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    uploaded_at = models.DateTimeField()
    applied_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    file_removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "university_year", "file_fingerprint"],
                condition=~Q(state__in=["replaced", "unreadable", "dropped"]),
                name="one_standing_import_a_file",
            ),
            models.UniqueConstraint(
                fields=["school", "university_year"],
                condition=Q(state="applied"),
                name="one_import_in_force_a_year",
            ),
            models.UniqueConstraint(
                fields=["school", "university_year"],
                condition=Q(state="applying"),
                name="one_import_applied_at_a_time",
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="import_is_not_empty"),
            models.CheckConstraint(
                condition=Q(state__in=["applied", "replaced"], applied_at__isnull=False)
                | ~Q(state__in=["applied", "replaced"]) & Q(applied_at=None),
                name="import_applied_with_a_date",
            ),
            models.CheckConstraint(
                condition=Q(state="unreadable") & ~Q(fault="") | ~Q(state="unreadable") & Q(fault=""),
                name="unreadable_import_says_why",
            ),
        ]
        indexes = [models.Index(fields=["school", "-uploaded_at"], name="import_by_school")]

    def __str__(self) -> str:
        return f"import {self.pk}"


class LineOutcome(models.TextChoices):
    NEW = "new", _("Nouvelles personnes")
    CHANGED = "changed", _("Personnes dont une information change")
    BACK = "back", _("Personnes de retour dans la liste")
    SAME = "same", _("Personnes sans changement")
    REFUSED = "refused", _("Lignes refusées")
    PARKED = "parked", _("Lignes mises de côté")


class RegisterLine(models.Model):
    """One line of a file as it was compared. `reason` is a code of `register/reasons.py`, `changed` names fields.

    What a refused or parked line says is not kept. Lines go when the import has ended, but those that were refused or
    parked: their numbers and reasons stay for the school to mend its file.
    """

    register_import = models.ForeignKey(RegisterImport, on_delete=models.PROTECT, related_name="compared")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=LineOutcome)
    reason = models.CharField(max_length=20, blank=True)
    changed = models.CharField(max_length=160, blank=True)
    number_fingerprint = models.CharField(max_length=64, blank=True)
    email_fingerprint = models.CharField(max_length=64, blank=True)
    identity_fingerprint = models.CharField(max_length=64, blank=True)
    facts_fingerprint = models.CharField(max_length=64, blank=True)
    facts_sealed = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register_import", "number"], name="line_is_read_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=["refused", "parked"]) & ~Q(reason="")
                | ~Q(outcome__in=["refused", "parked"]) & Q(reason=""),
                name="refused_line_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["register_import", "number_fingerprint"], name="line_by_student_number"),
            models.Index(fields=["register_import", "outcome", "id"], name="line_by_outcome"),
        ]

    def __str__(self) -> str:
        return f"line {self.number} of import {self.register_import_id}"


class RegisterEntry(models.Model):
    """A person enrolled at a school for a university year; `left_at` since a later list does not name the person.

    `facts_sealed` is JSON under the field keys: number, names, e-mail, birth date, level, year of study, curriculum,
    scholarship. Rows leave by `forget_old_registers` only, a year after the university year ended.
    """

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    university_year = models.CharField(max_length=9)
    number_fingerprint = models.CharField(max_length=64)
    email_fingerprint = models.CharField(max_length=64)
    identity_fingerprint = models.CharField(max_length=64, blank=True)
    facts_fingerprint = models.CharField(max_length=64)
    facts_sealed = models.TextField()
    source = models.ForeignKey(RegisterImport, on_delete=models.PROTECT, related_name="entries")
    left_in = models.ForeignKey(
        RegisterImport, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "register entries"
        constraints = [
            models.UniqueConstraint(
                fields=["school", "university_year", "number_fingerprint"], name="one_entry_a_student_number"
            ),
            models.CheckConstraint(
                condition=Q(left_at=None, left_in=None) | Q(left_at__isnull=False, left_in__isnull=False),
                name="entry_left_with_a_list",
            ),
        ]
        indexes = [
            models.Index(fields=["email_fingerprint"], name="entry_email"),
            models.Index(fields=["identity_fingerprint"], name="entry_identity"),
            models.Index(fields=["university_year"], name="entry_year"),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"
