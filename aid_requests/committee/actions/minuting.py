"""The minutes written at the close of a sitting, signed by two persons, and sealed at the second signature.

Locks: the sitting, then the committee, whose minutes are numbered under its lock without a gap.
"""

import hashlib

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from aid_requests.committee import minutes as papers
from aid_requests.committee import sitting_permissions
from aid_requests.models import Committee, Minutes, MinutesPaper, MinutesSignature, Sitting
from aid_requests.workflow import SITTING
from fund import audit, clock, vault, workflow
from fund.models import User
from fund.roles import Refused, demand
from fund.workflow import AlreadyDone


def write_minutes(sitting: Sitting) -> Minutes:
    """In the transaction that closes the sitting, whose row is locked."""
    committee = workflow.lock(Committee, sitting.committee_id)
    year = clock.paris_date(sitting.scheduled_at).year
    rows = Minutes.objects.filter(committee=committee, year=year)
    number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
    sealed, content_sha256 = papers.seal_content(papers.content_of(sitting, year=year, number=number))
    minutes = Minutes.objects.create(
        sitting=sitting,
        committee=committee,
        year=year,
        number=number,
        content_sealed=sealed,
        content_sha256=content_sha256,
        made_at=clock.moment(),
    )
    audit.record("minutes.written", minutes, by=None, number=f"{year}-{number}", sha256=content_sha256)
    return minutes


def sign_minutes(*, by: User, minutes: Minutes) -> MinutesSignature:
    """Each of the two signs once, or who stands in for one that left; the second signature makes the papers, which
    never change.

    Raises AlreadyDone, Refused (neither of the two), ValueError when the content is not what was hashed.
    """
    with transaction.atomic():
        sitting = workflow.lock(Sitting, minutes.sitting_id)
        minutes = Minutes.objects.select_related("sitting").get(pk=minutes.pk)
        if minutes.signatures.filter(by=by).exists():
            raise AlreadyDone(_("Vous avez déjà signé ce procès-verbal."))
        signed_as = sitting_permissions.signed_as(by, minutes)
        if signed_as is None:
            raise Refused(sitting_permissions.NOT_A_SIGNATORY)
        content = papers.open_content(minutes)
        signature = MinutesSignature.objects.create(
            minutes=minutes,
            signed_as=signed_as,
            by=by,
            content_sha256=minutes.content_sha256,
            signed_at=clock.moment(),
        )
        audit.record(
            "minutes.signed",
            minutes,
            by=by,
            signed_as=signed_as,
            stands_in=papers.stands_in(signature),
            sha256=minutes.content_sha256,
        )
        signatures = list(minutes.signatures.select_related("by", "minutes__sitting").order_by("pk"))
        if len(signatures) > 1:
            _seal(minutes, content, signatures, by=by)
            workflow.move(SITTING, sitting, "sign", by=by)
    return signature


def read_paper(*, by: User, minutes: Minutes, part: str) -> bytes:
    """One of the two papers, "full" or "extract", with its trace in the audit trail.

    Raises Refused (the full one is not for every member), MinutesPaper.DoesNotExist before the second signature,
    ValueError when the bytes are not what was sealed.
    """
    if part == "full":
        demand(sitting_permissions.can_read_whole(by, minutes))
    sealed = MinutesPaper.objects.get(minutes=minutes)
    is_full = part == "full"
    data = vault.open_bytes(sealed.full_sealed if is_full else sealed.extract_sealed)
    kept = sealed.full_sha256 if is_full else sealed.extract_sha256
    if hashlib.sha256(data).hexdigest() != kept:
        raise ValueError(f"Minutes {minutes.pk}: the paper does not have its hash.")
    with transaction.atomic():
        audit.record("minutes.read", minutes, by=by, part=part, sha256=kept)
    return data


def _seal(
    minutes: Minutes, content: papers.Content, signatures: list[MinutesSignature], *, by: User
) -> MinutesPaper:
    full, extract = papers.render_full(content, signatures), papers.render_extract(content, signatures)
    sealed = MinutesPaper.objects.create(
        minutes=minutes,
        full_sealed=vault.seal_bytes(full),
        full_sha256=hashlib.sha256(full).hexdigest(),
        extract_sealed=vault.seal_bytes(extract),
        extract_sha256=hashlib.sha256(extract).hexdigest(),
        sealed_at=clock.moment(),
    )
    hashes = {"full_sha256": sealed.full_sha256, "extract_sha256": sealed.extract_sha256}
    audit.record("minutes.sealed", minutes, by=by, **hashes)
    return sealed
