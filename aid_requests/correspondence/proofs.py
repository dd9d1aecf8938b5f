"""What `check_ledger` proves about corrections and signed revisions."""

from collections.abc import Iterator

from django.db.models import F, Q

from aid_requests.models import Correction, Declaration, RequestRevision
from aid_requests.models.correspondence import CorrectionState
from aid_requests.models.requests import DECIDED_STATES, RequestState


def nothing_is_decided_with_a_correction_open() -> Iterator[str]:
    """Peers §2.26: a file that waits for a correction is neither decided nor withdrawn."""
    closed = (*DECIDED_STATES, RequestState.WITHDRAWN)
    rows = Correction.objects.filter(state=CorrectionState.OPEN, request__state__in=closed)
    for pk, request in rows.order_by("pk").values_list("pk", "request"):
        yield f"correction {pk} is open, but request {request} is closed."


def revisions_and_declarations_agree() -> Iterator[str]:
    """A signed revision is that of its declaration; kept facts come from a declaration of the same request."""
    wrong = RequestRevision.objects.filter(
        ~Q(declaration__request=F("request")) | ~Q(declaration__revision=F("revision"))
    )
    for pk in wrong.order_by("pk").values_list("pk", flat=True):
        yield f"revision {pk} is not the one its declaration signed."
    kept = Declaration.objects.exclude(kept_facts={}).order_by("pk")
    for pk, request, facts in kept.values_list("pk", "request", "kept_facts").iterator(chunk_size=1000):
        known = Declaration.objects.filter(pk__in=set(facts.values()), request=request, pk__lt=pk)
        if known.count() != len(set(facts.values())):
            yield f"declaration {pk} keeps facts of a declaration that is not an earlier one of its request."
