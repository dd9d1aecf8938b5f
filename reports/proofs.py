"""What `check_ledger` proves about figures: they are sums of entries, and what was published is what they still say."""

import hashlib
from collections.abc import Iterator

from fund import balances, registry
from fund.models import AuditEvent, Seal
from reports import compilation, queries
from reports.figures import read_figures, read_lefts
from reports.models import Publication
from reports.models.publications import FileKind

RELEASED = "publication.released"


def register() -> None:
    registry.register_check("figures", figures_agree)
    registry.register_check("publications", publications_stand)


def figures_agree() -> Iterator[str]:
    """left is what a spender may spend; the pockets add up to the whole."""
    whole = read_figures()
    if whole.left_cents != balances.left_cents():
        yield f"left: {whole.left_cents} cents shown, {balances.left_cents()} cents spendable."
    parts = sum(read_lefts().values())
    if parts != whole.left_cents:
        yield f"left: {whole.left_cents} cents in all, {parts} cents over the pockets."
    if whole.promised_cents < 0 or whole.given_cents < 0:
        yield f"promised {whole.promised_cents} or given {whole.given_cents} cents is below zero."


def publications_stand() -> Iterator[str]:
    """Every release, recomputed from the ledger within its scope, says what it said; its bytes are the ones hashed."""
    published = list(queries.released().order_by("number"))
    yield from _releases_without_publication(published)
    numbers = [publication.number for publication in published]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"publications: the numbers {numbers} have a gap."
    for publication in published:
        name = f"publication {publication.number}"
        if _sha256(publication.payload.encode()) != publication.payload_sha256:
            yield f"{name}: its data is not what was hashed."
            continue
        for fault in _faults(publication):
            yield f"{name}: {fault}"


def _releases_without_publication(published: list[Publication]) -> Iterator[str]:
    """The audit trail is sealed and a publication is not: what was released according to it must still be there."""
    there = {str(publication.pk) for publication in published}
    for event in AuditEvent.objects.filter(action=RELEASED).order_by("pk"):
        if event.object_id not in there:
            yield f"publications: number {event.details['number']}, released by act {event.pk}, is gone."


def _changes_since_release(publication: Publication) -> Iterator[str]:
    """Against the hashes that the act of releasing wrote into the audit trail."""
    events = AuditEvent.objects.filter(action=RELEASED, object_id=str(publication.pk))
    event = events.order_by("pk").first()
    if event is None:
        yield "no act released it."
        return
    files = {f"{file.kind} {file.language}".strip(): file.sha256 for file in publication.files.all()}
    now = {
        "number": publication.number,
        "sha256": publication.payload_sha256,
        "content_sha256": publication.content_sha256,
        "released_at": publication.released_at.isoformat() if publication.released_at else "",
        "files": files,
    }
    for name, value in now.items():
        if event.details.get(name) != value:
            yield f"its {name} is not what was released by act {event.pk}."
    if event.by_id != publication.released_by_id:
        yield f"somebody else released it by act {event.pk}."


def _faults(publication: Publication) -> Iterator[str]:
    yield from _changes_since_release(publication)
    told = queries.snapshot_of(publication)
    if told.number != publication.number or told.to_json() != publication.payload:
        yield "its data is not canonical, or of another number."
    if compilation.recompute(publication) != told:
        yield "the ledger no longer gives its figures."
    if publication.seal_number is not None:
        seal = Seal.objects.filter(number=publication.seal_number).first()
        if seal is None or seal.chain_hash != told.seal_hash:
            yield f"seal {publication.seal_number} is not the one it named."
    kinds = set()
    for file in publication.files.order_by("pk"):
        kinds.add((file.kind, file.language))
        if _sha256(bytes(file.data)) != file.sha256:
            yield f"its file {file.kind} {file.language} is not what was hashed."
        if file.kind == FileKind.JSON and bytes(file.data) != publication.payload.encode():
            yield "its JSON file is not its data."
    if len(kinds) != 5:
        yield f"{len(kinds)} of its 5 files are there."


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
