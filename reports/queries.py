"""Questions about publications: what the public has, in order."""

from django.db.models import Max, QuerySet

from reports import disclosure
from reports.disclosure import Shown
from reports.models import Publication
from reports.models.publications import PublicationState
from reports.scope import Scope
from reports.snapshot import AidFigures, Snapshot


def released() -> QuerySet[Publication]:
    """Newest first."""
    return Publication.objects.filter(state=PublicationState.RELEASED).order_by("-number")


def last_release() -> Publication | None:
    return released().first()


def next_number() -> int:
    """Numbers have no gap; the caller that gives one holds the foundation's row."""
    return (Publication.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def snapshot_of(publication: Publication) -> Snapshot:
    return Snapshot.from_json(publication.payload)


def scope_of(publication: Publication) -> Scope:
    return Scope(publication.up_to, publication.seal_number)


def aid_told(publication: Publication | None) -> AidFigures | None:
    """What the public knows about aid since `publication`."""
    return snapshot_of(publication).aid if publication is not None else None


def with_own_aid() -> list[Publication]:
    """The released publications whose figures about aid are their own, oldest first."""
    own = released().filter(carries_aid_of=None).order_by("number")
    return [publication for publication in own if aid_told(publication) is not None]


def shown_by(publication: Publication) -> Shown:
    """What a release with figures of its own tells about aid, person by person."""
    aid = aid_told(publication)
    shares = disclosure.read_shares(scope_of(publication))
    return Shown(shares, with_promised=aid is not None and aid.promised_cents is not None)


def drafts() -> QuerySet[Publication]:
    """Newest first, with their drafter."""
    waiting = Publication.objects.filter(state=PublicationState.DRAFT).select_related("drafted_by")
    return waiting.order_by("-drafted_at", "-pk")
