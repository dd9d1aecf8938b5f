"""What each signature was about, kept whole, and the difference between two of them for whoever may read it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from django.utils.translation import gettext as _

from aid_requests import sealed
from aid_requests.committee import veils
from aid_requests.documents import ENROLMENT_PROOF
from aid_requests.identity import identity_of
from aid_requests.models import AidRequest, BankDetails, RequestRevision
from aid_requests.schemes import Scheme, Value, format_value, pack_answers, unpack_answers
from aid_requests.schemes.grammar import Case, Part
from fund import vault
from fund.bank.iban import check_iban
from fund.money import format_euros


class Reader(StrEnum):
    """Who looks: the student sees all; the school the identity alone; the committee neither identity nor account."""

    STUDENT = "student"
    SCHOOL = "school"
    COMMITTEE = "committee"


@dataclass(frozen=True)
class Snapshot:
    """A request as it stood at one signature: plain texts, as `seal` keeps them. Its `repr` shows nothing."""

    packed: Mapping[str, str] = field(repr=False)
    story: str = field(repr=False)
    identity: Mapping[str, str] = field(repr=False)
    papers: tuple[tuple[str, str], ...] = field(repr=False)
    account: Mapping[str, str] = field(repr=False)
    through_school: str = field(repr=False)

    @classmethod
    def of(cls, request: AidRequest) -> "Snapshot":
        """The request as it stands now. Raises vault.Erased."""
        scheme = sealed.scheme_of(request.scheme_version)
        rows = request.documents.filter(removed_at=None).exclude(kind=ENROLMENT_PROOF).order_by("pk")
        return cls(
            packed=pack_answers(scheme, sealed.answers_of(request)),
            story=sealed.story_of(request),
            identity=_identity(request),
            papers=tuple(rows.values_list("kind", "sha256")),
            account=_account(request.bank_details) if request.bank_details else {},
            through_school="yes" if request.through_school else "no",
        )

    def seal(self, request: AidRequest) -> str:
        values = {**vars(self), "papers": [list(paper) for paper in self.papers]}
        return vault.seal_json_for(request.applicant.subject_key, values)

    @classmethod
    def opened(cls, request: AidRequest, row: RequestRevision) -> "Snapshot":
        """Raises vault.Erased when the person was erased."""
        values = vault.open_json_for(request.applicant.subject_key, row.snapshot_sealed)
        return cls(**{**values, "papers": tuple((kind, sha256) for kind, sha256 in values["papers"])})

    def answers(self, scheme: Scheme) -> dict[str, Value]:
        return unpack_answers(scheme, self.packed)

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of papers that were there."""
        return frozenset(kind for kind, _sha256 in self.papers)


@dataclass(frozen=True)
class Change:
    """One difference: before and after in words, both "" where the reader only learns that something changed."""

    title: str
    before: str = field(default="", repr=False)
    after: str = field(default="", repr=False)


@dataclass(frozen=True)
class Difference:
    """What one signature changed against the one before."""

    revision: int
    signed_at: datetime
    origin: str
    changes: tuple[Change, ...]


def _identity(request: AidRequest) -> dict[str, str]:
    identity = identity_of(request.applicant)
    if identity is None:
        return {}
    values = {name: str(value) for name, value in vars(identity).items()}
    return {**values, "birth_date": identity.birth_date.isoformat()}


def _account(details: BankDetails) -> dict[str, str]:
    key = details.applicant.subject_key
    iban = check_iban(vault.open_text_for(key, details.iban_sealed))
    holder = vault.open_text_for(key, details.holder_sealed)
    return {"masked": iban.masked, "fingerprint": details.iban_fingerprint, "holder": holder}


def last_signed(request: AidRequest) -> Snapshot | None:
    """What the last signature was about, or None for a file that was never signed."""
    row = request.revisions.order_by("-revision").first()
    return Snapshot.opened(request, row) if row else None


def differences(request: AidRequest, language: str, reader: Reader) -> list[Difference]:
    """From each signed revision to the next, the newest first; none once the person was erased."""
    rows = list(request.revisions.order_by("revision"))
    if request.applicant.subject_key.wrapped_key is None:
        return []
    scheme = sealed.scheme_of(request.scheme_version)
    found = []
    for earlier, later in pairwise(rows):
        before, after = Snapshot.opened(request, earlier), Snapshot.opened(request, later)
        changes = [*_changes(scheme, before, after, language, reader)]
        if reader == Reader.COMMITTEE:
            changes = _screened(request, before, after, changes)
        if reader != Reader.SCHOOL and earlier.amount_cents != later.amount_cents:
            cents = [format_euros(row.amount_cents, language) for row in (earlier, later)]
            changes.append(Change(_("Montant"), *cents))
        found.append(Difference(later.revision, later.signed_at, later.origin, tuple(changes)))
    return found[::-1]


