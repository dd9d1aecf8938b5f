"""What `check_ledger` proves of sittings: agendas, votes and decisions agree; minutes have no gap, and their bytes."""

import hashlib
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.db.models import F, Q, QuerySet

from aid_requests.models import AgendaItem, Minutes, MinutesPaper, Sitting, Vote
from fund import registry, vault


def register() -> None:
    registry.register_check("agendas", items_agree_with_votes_and_decisions)
    registry.register_check("minutes", minutes_have_no_gap)
    registry.register_check("minutes_bytes", papers_are_those_that_were_signed)


def items_agree_with_votes_and_decisions() -> Iterator[str]:
    """An item's decision and votes are on its own file; a sitting's decision rests on votes of that item alone."""
    for pk in _pks(AgendaItem.objects.exclude(decision=None).exclude(decision__request=F("request"))):
        yield f"agenda item {pk}: its decision is about another request."
    for pk in _pks(Vote.objects.exclude(agenda_item=None).exclude(agenda_item__request=F("request"))):
        yield f"vote {pk}: its agenda item is about another request."
    held = AgendaItem.objects.exclude(decision=None).exclude(sitting__kind="consultation")
    for item in held.select_related("decision").defer("decision__letter_sealed").order_by("pk"):
        own = set(item.votes.values_list("pk", flat=True))
        if item.decision is not None and not set(item.decision.vote_ids) <= own:
            yield f"agenda item {item.pk}: its decision rests on votes given elsewhere."


def minutes_have_no_gap() -> Iterator[str]:
    """1, 2, 3… by committee and year; and none is missing for a sitting that was closed."""
    for pk in _pks(Sitting.objects.filter(closed_at__isnull=False, minutes=None)):
        yield f"sitting {pk}: it was closed without minutes."
    rows = Minutes.objects.order_by("committee", "year", "number").values_list("committee", "year", "number")
    for (committee, year), group in groupby(rows, key=lambda row: row[:2]):
        numbers = [number for _committee, _year, number in group]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"minutes of committee {committee} in {year}: their numbers have a gap."


def papers_are_those_that_were_signed() -> Iterator[str]:
    """The content has its hash, both signatures are of that hash, and the papers' bytes have theirs."""
    for minutes in Minutes.objects.prefetch_related("signatures").order_by("pk").iterator(chunk_size=100):
        text = vault.open_text(minutes.content_sealed)
        signed = {one.content_sha256 for one in minutes.signatures.all()}
        if hashlib.sha256(text.encode()).hexdigest() != minutes.content_sha256:
            yield f"minutes {minutes.pk}: the content is not the one that was kept."
        if not signed <= {minutes.content_sha256}:
            yield f"minutes {minutes.pk}: a signature is of another content."
    for paper in MinutesPaper.objects.order_by("pk").iterator(chunk_size=20):
        for sealed, kept in (
            (paper.full_sealed, paper.full_sha256),
            (paper.extract_sealed, paper.extract_sha256),
        ):
            if hashlib.sha256(vault.open_bytes(sealed)).hexdigest() != kept:
                yield f"minutes {paper.minutes_id}: a paper does not have the bytes that were sealed."
    for pk in _pks(MinutesPaper.objects.filter(~Q(minutes__signatures__signed_as="chair"))):
        yield f"paper {pk}: it was sealed without the chair's signature."


def _pks(rows: QuerySet[Any]) -> Iterator[int]:
    yield from rows.order_by("pk").values_list("pk", flat=True)
