"""The row that keeps what a signature was about; written in the act that signs."""

from aid_requests.actions.corrections import close
from aid_requests.correspondence import corrections
from aid_requests.correspondence.revisions import Snapshot
from aid_requests.models import AidRequest, Declaration, RequestRevision
from aid_requests.models.correspondence import RevisionOrigin
from fund import audit, clock
from fund.models import User


def keep_revision(by: User, request: AidRequest, declaration: Declaration) -> RequestRevision:
    """Keeps the signed revision whole and answers the correction that was open, if any. The caller holds the request.

    A correction that nobody asked for is noted as the student's own, in good faith (CRPA L123-1): it blames nobody.
    """
    correction = corrections.open_correction(request)
    origin = RevisionOrigin.OWN if correction is None else RevisionOrigin.ASKED
    if request.amount_cents is None:
        raise ValueError("A signed request has an amount.")
    row = RequestRevision.objects.create(
        request=request,
        revision=request.revision,
        origin=RevisionOrigin.FIRST if request.revision == 1 else origin,
        declaration=declaration,
        snapshot_sealed=Snapshot.of(request).seal(request),
        case_code=request.case_code,
        amount_cents=request.amount_cents,
        bank_details=declaration.bank_details,
        signed_at=clock.moment(),
    )
    if correction is not None:
        close(by, request, correction, "answer")
    if row.origin == RevisionOrigin.OWN:
        audit.record("request.corrected_in_good_faith", request, by=by, revision=row.revision)
    return row