def _screened(request: AidRequest, before: Snapshot, after: Snapshot, changes: list[Change]) -> list[Change]:
    """Behind the veil of the file, and of the names that it had then."""
    names = ("first_name", "last_name", "chosen_name")
    veil = veils.veil_of(
        request, also=[one.identity.get(name, "") for one in (before, after) for name in names]
    )
    return [
        replace(change, before=veil.text(change.before), after=veil.text(change.after)) for change in changes
    ]


def _changes(
    scheme: Scheme, before: Snapshot, after: Snapshot, language: str, reader: Reader
) -> Iterator[Change]:
    yield from _identity_changes(before, after, reader)
    if reader == Reader.SCHOOL:
        return
    yield from _answer_changes(scheme, before, after, language)
    if before.story != after.story:
        yield Change(_("Le récit"), before.story or "—", after.story or "—")
    yield from _paper_changes(scheme, before, after, language)
    if before.account != after.account:
        yield _account_change(before, after, reader)


def _identity_changes(before: Snapshot, after: Snapshot, reader: Reader) -> Iterator[Change]:
    """The committee learns that it changed, never from what to what; the school what it may see anyhow."""
    shown = {
        "first_name": _("Prénoms"),
        "last_name": _("Nom"),
        "birth_date": _("Date de naissance"),
        "chosen_name": _("Prénom d’usage"),
        "birth_place": _("Lieu de naissance"),
        "address": _("Adresse"),
    }
    changed = [name for name in shown if before.identity.get(name, "") != after.identity.get(name, "")]
    if reader == Reader.COMMITTEE:
        if changed:
            yield Change(_("Identité corrigée"))
        return
    known = ("first_name", "last_name", "birth_date") if reader == Reader.SCHOOL else tuple(shown)
    for name in changed:
        if name in known:
            yield Change(shown[name], before.identity.get(name) or "—", after.identity.get(name) or "—")


def _answer_changes(scheme: Scheme, before: Snapshot, after: Snapshot, language: str) -> Iterator[Change]:
    old, new = before.answers(scheme), after.answers(scheme)
    for question in scheme.questions:
        if old.get(question.id) == new.get(question.id):
            continue
        words = [
            format_value(question, values[question.id], language) if question.id in values else "—"
            for values in (old, new)
        ]
        yield Change(question.label.in_language(language), *words)


def _paper_changes(scheme: Scheme, before: Snapshot, after: Snapshot, language: str) -> Iterator[Change]:
    """By kind: how many files stood there; never a file's name."""
    labels = paper_labels(scheme, language)
    kinds = dict.fromkeys(kind for kind, _sha256 in (*before.papers, *after.papers))
    for kind in kinds:
        old, new = ({sha for one, sha in snapshot.papers if one == kind} for snapshot in (before, after))
        if old != new:
            title = labels.get(kind, _("Autre pièce"))
            yield Change(
                title,
                _files(len(old)),
                _("%(files)s, dont %(new)s à lire") % {"files": _files(len(new)), "new": len(new - old)}
                if new - old
                else _files(len(new)),
            )


def _files(number: int) -> str:
    return (
        _("aucun fichier")
        if not number
        else _("1 fichier")
        if number == 1
        else _("%(n)s fichiers") % {"n": number}
    )


def paper_labels(scheme: Scheme, language: str) -> dict[str, str]:
    """What each paper the scheme may ask for is called."""
    holders: tuple[Case | Part, ...] = (*scheme.cases, *scheme.parts)
    groups = (scheme.documents, *(holder.documents for holder in holders))
    return {asked.code: asked.label.in_language(language) for group in groups for asked in group}


def _account_change(before: Snapshot, after: Snapshot, reader: Reader) -> Change:
    if reader != Reader.STUDENT:
        return Change(_("Compte changé"))
    words = [
        f"{one.account.get('masked', '—')}, {one.account.get('holder', '')}".rstrip(", ")
        for one in (before, after)
    ]
    return Change(_("Compte bancaire"), *words)
