"""Drafting, remaking, dropping and releasing a publication.

Every act takes the foundation's row first, so that numbers have no gap and two releases never cross; then the
publication. What waits is sealed before, in transactions of its own: a publication speaks of sealed movements only.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import date

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from fund import audit, clock, registry, sealing, workflow
from fund.models import Campaign, Foundation, User
from fund.roles import Refusal, Refused, demand
from fund.workflow import WrongState
from reports import pdf, permissions, queries, spreadsheet
from reports.compilation import Compiled, Wording, compile_snapshot, sealed_scope
from reports.models import Publication, PublicationFile
from reports.models.publications import FileKind, PublicationState
from reports.snapshot import Snapshot
from reports.workflow import PUBLICATION

LANGUAGES = ("fr", "en")


@dataclass(frozen=True)
class _Draft:
    """What was computed for a draft, ready to be kept."""

    compiled: Compiled
    payload: str

    @property
    def fields(self) -> dict[str, object]:
        return {
            "up_to": self.compiled.snapshot.gifts_as_of,
            "seal_number": self.compiled.snapshot.seal,
            "payload": self.payload,
            "payload_sha256": sha256_of(self.payload.encode()),
            "carries_aid_of": self.compiled.carries_aid_of,
        }


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def draft_publication(
    *, by: User, wording: Wording, up_to: date, corrects: Publication | None = None
) -> Publication:
    """A draft about everything sealed now, up to the Paris day `up_to` (a day that is over).

    `corrects` is the released publication this one is the erratum of. Raises Refused (role, day, empty words,
    no campaign).
    """
    sealing.seal_pending()
    is_proved = ledger_is_proved()
    with transaction.atomic():
        workflow.lock(Foundation, 1)
        demand(permissions.can_draft(by) or _day_refusal(up_to) or _wording_refusal(wording))
        draft = _compile(wording, up_to, corrects, is_proved=is_proved)
        publication = Publication(
            title=wording.title,
            intro=wording.intro,
            title_en=wording.title_en,
            intro_en=wording.intro_en,
            corrects=corrects,
            drafted_by=by,
            drafted_at=clock.moment(),
            **draft.fields,
        )
        publication.save(force_insert=True)
        audit.record("publication.drafted", publication, by=by, sha256=publication.payload_sha256)
    return publication


def redraft_publication(*, by: User, publication: Publication, wording: Wording, up_to: date) -> Publication:
    """Computes a draft again, with these words and this day; whoever remakes it is its drafter from now on.

    Raises Refused as `draft_publication`, WrongState when it is released or dropped.
    """
    sealing.seal_pending()
    is_proved = ledger_is_proved()
    with transaction.atomic():
        workflow.lock(Foundation, 1)
        publication = workflow.lock(Publication, publication.pk)
        demand(permissions.can_draft(by) or _day_refusal(up_to) or _wording_refusal(wording))
        draft = _compile(wording, up_to, publication.corrects, is_proved=is_proved)
        fields = {
            **draft.fields,
            "title": wording.title,
            "intro": wording.intro,
            "title_en": wording.title_en,
            "intro_en": wording.intro_en,
            "drafted_by": by,
            "drafted_at": clock.moment(),
        }
        publication = workflow.move(PUBLICATION, publication, "redraft", by=by, fields=fields)
        audit.record("publication.redrafted", publication, by=by, sha256=publication.payload_sha256)
    return publication


def drop_publication(*, by: User, publication: Publication) -> Publication:
    """Puts a draft aside for good. Raises Refused, and WrongState when it is released."""
    with transaction.atomic():
        publication = workflow.lock(Publication, publication.pk)
        demand(permissions.can_draft(by))
        publication = workflow.move(PUBLICATION, publication, "drop", by=by)
        audit.record("publication.dropped", publication, by=by)
    return publication


def release_publication(*, by: User, publication: Publication, read_sha256: str) -> Publication:
    """Gives the draft its number, freezes its files and makes it public, for ever.

    `read_sha256` is the hash of the draft that was read. Raises Refused (role, own draft, a promise of the ledger
    broken, figures that are no longer those of the preview), AlreadyDone, and WrongState when the draft was remade
    since it was read.
    """
    sealing.seal_pending()
    is_proved = ledger_is_proved()
    with transaction.atomic():
        workflow.lock(Foundation, 1)
        publication = workflow.lock(Publication, publication.pk)
        demand(permissions.can_release(by, publication))
        if publication.state == PublicationState.DRAFT:
            _demand_as_read(publication, read_sha256)
            demand(_proof_refusal(publication, is_proved=is_proved) or _change_refusal(publication))
        number = queries.snapshot_of(publication).number
        fields = {"number": number, "released_by": by, "released_at": clock.moment()}
        publication = workflow.move(PUBLICATION, publication, "release", by=by, fields=fields)
        hashes = _freeze_files(publication)
        audit.record(
            "publication.released",
            publication,
            by=by,
            number=number,
            sha256=publication.payload_sha256,
            content_sha256=publication.content_sha256,
            released_at=publication.released_at.isoformat() if publication.released_at else "",
            files=hashes,
        )
    return publication


def ledger_is_proved() -> bool:
    """Whether every promise that `check_ledger` knows holds now. Reads everything: outside the act's locks."""
    with transaction.atomic():
        return not any(list(check()) for check in registry.checks().values())


