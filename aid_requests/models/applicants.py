"""Who asks, and the account to pay. Everything that names a person is written under that person's key."""

from django.db import models
from django.db.models import Q

from fund.models import School, SubjectKey, User


class Applicant(models.Model):
    """A student. `identity_sealed` is JSON: first_name, last_name, chosen_name, birth_date, birth_place, address."""

    READ_WITH_LOCK = ("user", "subject_key")

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="applicant")
    subject_key = models.OneToOneField(SubjectKey, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    identity_sealed = models.TextField(blank=True)
    identity_fingerprint = models.CharField(max_length=64, blank=True)
    # The address that proved the school: it stays when another one receives the mails (`User.email`).
    school_email_sealed = models.TextField(blank=True, default="")
    school_email_fingerprint = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school_email_fingerprint"],
                condition=~Q(school_email_fingerprint=""),
                name="one_applicant_a_school_address",
            ),
            models.CheckConstraint(
                condition=Q(school_email_sealed="", school_email_fingerprint="")
                | ~Q(school_email_sealed="") & ~Q(school_email_fingerprint=""),
                name="school_address_with_its_hash",
            ),
        ]
        indexes = [models.Index(fields=["identity_fingerprint"], name="applicant_identity")]

    def __str__(self) -> str:
        return f"applicant {self.pk}"


class BankDetails(models.Model):
    """One account given by a student; a change is a new row, the old one stays as it was approved."""

    applicant = models.ForeignKey(Applicant, on_delete=models.PROTECT, related_name="bank_details")
    iban_sealed = models.TextField()
    holder_sealed = models.TextField()
    iban_fingerprint = models.CharField(max_length=64)
    iban_tail = models.CharField(max_length=4)
    country = models.CharField(max_length=2)
    bank_name = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(iban_fingerprint=""), name="bank_details_have_a_fingerprint")
        ]
        indexes = [models.Index(fields=["iban_fingerprint"], name="bank_details_iban")]

    def __str__(self) -> str:
        return f"bank details {self.pk}"
