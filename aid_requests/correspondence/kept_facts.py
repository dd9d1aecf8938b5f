"""After a correction, only changed facts are declared again (product S4): which ones stand, and since when.

A fact stands when the last signature declared the same sentence under the same code, and whatever it rests on is
unchanged: the answers its text or its conditions name. One that names no answer rests on the answers that decide, and
on who the person is; the one about the account rests on the account.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from aid_requests.correspondence.revisions import Snapshot
from aid_requests.models import AidRequest, Declaration, RequestRevision
from aid_requests.models.requests import SignaturePurpose
from aid_requests.schemes import Award, Scheme, deciding_questions
from aid_requests.schemes.conditions import operands_of
from aid_requests.schemes.fact_texts import placeholders
from aid_requests.schemes.grammar import Case, Condition, Fact, Part, Source
from fund import clock, vault

OWN_ACCOUNT = "own_account"  # the code under which schedules declare that the account is one's own


@dataclass(frozen=True)
class KeptFact:
    """Where a fact was ticked: `declaration` is that row's id, `content_hash` the hash of the text signed there.

    `declared_on` is the Paris date that stands on that paper, `signed_at` the real instant, UTC.
    """

    declaration: int
    content_hash: str
    declared_on: date
    signed_at: datetime

    @property
    def told(self) -> dict[str, Any]:
        """As the new text and the new proof name it."""
        return {
            "declaration": self.declaration,
            "content_hash": self.content_hash,
            "declared_on": self.declared_on.isoformat(),
            "signed_at": self.signed_at.isoformat(),
        }


def last_declaration(request: AidRequest) -> Declaration | None:
    """The person's own declaration of the last signed revision."""
    rows = request.declarations.filter(purpose=SignaturePurpose.DECLARATION)
    return rows.order_by("-revision").first()


def kept_facts(
    request: AidRequest, scheme: Scheme, award: Award, facts: Iterable[tuple[str, str]]
) -> dict[str, KeptFact]:
    """By code, the facts of `award` that need no new tick. Raises vault.Erased."""
    row = request.revisions.select_related("declaration").order_by("-revision").first()
    if row is None or row.revision >= request.revision:
        return {}
    before, now = Snapshot.opened(request, row), Snapshot.of(request)
    proof = vault.open_json_for(request.applicant.subject_key, row.declaration.proof_sealed)
    said = {code: fact.get("sentence") for code, fact in proof.get("facts", {}).items()}
    standing = _standing(scheme, award, before, now)
    codes = [code for code, sentence in facts if code in standing and said.get(code) == sentence]
    return _origins(row.declaration, codes)


def _origins(declaration: Declaration, codes: list[str]) -> dict[str, KeptFact]:
    """Each fact with the declaration in which it was ticked, which may be an earlier one than the last."""
    ids = {code: declaration.kept_facts.get(code, declaration.pk) for code in codes}
    rows = RequestRevision.objects.filter(request=declaration.request_id, declaration__in=set(ids.values()))
    facts = {
        row.declaration_id: KeptFact(
            row.declaration_id,
            row.declaration.content_hash,
            clock.paris_date(row.signed_at),
            row.declaration.signed_at,
        )
        for row in rows.select_related("declaration")
    }
    return {code: facts[pk] for code, pk in ids.items() if pk in facts}


def _standing(scheme: Scheme, award: Award, before: Snapshot, now: Snapshot) -> set[str]:
    """The codes of the award's facts whose grounds did not change."""
    old, new = before.answers(scheme), now.answers(scheme)
    is_same_person, is_same_account = before.identity == now.identity, before.account == now.account
    deciding = {question.id for question in deciding_questions(scheme)}
    names_account = any(fact.code == OWN_ACCOUNT for fact in award.facts)
    standing = set()
    for fact in award.facts:
        named = _named(scheme, award, fact)
        stands = all(old.get(name) == new.get(name) for name in named or deciding)
        if fact.code == OWN_ACCOUNT:
            stands = is_same_account and is_same_person
        elif not named:
            stands = stands and is_same_person and (names_account or is_same_account)
        if stands:
            standing.add(fact.code)
    return standing


def _named(scheme: Scheme, award: Award, fact: Fact) -> set[str]:
    """The questions that the fact's text, its condition, or the condition of its case or part name."""
    conditions: list[Condition | None] = [fact.when]
    holders: list[Case | Part] = [case for case in scheme.cases if case.code == award.case_code]
    holders += scheme.parts
    conditions += [holder.when for holder in holders if fact in holder.facts]
    return set(placeholders(fact.text.fr)) | _questions(conditions)


def _questions(conditions: Iterable[Condition | None]) -> set[str]:
    """The questions that the conditions read; of « tickets.price », the group."""
    return {
        operand.name.partition(".")[0]
        for condition in conditions
        for operand in operands_of(condition)
        if operand.source not in (Source.REGISTER, Source.DATE)
    }


def kept_ids(kept: Mapping[str, KeptFact]) -> dict[str, int]:
    """As `Declaration.kept_facts` holds them."""
    return {code: fact.declaration for code, fact in kept.items()}