def _compile(wording: Wording, up_to: date, corrects: Publication | None, *, is_proved: bool) -> _Draft:
    campaign = Campaign.objects.order_by("-opens_on").first()
    if campaign is None:
        raise Refused(Refusal("no_campaign", _("Aucune cagnotte n’est ouverte : il n’y a rien à publier.")))
    if corrects is not None and corrects.state != PublicationState.RELEASED:
        raise WrongState(_("Seule une publication parue peut être corrigée."))
    compiled = compile_snapshot(
        sealed_scope(up_to),
        title=wording.title,
        campaign=campaign,
        corrects=corrects,
        ledger_checked=is_proved,
    )
    return _Draft(compiled, compiled.snapshot.to_json())


def _day_refusal(up_to: date) -> Refusal | None:
    if up_to >= clock.today():
        return Refusal("day", _("Choisissez un jour terminé : hier au plus tard."))
    last = queries.last_release()
    if last is not None and up_to < last.up_to:
        return Refusal("day", _("Une publication ne s’arrête pas avant la précédente."))
    return None


def _wording_refusal(wording: Wording) -> Refusal | None:
    if wording.title.strip() and wording.intro.strip():
        return None
    return Refusal("wording", _("Donnez un titre et une introduction."))


def _demand_as_read(publication: Publication, read_sha256: str) -> None:
    if publication.content_sha256 != read_sha256:
        raise WrongState(_("Le brouillon a changé pendant votre lecture : relisez-le."))


def _proof_refusal(publication: Publication, *, is_proved: bool) -> Refusal | None:
    if is_proved and queries.snapshot_of(publication).ledger_checked:
        return None
    return Refusal(
        "ledger",
        _("Les contrôles du grand livre ne passent pas tous : rien ne paraît avant qu’ils passent."),
    )


def _change_refusal(publication: Publication) -> Refusal | None:
    """The figures are computed again from all that is sealed now; only the seal itself may have moved on."""
    told = queries.snapshot_of(publication)
    words = Wording(publication.title, publication.intro)
    now = _compile(words, publication.up_to, publication.corrects, is_proved=True).compiled.snapshot
    if replace(now, seal=told.seal, seal_hash=told.seal_hash) == told:
        return None
    return Refusal("changed", _("Les chiffres ont changé depuis l’aperçu : refaites le brouillon."))


def _freeze_files(publication: Publication) -> dict[str, str]:
    """One row a file; returns their SHA-256 by name."""
    snapshot = queries.snapshot_of(publication)
    made: list[tuple[FileKind, str, bytes]] = [(FileKind.JSON, "", publication.payload.encode())]
    for language in LANGUAGES:
        made.append((FileKind.CSV, language, spreadsheet.write_csv(snapshot, language=language)))
        made.append((FileKind.PDF, language, _pdf(publication, snapshot, language)))
    rows = [
        PublicationFile(
            publication=publication,
            kind=kind,
            language=language,
            data=data,
            size=len(data),
            sha256=sha256_of(data),
        )
        for kind, language, data in made
    ]
    PublicationFile.objects.bulk_create(rows)
    return {f"{row.kind} {row.language}".strip(): row.sha256 for row in rows}


def _pdf(publication: Publication, snapshot: Snapshot, language: str) -> bytes:
    is_english = language == "en"
    return pdf.publication_pdf(
        snapshot,
        language=language,
        released_on=clock.today(),
        payload_sha256=publication.payload_sha256,
        address=settings.SITE_URL + reverse("publication_page", args=[snapshot.number]),
        title=(publication.title_en if is_english else "") or publication.title,
        intro=(publication.intro_en if is_english else "") or publication.intro,
    )
