"""A request from draft to payment, its documents, its signed declaration and the school's certificate."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aid_requests.models.applicants import Applicant, BankDetails
from aid_requests.models.register import RegisterImport
from aid_requests.models.schemes import SchemeVersion
from fund.models import School, User


class RequestState(models.TextChoices):
    DRAFT = "draft", _("Brouillon")
    SUBMITTED = "submitted", _("Signée, inscription à confirmer")
    IN_REVIEW = "in_review", _("Au comité")
    CONDITIONAL = "conditional", _("Accordée sous réserve d’une pièce")
    GRANTED = "granted", _("Accordée")
    WAITLISTED = "waitlisted", _("Favorable, en attente d’argent")
    REFUSED = "refused", _("Refusée")
    REDIRECTED = "redirected", _("Réorientée")
    PAID = "paid", _("Payée")
    RETURNED = "returned", _("Revenue")
    WITHDRAWN = "withdrawn", _("Retirée")


# Signed and not paid yet: the identity in its declaration must stay what it is.
UNPAID_STATES = (
    RequestState.SUBMITTED,
    RequestState.IN_REVIEW,
    RequestState.WAITLISTED,
    RequestState.CONDITIONAL,
    RequestState.GRANTED,
)
DECIDED_STATES = (
    RequestState.CONDITIONAL,
    RequestState.GRANTED,
    RequestState.WAITLISTED,
    RequestState.REFUSED,
    RequestState.REDIRECTED,
    RequestState.PAID,
    RequestState.RETURNED,
)


class AidRequest(models.Model):
    """One request. `revision` grows with every correction: signature, certificate and votes belong to one revision.

    `round` is 1, and 2 from the day a re-examination was asked for: votes and decisions belong to one round. `turn`
    counts how often the committee took it up: it grows when the committee adjourns it or an opinion loses its
    signer, and votes belong to one turn.
    `token` is the address of its pages; `reference` (U-2020-0052) is what people and the bank quote.
    `answers_sealed` (JSON) and `story_sealed` are written under the applicant's key. `typed_by` is the referent who
    typed it with the applicant.
    """

    READ_WITH_LOCK = (
        "applicant__user",
        "applicant__subject_key",
        "scheme_version__scheme",
        "school",
        "bank_details",
    )

    token = models.UUIDField(unique=True, default=uuid.uuid4)
    reference = models.CharField(max_length=20, unique=True)
    applicant = models.ForeignKey(Applicant, on_delete=models.PROTECT, related_name="requests")
    scheme_version = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, related_name="requests")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    through_school = models.BooleanField(default=True)
    state = models.CharField(max_length=12, choices=RequestState, default=RequestState.DRAFT)
    revision = models.PositiveSmallIntegerField(default=1)
    round = models.PositiveSmallIntegerField(default=1)
    turn = models.PositiveSmallIntegerField(default=1)
    answers_sealed = models.TextField(blank=True)
    story_sealed = models.TextField(blank=True)
    register_sealed = models.TextField(blank=True)
    case_code = models.SlugField(max_length=60, blank=True)
    amount_cents = models.BigIntegerField(null=True, blank=True)
    bank_details = models.ForeignKey(
        BankDetails, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    typed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    typed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["applicant", "scheme_version"], condition=Q(state="draft"), name="one_draft_a_scheme"
            ),
            models.CheckConstraint(
                condition=Q(amount_cents=None) | Q(amount_cents__gt=0), name="request_amount_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"])
                | Q(submitted_at__isnull=False, amount_cents__isnull=False, bank_details__isnull=False)
                & ~Q(case_code=""),
                name="request_submitted_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=DECIDED_STATES, decided_at__isnull=False)
                | ~Q(state__in=DECIDED_STATES) & Q(decided_at=None),
                name="request_decided_with_a_date",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | ~Q(state="withdrawn") & Q(withdrawn_at=None),
                name="request_withdrawn_with_a_date",
            ),
            models.CheckConstraint(condition=Q(round__in=[1, 2]), name="request_reexamined_once"),
            models.CheckConstraint(
                condition=Q(typed_by=None, typed_at=None) | Q(typed_by__isnull=False, typed_at__isnull=False),
                name="request_typed_by_someone",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "submitted_at"], name="request_state"),
            models.Index(fields=["-decided_at", "-id"], name="request_decided"),
        ]

    def __str__(self) -> str:
        return self.reference


class Document(models.Model):
    """A paper. The row first, then the file: the private storage holds ciphertext under a random name."""

    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="documents")
    token = models.UUIDField(unique=True, default=uuid.uuid4)
    kind = models.SlugField(max_length=60)
    title_sealed = models.TextField()
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    storage_name = models.CharField(max_length=80, unique=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="document_is_not_empty")]
        indexes = [models.Index(fields=["fingerprint"], name="document_fingerprint")]

    def __str__(self) -> str:
        return f"document {self.pk}"


class SignaturePurpose(models.TextChoices):
    DECLARATION = "declaration"
    BANK_DETAILS = "bank_details"
    GUARDIAN = "guardian"  # a minor's legal representative, on the text of the minor's own declaration


class SignatureCode(models.Model):
    """A one-time code sent to sign one revision: kept as a hash, five tries, fifteen minutes of real time."""

    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="signature_codes")
    revision = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=12, choices=SignaturePurpose)
    code_hash = models.CharField(max_length=64)
    content_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=5), name="signature_code_five_tries"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="signature_code_expires"
            ),
        ]

    def __str__(self) -> str:
        return f"code {self.pk}"


class Declaration(models.Model):
    """What was declared on one's honour for one revision: frozen PDF, its SHA-256, and the proof of the signature.

    Append-only. `facts` are codes; the PDF and the proof (C. civ. 1366-1367) are written under the person's key.
    `kept_facts` are the facts that were not ticked again, by code: the id of the declaration in which they were.
    """

    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="declarations")
    revision = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=12, choices=SignaturePurpose)
    scheme_hash = models.CharField(max_length=64)
    facts = models.JSONField()
    content_hash = models.CharField(max_length=64)
    pdf_sealed = models.BinaryField()
    pdf_sha256 = models.CharField(max_length=64)
    proof_sealed = models.TextField()
    bank_details = models.ForeignKey(BankDetails, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kept_facts = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kept_facts={}) | Q(previous__isnull=False), name="kept_facts_were_declared_before"
            ),
            models.UniqueConstraint(
                fields=["request", "revision", "purpose", "bank_details"],
                condition=~Q(purpose="guardian"),
                name="one_declaration_a_revision",
            ),
            models.UniqueConstraint(
                fields=["request", "content_hash"],
                condition=Q(purpose="guardian"),
                name="one_guardian_declaration_a_text",
            ),
        ]

    def __str__(self) -> str:
        return f"declaration {self.pk}"


class EnrolmentCertificate(models.Model):
    """The person is enrolled: a referent says so, or the school's list. Lapses when the identity changes."""

    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="certificates")
    revision = models.PositiveSmallIntegerField()
    university_year = models.CharField(max_length=9)
    level = models.CharField(max_length=40)
    certified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    certified_from = models.ForeignKey(
        RegisterImport, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    certified_at = models.DateTimeField()
    lapsed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(lapsed_at=None), name="one_live_certificate"
            ),
            models.CheckConstraint(
                condition=Q(certified_by__isnull=False, certified_from=None)
                | Q(certified_by=None, certified_from__isnull=False),
                name="certificate_by_a_person_or_a_list",
            ),
        ]

    def __str__(self) -> str:
        return f"certificate {self.pk}"
